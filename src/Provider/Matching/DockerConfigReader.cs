using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Matching;

/// <summary>One entry below <c>auths</c>.</summary>
/// <param name="Key">As written.</param>
/// <param name="Credential">Null when the entry holds none that can be used.</param>
/// <param name="Problem">Why there is no credential; null when the entry holds nothing at all.</param>
internal readonly record struct DockerConfigEntry(string Key, Credential? Credential, string? Problem);

/// <summary>
/// Reads docker configs by the rules of Go's decoder and the kubelet's keyring (kubernetes pkg/credentialprovider
/// config.go): names in any case, unknown fields passed over, a wrong type spoils the document, <c>auth</c> before
/// <c>username</c> and <c>password</c>, base64 padded or not.
/// </summary>
internal static class DockerConfigReader
{
    /// <exception cref="FormatException">The document cannot be used; the text says why, without quoting it.</exception>
    public static List<DockerConfigEntry> Read(ReadOnlySpan<byte> document) => Read(document, _ => true);

    /// <param name="document">The docker config.</param>
    /// <param name="wants">
    /// Says by its key whether an entry is of interest. The others are checked alike, but left out: a secret may hold
    /// tens of thousands of entries that fit nothing.
    /// </param>
    /// <exception cref="FormatException">The document cannot be used; the text says why, without quoting it.</exception>
    public static List<DockerConfigEntry> Read(ReadOnlySpan<byte> document, Predicate<string> wants)
    {
        List<DockerConfigEntry> entries = [];
        try
        {
            var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = 32 });
            reader.Read();
            ReadOpenObject(ref reader, "the document", (entries, wants), static (ref inner, name, to) =>
            {
                if (name.Equals("auths", StringComparison.OrdinalIgnoreCase))
                {
                    to.entries.Clear();
                    ReadEntries(ref inner, to.entries, to.wants);
                }
                else
                {
                    inner.Skip();
                }
            });
            reader.Read();
        }
        catch (JsonException)
        {
            throw new FormatException("it is not one JSON document");
        }
        catch (InvalidOperationException)
        {
            throw new FormatException("it holds text that is not UTF-8");
        }

        return entries;
    }

    /// <summary>Reads the value of <c>auths</c>, the reader standing on it.</summary>
    public static void ReadEntries(ref Utf8JsonReader reader, List<DockerConfigEntry> entries) =>
        ReadEntries(ref reader, entries, _ => true);

    private static void ReadEntries(ref Utf8JsonReader reader, List<DockerConfigEntry> entries, Predicate<string> wants)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        ReadOpenObject(ref reader, "\"auths\"", new WantedEntries(entries, wants), static (ref inner, key, to) =>
        {
            if (to.Wants(key))
            {
                to.Add(key, ReadEntry(ref inner, key));
            }
            else
            {
                CheckEntry(ref inner);
            }
        });
    }

    /// <summary>Where entries go. A namespace has thousands of secrets that fit nothing: little is made for one of them.</summary>
    private sealed class WantedEntries(List<DockerConfigEntry> entries, Predicate<string> wants)
    {
        private Dictionary<string, int>? places;

        public bool Wants(string key) => wants(key);

        /// <summary>As in Go, the last of two equal keys counts.</summary>
        public void Add(string key, DockerConfigEntry entry)
        {
            places ??= new Dictionary<string, int>(StringComparer.Ordinal);
            if (!places.TryAdd(key, entries.Count))
            {
                entries[places[key]] = entry;
            }
            else
            {
                entries.Add(entry);
            }
        }
    }

    private static DockerConfigEntry ReadEntry(ref Utf8JsonReader reader, string key)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return new DockerConfigEntry(key, null, null);
        }

        var fields = new EntryFields();
        ReadOpenObject(ref reader, "an entry", fields, static (ref inner, name, to) =>
        {
            switch (name.ToLowerInvariant())
            {
                case "auth":
                    to.Auth = ReadText(ref inner);
                    break;
                case "username":
                    to.Username = ReadText(ref inner);
                    break;
                case "password":
                    to.Password = ReadText(ref inner);
                    break;
                case "identitytoken":
                    to.IdentityToken = ReadText(ref inner);
                    break;
                default:
                    inner.Skip();
                    break;
            }
        });
        return ToEntry(key, fields.Auth, fields.Username, fields.Password, fields.IdentityToken);
    }

    /// <summary>An entry as it is written; of two fields of one name the last counts.</summary>
    private sealed class EntryFields
    {
        public string? Auth { get; set; }

        public string? Username { get; set; }

        public string? Password { get; set; }

        public string? IdentityToken { get; set; }
    }

    /// <summary>Finds the same types wrong as <see cref="ReadEntry"/>, but takes nothing.</summary>
    private static void CheckEntry(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("an entry is not a JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = Usual(ref reader) is "auth" or "username" or "password"
                || reader.GetString()!.ToLowerInvariant() is "auth" or "username" or "password" or "identitytoken";
            reader.Read();
            if (!isText)
            {
                reader.Skip();
            }
            else if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            {
                throw NotText();
            }
        }
    }

    private static DockerConfigEntry ToEntry(
        string key, string? auth, string? username, string? password, string? identityToken)
    {
        if (!string.IsNullOrEmpty(auth))
        {
            if (Decode(auth) is not { } decoded)
            {
                return new DockerConfigEntry(key, null, "its \"auth\" is not base64 of text");
            }

            var colon = decoded.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                return new DockerConfigEntry(key, null, "its \"auth\" is not base64 of user:password");
            }

            (username, password) = (decoded[..colon], decoded[(colon + 1)..].Trim('\0'));
        }

        if (string.IsNullOrEmpty(username) && string.IsNullOrEmpty(password) && string.IsNullOrEmpty(identityToken))
        {
            return new DockerConfigEntry(key, null, auth is null && username is null ? null : "its user name and password are empty");
        }

        if (string.IsNullOrEmpty(auth) && username?.Contains(':', StringComparison.Ordinal) == true)
        {
            return new DockerConfigEntry(key, null, "its user name has a colon");
        }

        return new DockerConfigEntry(
            key,
            new Credential(
                new Secret(username ?? ""),
                new Secret(password ?? ""),
                string.IsNullOrEmpty(identityToken) ? null : new Secret(identityToken)),
            null);
    }

    /// <summary>Padded or unpadded, as the kubelet takes it; null when it is neither, or not UTF-8.</summary>
    private static string? Decode(string auth)
    {
        var text = auth.ReplaceLineEndings("");
        var padded = text.EndsWith('=') ? text : text.PadRight((text.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        try
        {
            return Convert.TryFromBase64String(padded, bytes, out var count)
                ? new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, count)
                : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string? ReadText(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Null => null,
        _ => throw NotText(),
    };

    private static FormatException NotText() => new("a field of an entry is not a string");

    private delegate void MemberReader<TState>(ref Utf8JsonReader reader, string name, TState state);

    private static void ReadOpenObject<TState>(
        ref Utf8JsonReader reader, string what, TState state, MemberReader<TState> member)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException($"{what} is not a JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Usual(ref reader) ?? reader.GetString()!;
            reader.Read();
            member(ref reader, name, state);
        }
    }

    /// <summary>The name of a member that nearly every document has, without making a string of it each time; else null.</summary>
    private static string? Usual(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("auths"u8) ? "auths"
        : reader.ValueTextEquals("auth"u8) ? "auth"
        : reader.ValueTextEquals("username"u8) ? "username"
        : reader.ValueTextEquals("password"u8) ? "password"
        : null;
}
