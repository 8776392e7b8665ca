// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.AuthFile;

/// <summary>Reads the kubelet's <c>config.json</c> by the kubelet's own rules.</summary>
internal static class GlobalAuthFileReader
{
    private const int MaximumBytes = AuthFileLimits.LargestFile;

    /// <param name="path">The path on the node.</param>
    /// <param name="files">Reads the file; null: from this node.</param>
    /// <returns>Empty if the file does not exist.</returns>
    /// <exception cref="ProviderException">The file cannot be read or is not a docker config.</exception>
    public static GlobalAuthFile Read(string path, SmallFileReader? files = null)
    {
        byte[]? bytes;
        try
        {
            bytes = (files ?? SmallFileReader.ThisNode).Read(path, MaximumBytes);
        }
        catch (UnreadableFileException e)
        {
            throw Unusable(path, e.Message);
        }

        if (bytes is null)
        {
            return GlobalAuthFile.Empty;
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
    }

    private static GlobalAuthFile Parse(string path, ReadOnlySpan<byte> document)
    {
        DockerConfigEntries entries = new(_ => true);
        Dictionary<string, string> helpers = new(StringComparer.Ordinal);
        Dictionary<string, byte[]> others = new(StringComparer.Ordinal);
        var reader = GoJson.Reader(document);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("it is not a JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (GoJson.IsField(ref reader, "auths"u8))
            {
                reader.Read();
                entries.Read(ref reader);
            }
            else if (GoJson.IsField(ref reader, "credhelpers"u8))
            {
                reader.Read();
                ReadHelpers(ref reader, helpers);
            }
            else
            {
                var name = GoJson.Text(ref reader);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                others[name] = document[start..(int)reader.BytesConsumed].ToArray();
            }
        }

        reader.Read();
        return ToGlobal(path, entries.All, helpers, others);
    }

    /// <summary>As Go fills a map of strings: a repeated member adds to the map, null empties it.</summary>
    private static void ReadHelpers(ref Utf8JsonReader reader, Dictionary<string, string> helpers)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            helpers.Clear();
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("its \"credHelpers\" is not a JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var host = GoJson.Text(ref reader);
            reader.Read();
            helpers[host] = reader.TokenType switch
            {
                JsonTokenType.String => GoJson.Text(ref reader),
                JsonTokenType.Null => "",
                _ => throw new FormatException("its \"credHelpers\" has a value that is not a string"),
            };
        }
    }

    private static GlobalAuthFile ToGlobal(
        string path,
        IReadOnlyList<DockerConfigEntry> entries,
        Dictionary<string, string> helpers,
        Dictionary<string, byte[]> others
    )
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
                notices.Add(
                    new Notice(
                        Reasons.EntrySkipped,
                        $"Skipping {what} of \"{OneLine.Printable(path)}\": {entry.Problem}"
                    )
                );
            }
        }

        return new GlobalAuthFile(kept, helpers, others, notices);
    }

    private static ProviderException Unusable(string path, string why) =>
        new(
            Reasons.GlobalAuthFileUnusable,
            $"the kubelet's auth file \"{OneLine.Printable(path)}\" cannot be used: {why}",
            "correct it, or name another with --kubelet-auth-file"
        );
}
