// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Identity;

/// <summary>Whose pull this is, according to the pod's service account token. The claims are unverified; the API server
/// verifies the token when it is used.</summary>
/// <param name="Namespace">A DNS-1123 label, safe as part of a file name.</param>
/// <param name="ServiceAccount">Null if the token does not contain it.</param>
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
    /// <summary>Distinguishes an account from a deleted one of the same name; null if the token does not contain
    /// it.</summary>
    public string? ServiceAccountUid { get; init; }

    /// <summary>Null for a token that is not bound to a pod.</summary>
    public string? PodUid { get; init; }
}
