// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.AuthFile;

/// <summary>One entry below <c>auths</c>, as containers/image reads it.</summary>
/// <param name="Credential">Null for an entry that says "no credentials here".</param>
internal sealed record AuthFileEntry(Credential? Credential)
{
    /// <summary>
    /// The bytes of <c>user:password</c>, which the file has as padded base64: anything else makes CRI-O fail the
    /// endpoint. Null for an entry without a credential.
    /// </summary>
    public byte[]? UserAndPassword =>
        Credential is null ? null : [.. Credential.Username.Reveal(), (byte)':', .. Credential.Password.Reveal()];
}
