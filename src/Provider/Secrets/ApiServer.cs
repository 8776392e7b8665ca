// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>What named the API server's address.</summary>
internal enum ApiServerOrigin
{
    Option,
    EnvFile,
    Kubeconfig,
    Fallback,
}

/// <summary>Which API server to ask, and how to know it.</summary>
/// <param name="BaseAddress">An https URL that ends with a slash.</param>
/// <param name="Origin">What named the address.</param>
/// <param name="OriginText">The same for messages, with the file.</param>
/// <param name="Trust">The CA.</param>
/// <param name="TlsServerName">The name that the certificate must have; null: the dialled host, or with a cluster CA
/// also <see cref="InternalName"/>.</param>
/// <param name="SkipVerification">Only by option: anybody could be answering.</param>
/// <param name="Timeout">For all talk together.</param>
/// <param name="Notices">What was ignored on the way.</param>
internal sealed record ApiServer(
    Uri BaseAddress,
    ApiServerOrigin Origin,
    string OriginText,
    ClusterTrust Trust,
    string? TlsServerName,
    bool SkipVerification,
    TimeSpan Timeout,
    IReadOnlyList<Notice> Notices
)
{
    /// <summary>The name that every API server's certificate has (kubeadm pkiutil GetAPIServerAltNames).</summary>
    public const string InternalName = "kubernetes.default.svc";

    /// <summary>Where no kubeconfig was found, in the order of the search; empty if none was needed.</summary>
    public IReadOnlyList<string> MissingKubeconfigs { get; init; } = [];

    /// <summary>Host and port, for people.</summary>
    public string Host => BaseAddress.Authority;
}
