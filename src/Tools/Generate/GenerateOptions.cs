// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary>Options that several generators share, and the validation of their values.</summary>
internal static class GenerateOptions
{
    public static readonly CommandOption Profile = new(
        "profile",
        "kubeadm|openshift|hypershift",
        "kubeadm",
        "the kind of cluster"
    )
    {
        Choices = ["kubeadm", "openshift", "hypershift"],
    };

    public static readonly CommandOption Audience = new(
        "audience",
        "AUDIENCE",
        "the token's issuer, else the profile's",
        "the audience of the pods' tokens that the API server accepts"
    )
    {
        Check = value =>
            IsOneWord(value) && value != TokenAudience.Every
                ? null
                : "want an audience such as \"https://kubernetes.default.svc.cluster.local\"",
    };

    public static readonly CommandOption TokenFile = new(
        "token-file",
        "FILE",
        "none",
        "a service account token of the cluster, which names its issuer; - is stdin"
    )
    {
        IsPath = true,
    };

    public static readonly CommandOption BinDir = new(
        "bin-dir",
        "DIR",
        OwnProvider.UsualBinDir,
        "directory of the binary on the node"
    )
    {
        IsPath = true,
        Check = NodePath,
    };

    public static readonly CommandOption ExecStart = new(
        "exec-start",
        "LINE",
        "the profile's",
        "the kubelet's own ExecStart line (systemctl cat kubelet)"
    )
    {
        Check = value =>
            value.StartsWith('/') && OneLine.IsHarmless(value) && !value.EndsWith('\\')
                ? null
                : "want one line that begins with the kubelet's absolute path",
    };

    /// <summary>The path of the kubelet's config on the node.</summary>
    public static CommandOption Config(string path) =>
        new("config", "FILE", path, "path of the provider config on the node") { IsPath = true, Check = NodePath };

    public static string? NamespaceLabel(string value) =>
        NamespaceName.IsValid(value) ? null : "want a DNS-1123 label such as \"team-a\"";

    public static string? ObjectName(string value) =>
        SecretName.IsValid(value) ? null : "want a DNS-1123 subdomain such as \"my-name\"";

    /// <summary>
    /// Accepts only characters that neither systemd nor a shell interprets, so that a path never needs quoting.
    /// </summary>
    private static string? NodePath(string value) =>
        value.StartsWith('/')
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+' or '@')
            ? null
            : "want an absolute path of letters, digits and /._-+@";

    private static bool IsOneWord(string value) =>
        value.Length is > 0 and <= 1024 && !value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));
}
