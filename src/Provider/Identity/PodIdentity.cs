// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Identity;

/// <summary>Whose pull this is, as the pod's service account token says. Nothing here is verified:
/// the API server does that when the token is used.</summary>
/// <param name="Namespace">A DNS-1123 label, safe as part of a file name.</param>
/// <param name="ServiceAccount">Null when the token does not name it.</param>
/// <param name="Pod">Null for a token that is not bound to a pod.</param>
/// <param name="Audiences">The token's <c>aud</c>, for error messages.</param>
/// <param name="Issuer">The token's <c>iss</c>, for error messages.</param>
internal sealed record PodIdentity(
    string Namespace,
    string? ServiceAccount,
    string? Pod,
    IReadOnlyList<string> Audiences,
    string? Issuer
)
{
    /// <summary>Tells an account from one of the same name that was deleted before; null when the token does not name
    /// it.</summary>
    public string? ServiceAccountUid { get; init; }

    /// <summary>Null for a token that is not bound to a pod.</summary>
    public string? PodUid { get; init; }
}
