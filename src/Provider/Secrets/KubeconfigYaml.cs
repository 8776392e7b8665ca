// SPDX-License-Identifier: Apache-2.0
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Reads the YAML of a kubeconfig as client-go does (sigs.k8s.io/yaml): it uses the first document, a later key
/// replaces an earlier one, aliases and merge keys are resolved. Mappings become <see cref="Dictionary{TKey,TValue}"/>,
/// sequences <see cref="List{T}"/>, null is null, and every other scalar is its text.
/// </summary>
internal sealed class KubeconfigYaml
{
    private const int MaximumDepth = 16;
    private const int MaximumMergedMembers = 10_000;
    private static readonly object Open = new();

    private readonly Parser parser;
    private readonly Dictionary<AnchorName, object?> anchors = [];
    private int mergedMembers;

    private KubeconfigYaml(string text) => parser = new Parser(new StringReader(text));

    /// <param name="bytes">UTF-8, or UTF-16 after a byte order mark.</param>
    /// <returns>The first document; null if it is empty.</returns>
    /// <exception cref="FormatException">
    /// The text is not YAML or uses an unsupported feature; the message says where.
    /// </exception>
    public static object? Read(ReadOnlySpan<byte> bytes)
    {
        var yaml = new KubeconfigYaml(Decode(bytes));
        try
        {
            return yaml.ReadDocument();
        }
        catch (YamlException e)
        {
            // The library's message may quote the file, which contains the kubelet's key.
            throw new FormatException($"it is not valid YAML ({Place(e.Start)})");
        }
    }

    private static string Decode(ReadOnlySpan<byte> bytes) =>
        bytes switch
        {
            [0xEF, 0xBB, 0xBF, .. var rest] => Encoding.UTF8.GetString(rest),
            [0xFF, 0xFE, .. var rest] => Encoding.Unicode.GetString(rest),
            [0xFE, 0xFF, .. var rest] => Encoding.BigEndianUnicode.GetString(rest),
            _ => Encoding.UTF8.GetString(bytes),
        };

    private static string Place(Mark mark) => $"line {mark.Line}, column {mark.Column}";

    private static FormatException Unsupported(string what, ParsingEvent at) =>
        new($"{what} is not supported ({Place(at.Start)})");

    private object? ReadDocument()
    {
        while (Next() is StreamStart or DocumentStart) { }

        return parser.Current is null or StreamEnd ? null : ReadValue(depth: 0);
    }

    /// <summary>YamlDotNet 18.1 throws other exceptions than its own for some texts that are not YAML.</summary>
    private ParsingEvent? Next()
    {
        try
        {
            return parser.MoveNext() ? parser.Current : null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            var place = parser.Current?.End ?? Mark.Empty;
            throw new YamlException(place, place, "not YAML after this place");
        }
    }

    private object? ReadValue(int depth)
    {
        if (depth > MaximumDepth)
        {
            throw Unsupported($"nesting of more than {MaximumDepth} levels", parser.Current!);
        }

        if (parser.Current is AnchorAlias alias)
        {
            return Resolve(alias);
        }

        var start = (NodeEvent)parser.Current!;
        if (!start.Anchor.IsEmpty)
        {
            anchors[start.Anchor] = Open;
        }

        object? value = start switch
        {
            Scalar scalar => IsNull(scalar) ? null : scalar.Value,
            SequenceStart => ReadSequence(depth),
            _ => ReadMapping(depth),
        };
        if (!start.Anchor.IsEmpty)
        {
            anchors[start.Anchor] = value;
        }

        return value;
    }

    private object? Resolve(AnchorAlias alias)
    {
        if (!anchors.TryGetValue(alias.Value, out var value))
        {
            throw new FormatException($"its alias *{alias.Value} names no anchor ({Place(alias.Start)})");
        }

        return value != Open ? value : throw Unsupported($"the alias *{alias.Value} inside its own anchor", alias);
    }

    private List<object?> ReadSequence(int depth)
    {
        List<object?> items = [];
        while (Next() is not SequenceEnd)
        {
            items.Add(ReadValue(depth + 1));
        }

        return items;
    }

    private Dictionary<string, object?> ReadMapping(int depth)
    {
        Dictionary<string, object?> members = new(StringComparer.Ordinal);
        while (Next() is not MappingEnd)
        {
            var keyEvent = parser.Current!;
            var isMerge = keyEvent is Scalar { Value: "<<", IsPlainImplicit: true };
            var key = ReadValue(depth + 1);
            Next();
            if (isMerge)
            {
                var from = parser.Current!;
                Merge(members, ReadValue(depth + 1), from);
                continue;
            }

            var value = ReadValue(depth + 1);
            members[
                key switch
                {
                    string name => name,
                    null => "null", // sigs.k8s.io/yaml converts keys to JSON strings
                    _ => throw Unsupported("a key that is not a scalar", keyEvent),
                }
            ] = value;
        }

        return members;
    }

    /// <summary>Members of a merge key replace earlier ones; in a sequence of mappings, the first wins.</summary>
    private void Merge(Dictionary<string, object?> members, object? from, ParsingEvent at)
    {
        switch (from)
        {
            case Dictionary<string, object?> mapping:
                mergedMembers += mapping.Count;
                if (mergedMembers > MaximumMergedMembers)
                {
                    throw Unsupported($"merging more than {MaximumMergedMembers} members", at);
                }

                foreach (var (name, value) in mapping)
                {
                    members[name] = value;
                }

                break;
            case List<object?> list when list.TrueForAll(item => item is Dictionary<string, object?>):
                for (var i = list.Count - 1; i >= 0; i--)
                {
                    Merge(members, list[i], at);
                }

                break;
            default:
                throw Unsupported("a merge key without a mapping", at);
        }
    }

    /// <summary>The spellings of null in YAML 1.1, unless they are quoted.</summary>
    private static bool IsNull(Scalar scalar) =>
        scalar is { IsPlainImplicit: true, Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" };
}
