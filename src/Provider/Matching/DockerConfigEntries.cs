// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace CrioCredentialProvider.Matching;

/// <summary>Decides by its key whether an entry is kept.</summary>
/// <param name="key">The key as the document has it between the quotes.</param>
internal delegate bool KeyFilter(ReadOnlySpan<byte> key);

/// <summary>
/// The entries below <c>auths</c>, as Go fills a map (encoding/json): a further <c>auths</c> adds to the map, the last
/// of equal keys counts with all of its fields, and null empties the map.
/// </summary>
/// <param name="wants">
/// Decides by its key whether an entry is kept. The others are checked alike: a secret may hold tens of thousands of
/// entries that fit nothing.
/// </param>
internal sealed class DockerConfigEntries(KeyFilter wants)
{
    private List<DockerConfigEntry>? entries;
    private Dictionary<string, int>? places;

    public IReadOnlyList<DockerConfigEntry> All => entries ?? (IReadOnlyList<DockerConfigEntry>)[];

    /// <summary>Reads the value of <c>auths</c>.</summary>
    /// <param name="reader">Stands on the value.</param>
    /// <exception cref="FormatException">A value has a wrong type, which for Go spoils the whole document.</exception>
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

    /// <summary>Gives each entry without credential and problem a reason that only the whole document shows.</summary>
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
