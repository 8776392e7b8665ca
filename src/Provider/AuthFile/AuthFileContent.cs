// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.AuthFile;

/// <summary>What the auth file will hold.</summary>
/// <param name="entries">Below <c>auths</c>.</param>
/// <param name="credentialHelpers">Below <c>credHelpers</c>.</param>
/// <param name="otherMembers">Members of the node's own file that nobody here reads, as raw JSON.</param>
internal sealed class AuthFileContent(
    SortedDictionary<string, AuthFileEntry> entries,
    SortedDictionary<string, string> credentialHelpers,
    IReadOnlyDictionary<string, byte[]> otherMembers
)
{
    /// <summary>
    /// The largest auth file that is written, in bytes: each pull leaves one on a tmpfs that all namespaces share.
    /// </summary>
    public const int MaximumBytes = 1024 * 1024;

    /// <summary>Neither credentials nor helpers.</summary>
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
    /// Whether CRI-O's look-up finds a credential or a helper for at least one source. Without one, the file would only
    /// hide the node's other auth files.
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

    /// <summary>UTF-8, indented by tabs, with a newline at the end. This is where the secrets are revealed.</summary>
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
            // As it was read: Go accepts text there that is not UTF-8, and so do we.
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
