// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.View;

/// <summary>The options of <c>doctor</c>.</summary>
internal static class DoctorOptions
{
    public static readonly CommandOption Strict = new("strict", "", "off", "a warning is a finding too: exit code 1");

    public static readonly CommandOption Root = new(
        "root",
        "DIR",
        "/",
        "check the node whose root is mounted there, for example /host in a pod"
    )
    {
        IsPath = true,
    };

    public static readonly CommandOption Verbose = new(
        "verbose",
        "",
        "off",
        "show what was checked, also for checks that are ok"
    );

    public static readonly CommandOption Profile = new(
        "profile",
        "default|microshift",
        "default",
        "apply the rules that a platform adds to the kubelet's own"
    )
    {
        Choices = NodeProfiles.Names,
    };

    public static readonly CommandOption Output = new(
        "output",
        "text|json|npd",
        "text",
        "text for people, JSON for programs, or one line for node-problem-detector"
    )
    {
        Letter = 'o',
        Choices = ["text", "json", "npd"],
    };

    public static readonly CommandOption ProviderConfig = new(
        "image-credential-provider-config",
        "PATH",
        "the kubelet's flag",
        "the kubelet's credential provider config, a file or a directory of files"
    )
    {
        IsPath = true,
        Check = NodePath,
    };

    public static readonly CommandOption ProviderBinDir = new(
        "image-credential-provider-bin-dir",
        "DIR",
        "the kubelet's flag",
        "the kubelet's directory of credential provider binaries"
    )
    {
        IsPath = true,
        Check = NodePath,
    };

    public static readonly CommandOption KubeletVersion = new(
        "kubelet-version",
        "VERSION",
        "the package's",
        "what kubelet --version prints, such as v1.34.1"
    )
    {
        Check = Version,
    };

    public static readonly CommandOption CrioVersion = new(
        "crio-version",
        "VERSION",
        "what CRI-O wrote at its start",
        "what crio --version prints, such as 1.34.3"
    )
    {
        Check = Version,
    };

    public static readonly CommandOption TokenFile = new(
        "token-file",
        "FILE",
        "none",
        "a service account's token on this machine, - for stdin: for CP010, CP011 and CP012"
    )
    {
        IsPath = true,
    };

    public static readonly CommandOption Namespace = new(
        "namespace",
        "NAME",
        "the token's",
        "the namespace of the pods, for CP011 and CP012"
    )
    {
        Letter = 'n',
    };

    public static readonly CommandOption ServiceAccount = new(
        "service-account",
        "NAME",
        "the token's",
        "the service account of the pods, for CP011"
    );

    public static readonly CommandOption Secrets = new(
        "secrets",
        "FILE",
        "from the API, with the token",
        "manifests of Secrets on this machine, for CP012; may be repeated"
    )
    {
        Letter = 'f',
        IsPath = true,
        IsRepeatable = true,
    };

    /// <summary>
    /// The options of the kubelet's run. On doctor's command line, they override the config's args and env.
    /// </summary>
    public static readonly SettingOption[] Settings = OptionTable.Select(
        "registries-conf",
        "registries-conf-dir",
        "auth-dir",
        "kubelet-auth-file",
        "api-server",
        "api-server-env-file",
        "kubeconfig",
        "certificate-authority",
        "tls-server-name",
        "insecure-skip-tls-verify",
        "timeout",
        "journal-socket"
    );

    private static string? Version(string value) =>
        ComponentVersion.TryFind(value, out _) ? null : "want a version such as \"v1.34.1\"";

    private static string? NodePath(string value) => value.StartsWith('/') ? null : "want an absolute path on the node";
}
