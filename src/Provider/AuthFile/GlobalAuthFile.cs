// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.AuthFile;

/// <summary>The node's own credentials: the kubelet's <c>config.json</c>.</summary>
/// <param name="Entries">By key, as written.</param>
/// <param name="CredentialHelpers">Registry host to helper name.</param>
/// <param name="OtherMembers">
/// Members of the document that this program does not interpret, as raw JSON; they are copied.
/// </param>
/// <param name="Notices">Entries that were dropped.</param>
internal sealed record GlobalAuthFile(
    IReadOnlyDictionary<string, AuthFileEntry> Entries,
    IReadOnlyDictionary<string, string> CredentialHelpers,
    IReadOnlyDictionary<string, byte[]> OtherMembers,
    IReadOnlyList<Notice> Notices
)
{
    public static readonly GlobalAuthFile Empty = new(
        new Dictionary<string, AuthFileEntry>(),
        new Dictionary<string, string>(),
        new Dictionary<string, byte[]>(),
        []
    );
}
