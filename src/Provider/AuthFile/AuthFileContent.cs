using System.Text.Json;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.AuthFile;

/// <summary>What the auth file will hold.</summary>
internal sealed class AuthFileContent(
    SortedDictionary<string, AuthFileEntry> entries,
    SortedDictionary<string, string> credentialHelpers,
    IReadOnlyDictionary<string, byte[]> otherMembers)
{
    /// <summary>Neither credentials nor helpers.</summary>
    public static readonly AuthFileContent Empty = new([], [], new Dictionary<string, byte[]>());

    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        IndentCharacter = '\t',
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JsonStringEncoder.Instance,
    };

    public IReadOnlyDictionary<string, AuthFileEntry> Entries => entries;

    public IReadOnlyDictionary<string, string> CredentialHelpers => credentialHelpers;

    public int EntryCount => entries.Count;

    /// <summary>
    /// Whether CRI-O's look-up finds a credential or a helper for at least one source. If not, the file would only hide
    /// the node's other auth files.
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
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Format))
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
                writer.WritePropertyName(name);
                writer.WriteRawValue(value);
            }

            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void WriteCredential(Utf8JsonWriter writer, AuthFileEntry entry)
    {
        if (entry.Auth is { } auth)
        {
            writer.WriteString("auth", auth);
        }

        if (entry.Credential?.IdentityToken is { } identityToken)
        {
            writer.WriteString("identitytoken", identityToken.Reveal());
        }
    }
}
