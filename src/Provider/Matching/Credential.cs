using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Matching;

/// <summary>What a registry is told: user name and password, or an identity token, or both.</summary>
/// <param name="Username">May be empty.</param>
/// <param name="Password">May be empty, and may contain colons.</param>
/// <param name="IdentityToken">An OAuth2 refresh token, or null.</param>
internal sealed record Credential(Secret Username, Secret Password, Secret? IdentityToken);
