// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;

namespace CrioCredentialProvider.Tools.Yaml;

/// <summary>Reads one JSON document into the same tree as YAML, with the places of its values.</summary>
internal sealed class JsonTree
{
    private readonly byte[] bytes;
    private readonly string text;

    private JsonTree(string text) => (this.text, bytes) = (text, Encoding.UTF8.GetBytes(text));

    /// <exception cref="YamlTreeException">It is not JSON, or nested too deep.</exception>
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
            // Its text may quote the document: only the place is reported. Both numbers count from 0, the second in
            // bytes.
            var line = text.Split('\n')[(int)(e.LineNumber ?? 0)];
            throw new YamlTreeException(
                "it begins with a brace, so the kubelet reads it as JSON, and it is not valid JSON",
                (e.LineNumber ?? 0) + 1,
                Math.Min(e.BytePositionInLine ?? 0, line.Length) + 1
            );
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in an escape: Go puts a replacement character in its place.
            var (line, column) = tree.Place(ref reader);
            throw new YamlTreeException("half a surrogate pair is not supported", line, column, isUnsupported: true);
        }
    }

    private YamlNode ReadValue(ref Utf8JsonReader reader)
    {
        var (line, column) = Place(ref reader);
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
                // A number, true, false or null, which YAML reads in the same way.
                return new YamlScalar(Encoding.UTF8.GetString(reader.ValueSpan), isQuoted: false, line, column);
        }
    }

    private (int Line, int Column) Place(ref Utf8JsonReader reader)
    {
        var before = bytes.AsSpan(0, (int)reader.TokenStartIndex);
        return (
            before.Count((byte)'\n') + 1,
            Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1
        );
    }
}
