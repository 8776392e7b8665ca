// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.AuthFile;

/// <summary>One member of <c>auths</c>, as containers/image reads it.</summary>
/// <param name="Credential">Null for an entry that means "no credentials here".</param>
internal sealed record AuthFileEntry(Credential? Credential)
{
    /// <summary>
    /// The bytes of <c>user:password</c>, which the file contains as padded base64; any other value makes CRI-O's pull
    /// from that registry fail. Null for an entry without a credential.
    /// </summary>
    public byte[]? UserAndPassword =>
        Credential is null ? null : [.. Credential.Username.Reveal(), (byte)':', .. Credential.Password.Reveal()];
}
