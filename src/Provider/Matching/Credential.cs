// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Matching;

/// <summary>The credential that CRI-O sends to a registry: user name and password, an identity token, or
/// both.</summary>
/// <param name="Username">May be empty.</param>
/// <param name="Password">May be empty, and may contain colons.</param>
/// <param name="IdentityToken">An OAuth2 refresh token, or null.</param>
internal sealed record Credential(SecretBytes Username, SecretBytes Password, Secret? IdentityToken)
{
    /// <summary>Maximum size of a credential that is used, in bytes of user name, password and token
    /// together.</summary>
    public const int MaximumSize = 64 * 1024;

    /// <summary>In bytes; the token is ASCII.</summary>
    public int Size => Username.Length + Password.Length + (IdentityToken?.Length ?? 0);
}
