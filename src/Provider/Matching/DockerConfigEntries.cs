// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace CrioCredentialProvider.Matching;

/// <summary>Decides from its key whether an entry is kept.</summary>
/// <param name="key">The raw text of the key between the quotes.</param>
internal delegate bool KeyFilter(ReadOnlySpan<byte> key);

/// <summary>
/// The members of <c>auths</c>, as Go fills a map (encoding/json): a repeated <c>auths</c> adds to the map, the last of
/// equal keys replaces the earlier ones with all its fields, and null empties the map.
/// </summary>
/// <param name="wants">
/// Decides from its key whether an entry is kept. The others are validated all the same: a secret may have tens of
/// thousands of entries that match nothing.
/// </param>
internal sealed class DockerConfigEntries(KeyFilter wants)
{
    private List<DockerConfigEntry>? entries;
    private Dictionary<string, int>? places;

    public IReadOnlyList<DockerConfigEntry> All => entries ?? (IReadOnlyList<DockerConfigEntry>)[];

    /// <summary>Reads the value of <c>auths</c>.</summary>
    /// <param name="reader">Positioned at the value.</param>
    /// <exception cref="FormatException">
    /// A value has the wrong type, which makes Go reject the whole document.
    /// </exception>
    public void Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            (entries, places) = (null, null);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("\"auths\" is not a JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = wants(reader.ValueSpan) ? GoJson.Text(ref reader) : null;
            reader.Read();
            if (key is not null)
            {
                Add(DockerConfigEntryReader.Read(ref reader, key));
            }
            else
            {
                DockerConfigEntryReader.Check(ref reader);
            }
        }
    }

    /// <summary>Gives each entry that has neither a credential nor a problem a reason that only the whole document
    /// shows.</summary>
    public void Explain(string problem)
    {
        for (var i = 0; i < entries?.Count; i++)
        {
            if (entries[i] is { Credential: null, Problem: null } entry)
            {
                entries[i] = entry with { Problem = problem };
            }
        }
    }

    private void Add(DockerConfigEntry entry)
    {
        entries ??= [];
        places ??= new Dictionary<string, int>(StringComparer.Ordinal);
        if (places.TryAdd(entry.Key, entries.Count))
        {
            entries.Add(entry);
        }
        else
        {
            entries[places[entry.Key]] = entry;
        }
    }
}
