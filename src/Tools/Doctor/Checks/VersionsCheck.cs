// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP006: the kubelet can give tokens to providers, CRI-O looks for auth files of a namespace, and the two together
/// separate tenants after a pull.
/// </summary>
internal static class VersionsCheck
{
    public static readonly Check Row = new("CP006", "versions", RunAsync);

    private static async Task<CheckResult> RunAsync(NodeView view)
    {
        var found = new Findings();
        List<string> unknown = [];
        if (view.KubeletVersion is { } kubelet)
        {
            found.Note($"kubelet {kubelet}");
            LookAtKubelet(found, view, kubelet.Version);
        }
        else
        {
            unknown.Add("the kubelet");
            LookAtGate(found, view);
        }

        if (view.CrioVersion is { } crio)
        {
            found.Note($"CRI-O {crio}");
            if (!HasAuthFiles(crio.Version))
            {
                found.Fail(
                    $"CRI-O {crio.Version} does not look for auth files of a namespace",
                    Fix.Note("update CRI-O to 1.34.3, to 1.35.0, or to a newer version")
                );
            }
        }
        else
        {
            unknown.Add("CRI-O");
        }

        PullRecordsFindings.Add(found, view);
        if (await ApiServerCheck.VersionAsync(view) is { } server)
        {
            found.Note($"API server {server}; its kubelets are 1.{server.Minor - 3} to 1.{server.Minor}");
        }

        found.Note($"{BuildInfo.Program} {BuildInfo.Version}, {BuildInfo.Linkage}: {BuildInfo.Libraries}");
        return !found.IsEmpty || unknown.Count == 0
            ? found.ToResult("kubelet and CRI-O are new enough")
            : CheckResult.Skipped($"the version of {string.Join(" and of ", unknown)} could not be determined") with
            {
                Seen = found.ToResult("").Seen,
                Fix = [AskPrograms(unknown)],
            };
    }

    private static Fix AskPrograms(List<string> unknown) =>
        unknown switch
        {
            ["the kubelet"] => Fix.Run($"crio-credential-provider doctor --kubelet-version \"$(kubelet --version)\""),
            ["CRI-O"] => Fix.Run($"crio-credential-provider doctor --crio-version \"$(crio --version)\""),
            _ => Fix.Run(
                $"crio-credential-provider doctor --kubelet-version \"$(kubelet --version)\" --crio-version \"$(crio "
                    + $"--version)\""
            ),
        };

    /// <summary>Since 1.35.0, backported to 1.34.3.</summary>
    private static bool HasAuthFiles(ComponentVersion version) =>
        (version.Major, version.Minor, version.Patch) is (> 1, _, _) or (1, >= 35, _) or (1, 34, >= 3);

    private static void LookAtKubelet(Findings found, NodeView view, ComponentVersion kubelet)
    {
        const string Gate = TokensGate.Name;
        var minor = KubeletMinorNames.Of(kubelet.Major, kubelet.Minor);
        if (minor == KubeletMinors.V132)
        {
            found.Fail(
                $"kubelet {kubelet} has no tokens for credential providers, and does not start with tokenAttributes",
                Fix.Note("update the kubelet to 1.34 or newer")
            );
            return;
        }

        if ((TokensGate.OffIn(view.Kubelet.FeatureGates) & minor) != 0 && !view.Kubelet.FeatureGates.ContainsKey(Gate))
        {
            found.Fail(
                $"kubelet {kubelet} has the feature gate {Gate} "
                    + $"off{(minor == KubeletMinors.V133 ? "" : ": AllBeta=false")}",
                Fix.Note(
                    minor == KubeletMinors.V133
                        ? "update the kubelet to 1.34, or set the gate for the kubelet and the API server:"
                        : "set the gate for the kubelet, which wins over AllBeta:"
                ),
                Fix.Note($"--feature-gates={Gate}=true")
            );
        }

        LookAtGate(found, view);
    }

    private static void LookAtGate(Findings found, NodeView view)
    {
        const string Gate = TokensGate.Name;
        if (view.Kubelet.FeatureGates.TryGetValue(Gate, out var isOn))
        {
            found.Note($"feature gate {Gate} is set to {(isOn ? "true" : "false")}");
            if (!isOn)
            {
                found.Fail(
                    $"the feature gate {Gate} is off",
                    Fix.Note($"set {Gate} to true in the kubelet's featureGates, and restart it")
                );
            }
        }
    }
}
