// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>The source of the API server's address.</summary>
internal enum ApiServerOrigin
{
    Option,
    EnvFile,
    Kubeconfig,
    Fallback,
}

/// <summary>The API server to connect to, and how to verify it.</summary>
/// <param name="BaseAddress">An https URL that ends with a slash.</param>
/// <param name="Origin">The source of the address.</param>
/// <param name="OriginText">The source as messages name it, with the file.</param>
/// <param name="Trust">The CA.</param>
/// <param name="TlsServerName">
/// The name that the certificate must have; null: the host connected to, or with a cluster CA also <see
/// cref="InternalName"/>.
/// </param>
/// <param name="SkipVerification">Set only by an option: any server could be responding.</param>
/// <param name="Timeout">For all requests together.</param>
/// <param name="Notices">What was ignored during the search.</param>
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

    /// <summary>Host and port, for messages.</summary>
    public string Host => BaseAddress.Authority;
}
