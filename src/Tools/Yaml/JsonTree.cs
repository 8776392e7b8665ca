// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;

namespace CrioCredentialProvider.Tools.Yaml;

/// <summary>Reads one JSON document into the same tree as YAML, with the position of each value.</summary>
internal sealed class JsonTree
{
    private readonly byte[] bytes;
    private readonly string text;
    private int nodes;

    /// <summary>The position up to which <see cref="Place"/> has counted.</summary>
    private (int Bytes, int Line, int Column) counted = (0, 1, 1);

    private JsonTree(string text) => (this.text, bytes) = (text, Encoding.UTF8.GetBytes(text));

    /// <exception cref="YamlTreeException">The text is not JSON, or is nested too deeply.</exception>
    public static YamlNode Parse(string text)
    {
        var tree = new JsonTree(text);
        var reader = new Utf8JsonReader(tree.bytes);
        try
        {
            reader.Read();
            var node = tree.ReadValue(ref reader);
            reader.Read();
            return node;
        }
        catch (JsonException e)
        {
            // The exception's message may quote the document, so only the position is reported. Both numbers start at
            // 0, and the column is in bytes.
            var line = text.Split('\n')[(int)(e.LineNumber ?? 0)];
            throw new YamlTreeException(
                "it begins with a brace, so the kubelet parses it as JSON, but it is not valid JSON",
                (e.LineNumber ?? 0) + 1,
                Math.Min(e.BytePositionInLine ?? 0, line.Length) + 1
            );
        }
        catch (InvalidOperationException)
        {
            // An escaped unpaired surrogate. Go replaces it with U+FFFD.
            var (line, column) = tree.Place(ref reader);
            throw new YamlTreeException("an unpaired surrogate is not supported", line, column, isUnsupported: true);
        }
    }

    private YamlNode ReadValue(ref Utf8JsonReader reader)
    {
        var (line, column) = Place(ref reader);
        if (++nodes > YamlTree.MaximumNodes)
        {
            throw YamlTree.TooMany(line, column);
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                List<YamlMember> members = [];
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var (keyLine, keyColumn) = Place(ref reader);
                    var key = reader.GetString()!;
                    reader.Read();
                    members.Add(new YamlMember(key, ReadValue(ref reader), keyLine, keyColumn));
                }

                return new YamlMapping(members, line, column);
            case JsonTokenType.StartArray:
                List<YamlNode> items = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(ReadValue(ref reader));
                }

                return new YamlSequence(items, line, column);
            case JsonTokenType.String:
                return new YamlScalar(reader.GetString()!, isQuoted: true, line, column);
            default:
                // A number, true, false or null, which YAML reads the same way.
                return new YamlScalar(Encoding.UTF8.GetString(reader.ValueSpan), isQuoted: false, line, column);
        }
    }

    /// <summary>
    /// The position of the reader's current token. Tokens come in order, so each byte is counted only once.
    /// </summary>
    private (int Line, int Column) Place(ref Utf8JsonReader reader)
    {
        var end = (int)reader.TokenStartIndex;
        var more = bytes.AsSpan(counted.Bytes, end - counted.Bytes);
        var inLine = Encoding.UTF8.GetCharCount(more[(more.LastIndexOf((byte)'\n') + 1)..]);
        var lines = more.Count((byte)'\n');
        counted = (end, counted.Line + lines, lines > 0 ? inLine + 1 : counted.Column + inLine);
        return (counted.Line, counted.Column);
    }
}
