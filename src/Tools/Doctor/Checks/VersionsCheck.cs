using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>CP006: a kubelet that has tokens for providers, and a CRI-O that looks for auth files of a namespace.</summary>
internal static class VersionsCheck
{
    public static readonly Check Row = new("CP006", "versions", RunAsync);

    private static async Task<CheckResult> RunAsync(NodeView view)
    {
        var found = new Findings();
        List<string> unknown = [], options = [];
        if (VersionSources.Kubelet(view) is { } kubelet)
        {
            found.See($"kubelet {kubelet}");
            Look(found, view, kubelet);
        }
        else
        {
            unknown.Add("the kubelet");
            options.Add("--kubelet-version \"$(kubelet --version)\"");
            LookAtGate(found, view);
        }

        if (VersionSources.Crio(view) is { } crio)
        {
            found.See($"CRI-O {crio}");
            if (!HasAuthFiles(crio.Version))
            {
                found.Fail(
                    $"CRI-O {crio.Version} does not look for auth files of a namespace",
                    "update CRI-O to 1.34.3, to 1.35.0, or to a newer one");
            }
        }
        else
        {
            unknown.Add("CRI-O");
            options.Add("--crio-version \"$(crio --version)\"");
        }

        if (await ApiServerVersionAsync(view) is { } server)
        {
            found.See($"API server {server}; its kubelets are 1.{server.Minor - 3} to 1.{server.Minor}");
        }

        return !found.AreNone || unknown.Count == 0
            ? found.ToResult("kubelet and CRI-O are new enough")
            : CheckResult.Skipped($"no file tells the version of {string.Join(" and of ", unknown)}") with
            {
                Seen = found.ToResult("").Seen,
                Fix = [$"crio-credential-provider doctor {string.Join(' ', options)}"],
            };
    }

    /// <summary>Since 1.35.0, and brought back to 1.34.3.</summary>
    private static bool HasAuthFiles(ComponentVersion version) =>
        (version.Major, version.Minor, version.Patch) is ( > 1, _, _) or (1, >= 35, _) or (1, 34, >= 3);

    private static void Look(Findings found, NodeView view, SourcedVersion kubelet)
    {
        const string Gate = TokensGate.Name;
        var minor = KubeletMinorNames.Of(kubelet.Version.Major, kubelet.Version.Minor);
        if (minor == KubeletMinors.V132)
        {
            found.Fail($"kubelet {kubelet.Version} has no tokens for credential providers", "update the kubelet to 1.34 or newer");
            return;
        }

        if ((TokensGate.OffIn(view.Kubelet.FeatureGates) & minor) != 0 && !view.Kubelet.FeatureGates.ContainsKey(Gate))
        {
            found.Fail(
                $"kubelet {kubelet.Version} has the feature gate {Gate} off{(minor == KubeletMinors.V133 ? "" : ": AllBeta=false")}",
                minor == KubeletMinors.V133
                    ? "update the kubelet to 1.34, or set the gate for the kubelet and the API server:"
                    : "set the gate for the kubelet, which wins over AllBeta:",
                $"--feature-gates={Gate}=true");
        }

        LookAtGate(found, view);
    }

    private static void LookAtGate(Findings found, NodeView view)
    {
        const string Gate = TokensGate.Name;
        if (view.Kubelet.FeatureGates.TryGetValue(Gate, out var isOn))
        {
            found.See($"feature gate {Gate} is set {(isOn ? "on" : "off")}");
            if (!isOn)
            {
                found.Fail($"the feature gate {Gate} is set off", $"set {Gate} to true in the kubelet's featureGates, and restart it");
            }
        }
    }

    private static async Task<ComponentVersion?> ApiServerVersionAsync(NodeView view)
    {
        try
        {
            return ApiServerCheck.VersionIn(await view.AskVersionAsync());
        }
        catch (ProviderException)
        {
            // Only a remark here: CP009 tells what is wrong with it.
            return null;
        }
    }
}
