// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP003: the kubelet refuses to start with an invalid provider config; a valid config that does not give this program
/// a token has no effect; and a user who can write the config decides which program receives the pods' tokens.
/// </summary>
internal static class ProviderConfigCheck
{
    public static readonly Check Row = new("CP003", "provider config", Run);

    private static CheckResult Run(NodeView view)
    {
        var config = view.Providers.Config;
        var found = new Findings();
        found.Note($"read: {string.Join(", ", config.Files.DefaultIfEmpty("nothing"))}");
        if (config.ValidFor != KubeletMinors.None)
        {
            found.Note($"valid for kubelet {KubeletMinorNames.Text(config.ValidFor)}");
        }

        foreach (var remark in config.Remarks)
        {
            found.Warn(remark, Fix.Note("remove what the kubelet does not read"));
        }

        var isRefused = LookAtErrors(found, config, view.KubeletMinor);
        foreach (var file in config.Files.DefaultIfEmpty(config.Path))
        {
            PathTrustFindings.Add(
                found,
                view.Files.Walk(file),
                "what the kubelet reads, and so what gets the pods' tokens"
            );
        }

        if (view.Profile == NodeProfile.MicroShift)
        {
            LookAtMicroShift(found, view);
        }

        var isOurs = config.Providers.Where(view.Providers.IsOwn).ToArray();
        if (isOurs.Length == 0 && !isRefused)
        {
            found.Fail(
                $"no provider is named \"{OwnProvider.Name}\"",
                [Fix.Note("add to \"providers\":"), .. Example(view)]
            );
        }

        foreach (var provider in isOurs)
        {
            Look(found, view, provider);
        }

        return found.ToResult($"valid for kubelet {KubeletMinorNames.Text(config.ValidFor)}");
    }

    /// <returns>Whether every kubelet, or this node's kubelet, refuses to start.</returns>
    private static bool LookAtErrors(Findings found, ProviderConfig config, KubeletMinors? here)
    {
        var isRefused = config.ValidFor == KubeletMinors.None || (here is { } minor && (config.ValidFor & minor) == 0);
        foreach (var error in config.Errors)
        {
            // Errors that only other kubelet versions reject are shown, but are not findings on this node.
            if (isRefused && (error.RefusedBy & (here ?? KubeletMinors.V135)) != 0)
            {
                found.Fail(
                    error.Line,
                    Fix.Note("correct the file before the kubelet's next start: it does not start with this")
                );
            }
            else
            {
                found.Note($"rejected by other kubelet versions: {error.Line}");
            }
        }

        return isRefused;
    }

    /// <summary>
    /// MicroShift's checks before it starts its kubelet (openshift/enhancements 2089): both paths are absolute, and
    /// they differ. Owners and modes are checked on every node.
    /// </summary>
    private static void LookAtMicroShift(Findings found, NodeView view)
    {
        if (view.Kubelet is { Config: { } config, BinDir: { } binDir })
        {
            if (config.Value.TrimEnd('/') == binDir.Value.TrimEnd('/'))
            {
                found.Fail(
                    $"MicroShift does not start: config and binary directory are both \"{config.Value}\"",
                    Fix.Note("put the config and the binaries into different directories")
                );
            }
        }
    }

    private static void Look(Findings found, NodeView view, Provider provider)
    {
        if (provider.Token is null)
        {
            found.Fail(
                $"{provider.Place}: provider \"{provider.Name}\" has no tokenAttributes, so it gets no token",
                [
                    Fix.Note($"add to provider \"{provider.Name}\", with apiVersion {Provider.ApiVersionWithTokens}:"),
                    .. TokenExample(),
                ]
            );
        }

        if (view.SettingsMisuse is { } misuse)
        {
            found.Fail(
                $"{provider.Place}: args or env make every run fail: {misuse}",
                Fix.Note("correct args and env; see crio-credential-provider --help")
            );
        }

        foreach (var name in SettingsOfRun.UnknownVariables(provider))
        {
            found.Warn(
                $"{provider.Place}: env sets {OneLine.Of(name)}, which is not an option of the program",
                Fix.Note("correct the name; crio-credential-provider --help lists the variables")
            );
        }

        if (provider.Token is { RequireServiceAccount: true })
        {
            found.Note("requireServiceAccount is true: static pods are pulled without this provider");
        }

        if (view.Settings.InsecureSkipTlsVerify)
        {
            found.Warn(
                "insecure-skip-tls-verify is on: any server that responds at the API server's address gets the pods' "
                    + "tokens",
                Fix.Note("remove it from args and env, and name the CA with --certificate-authority")
            );
        }
    }

    private static Fix[] Example(NodeView view) =>
        [
            Fix.Yaml($"- name: crio-credential-provider"),
            Fix.Yaml($"  matchImages:"),
            .. view.MirroredPatterns().DefaultIfEmpty("docker.io").Select(pattern => Fix.Yaml($"  - {pattern}")),
            Fix.Yaml($"  defaultCacheDuration: '0s'"),
            Fix.Yaml($"  apiVersion: credentialprovider.kubelet.k8s.io/v1"),
            .. TokenExample(),
        ];

    private static Fix[] TokenExample() =>
        [
            Fix.Yaml($"  tokenAttributes:"),
            Fix.Yaml($"    serviceAccountTokenAudience: https://kubernetes.default.svc.cluster.local"),
            Fix.Yaml($"    cacheType: Token"),
            Fix.Yaml($"    requireServiceAccount: false"),
        ];
}
