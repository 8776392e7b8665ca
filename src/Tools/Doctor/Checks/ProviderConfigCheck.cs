using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP003: the kubelet refuses to start with a provider config that breaks one of its rules; and a good one that gives
/// this program no token is of no use.
/// </summary>
internal static class ProviderConfigCheck
{
    public static readonly Check Row = new("CP003", "provider config", Run);

    private static CheckResult Run(NodeView view)
    {
        var config = view.Config;
        var found = new Findings();
        found.See($"read: {string.Join(", ", config.Files.DefaultIfEmpty("nothing"))}");
        if (config.ValidFor != KubeletMinors.None)
        {
            found.See($"valid for kubelet {KubeletMinorNames.Text(config.ValidFor)}");
        }

        foreach (var remark in config.Remarks)
        {
            found.Warn(remark);
        }

        KubeletMinors? here = VersionSources.Kubelet(view) is { } kubelet
            ? KubeletMinorNames.Of(kubelet.Version.Major, kubelet.Version.Minor)
            : null;
        var isRefused = config.ValidFor == KubeletMinors.None || (here is { } minor && (config.ValidFor & minor) == 0);
        foreach (var error in config.Errors)
        {
            // What only another kubelet refuses is reported, but is no finding here.
            if (isRefused && (error.RefusedBy & (here ?? KubeletMinors.V135)) != 0)
            {
                found.Fail(error.Line, "correct the file before the kubelet's next start: it would not start with it");
            }
            else
            {
                found.See($"refused elsewhere: {error.Line}");
            }
        }

        var isOurs = config.Providers.Where(provider => view.IsOwn(provider)).ToArray();
        if (isOurs.Length == 0 && !isRefused)
        {
            found.Fail(
                $"no provider is named \"{OwnProvider.Name}\"",
                ["add to \"providers\":", .. Example(view)]);
        }

        foreach (var provider in isOurs)
        {
            Look(found, view, provider);
        }

        return found.ToResult($"valid for kubelet {KubeletMinorNames.Text(config.ValidFor)}");
    }

    private static void Look(Findings found, NodeView view, Provider provider)
    {
        if (provider.Token is null)
        {
            found.Fail(
                $"{provider.Place}: provider \"{provider.Name}\" has no tokenAttributes, so that it gets no token",
                [$"add to provider \"{provider.Name}\", with apiVersion {Provider.ApiVersionWithTokens}:", .. TokenExample()]);
        }

        if (view.SettingsMisuse is { } misuse)
        {
            found.Fail($"{provider.Place}: args or env make every run fail: {misuse}", "correct args and env; see crio-credential-provider --help");
        }

        if (provider.Token is { RequireServiceAccount: true })
        {
            found.See("requireServiceAccount is true: static pods are pulled without this provider");
        }

        if (view.Settings.InsecureSkipTlsVerify)
        {
            found.Warn(
                "insecure-skip-tls-verify is on: whoever answers at the API server's address gets the pods' tokens",
                "take it out of args and env, and name the CA with --certificate-authority");
        }
    }

    private static string[] Example(NodeView view) =>
    [
        $"- name: {OwnProvider.Name}",
        "  matchImages:",
        .. view.MirroredPatterns().DefaultIfEmpty("docker.io").Select(pattern => $"  - \"{pattern}\""),
        "  defaultCacheDuration: \"0s\"",
        $"  apiVersion: {Provider.ApiVersionWithTokens}",
        .. TokenExample().Select(line => "  " + line),
    ];

    private static string[] TokenExample() =>
    [
        "tokenAttributes:",
        "  serviceAccountTokenAudience: https://kubernetes.default.svc.cluster.local",
        "  cacheType: Token",
        "  requireServiceAccount: false",
    ];
}
