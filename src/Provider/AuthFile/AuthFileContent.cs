// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.AuthFile;

/// <summary>The content of the auth file.</summary>
/// <param name="entries">The members of <c>auths</c>.</param>
/// <param name="credentialHelpers">The members of <c>credHelpers</c>.</param>
/// <param name="otherMembers">Members of the node's own file that this program does not interpret, as raw JSON.</param>
internal sealed class AuthFileContent(
    SortedDictionary<string, AuthFileEntry> entries,
    SortedDictionary<string, string> credentialHelpers,
    IReadOnlyDictionary<string, byte[]> otherMembers
)
{
    /// <summary>Without credentials and helpers.</summary>
    public static readonly AuthFileContent Empty = new([], [], new Dictionary<string, byte[]>());

    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        IndentCharacter = '\t',
        IndentSize = 1,
        MaxDepth = GoJson.MaximumDepth,
        NewLine = "\n",
        Encoder = JsonStringEncoder.Instance,
    };

    private byte[]? json;

    public IReadOnlyDictionary<string, AuthFileEntry> Entries => entries;

    public IReadOnlyDictionary<string, string> CredentialHelpers => credentialHelpers;

    public int EntryCount => entries.Count;

    /// <summary>What was left out to keep the file small.</summary>
    public IReadOnlyList<Notice> Notices { get; init; } = [];

    /// <summary>
    /// Whether CRI-O finds a credential or a helper for at least one source. Otherwise the file would only hide the
    /// node's other auth files.
    /// </summary>
    public bool Serves(PullSources sources)
    {
        foreach (var source in sources.Sources)
        {
            if (AuthFileLookup.Find(this, source.Reference) is { IsUseful: true })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>UTF-8, indented with tabs, with a newline at the end. This method reveals the secrets.</summary>
    public byte[] ToJson()
    {
        if (json is not null)
        {
            return json;
        }

        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Format))
        {
            Write(writer);
        }

        stream.WriteByte((byte)'\n');
        return json = stream.ToArray();
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("auths");
        foreach (var (key, entry) in entries)
        {
            writer.WriteStartObject(key);
            WriteCredential(writer, entry);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        if (credentialHelpers.Count > 0)
        {
            writer.WriteStartObject("credHelpers");
            foreach (var (host, helper) in credentialHelpers)
            {
                writer.WriteString(host, helper);
            }

            writer.WriteEndObject();
        }

        foreach (var (name, value) in otherMembers)
        {
            // Write the name as it was read: like Go, this program accepts names that are not UTF-8.
            writer.WritePropertyName(name);
            writer.WriteRawValue(value, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private static void WriteCredential(Utf8JsonWriter writer, AuthFileEntry entry)
    {
        if (entry.UserAndPassword is { } bytes)
        {
            writer.WriteBase64String("auth"u8, bytes);
        }

        if (entry.Credential?.IdentityToken is { } identityToken)
        {
            writer.WriteString("identitytoken"u8, identityToken.Reveal());
        }
    }
}
