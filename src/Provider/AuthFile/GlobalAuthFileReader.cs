using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.AuthFile;

/// <summary>Reads the kubelet's <c>config.json</c>, which is written in the kubelet's dialect.</summary>
internal static class GlobalAuthFileReader
{
    private const int MaximumBytes = 4 * 1024 * 1024;

    /// <returns>Empty when there is no such file.</returns>
    /// <exception cref="ProviderException">The file cannot be read or is not a docker config.</exception>
    public static GlobalAuthFile Read(string path)
    {
        if (Libc.IsMissing(path))
        {
            return GlobalAuthFile.Empty;
        }

        byte[] bytes;
        try
        {
            if (Libc.IsSpecialFile(path))
            {
                throw new IOException("it is not a regular file");
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (file.Length > MaximumBytes)
            {
                throw Unusable(path, $"it is larger than {MaximumBytes} bytes");
            }

            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return GlobalAuthFile.Empty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, OneLine.Of(e.Message));
        }

        try
        {
            return Parse(path, bytes);
        }
        catch (JsonException)
        {
            throw Unusable(path, "it is not one JSON document");
        }
        catch (FormatException e)
        {
            throw Unusable(path, e.Message);
        }
        catch (InvalidOperationException)
        {
            throw Unusable(path, "it holds text that is not UTF-8");
        }
    }

    private static GlobalAuthFile Parse(string path, ReadOnlySpan<byte> document)
    {
        List<DockerConfigEntry> entries = [];
        Dictionary<string, string> helpers = new(StringComparer.Ordinal);
        Dictionary<string, byte[]> others = new(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = 32 });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("it is not a JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name.Equals("auths", StringComparison.OrdinalIgnoreCase))
            {
                entries.Clear();
                DockerConfigReader.ReadEntries(ref reader, entries);
            }
            else if (name.Equals("credHelpers", StringComparison.OrdinalIgnoreCase))
            {
                ReadHelpers(ref reader, helpers);
            }
            else
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                others[name] = document[start..(int)reader.BytesConsumed].ToArray();
            }
        }

        reader.Read();
        return ToGlobal(path, entries, helpers, others);
    }

    private static void ReadHelpers(ref Utf8JsonReader reader, Dictionary<string, string> helpers)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("its \"credHelpers\" is not a JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var host = reader.GetString()!;
            reader.Read();
            helpers[host] = reader.TokenType == JsonTokenType.String
                ? reader.GetString()!
                : throw new FormatException("its \"credHelpers\" holds something else than strings");
        }
    }

    private static GlobalAuthFile ToGlobal(
        string path, List<DockerConfigEntry> entries, Dictionary<string, string> helpers, Dictionary<string, byte[]> others)
    {
        Dictionary<string, AuthFileEntry> kept = new(StringComparer.Ordinal);
        List<Notice> notices = [];
        foreach (var entry in entries)
        {
            if (entry.Problem is null)
            {
                kept.Add(entry.Key, new AuthFileEntry(entry.Credential));
            }
            else
            {
                var isPrintable = RegistryKey.TryParse(entry.Key, out _);
                var what = isPrintable ? $"entry \"{OneLine.Of(entry.Key)}\"" : "an entry";
                notices.Add(new Notice(Reasons.EntrySkipped, $"Skipping {what} of \"{path}\": {entry.Problem}"));
            }
        }

        return new GlobalAuthFile(kept, helpers, others, notices);
    }

    private static ProviderException Unusable(string path, string why) => new(
        Reasons.GlobalAuthFileUnusable,
        $"the kubelet's auth file \"{path}\" cannot be used: {why}",
        "correct it, or name another with --kubelet-auth-file");
}
