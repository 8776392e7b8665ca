// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CrioCredentialProvider.Tools.Yaml;

/// <summary>
/// Reads YAML into a tree from YamlDotNet's events, because its serializer needs reflection. Anchors, aliases and merge
/// keys are resolved as in go.yaml.in/yaml/v2; the only supported tag is <c>!!str</c>.
/// </summary>
internal sealed class YamlTree
{
    private const int MaximumDepth = 64;

    /// <summary>
    /// Limit on the keys, values, lists and mappings in one text. A node takes about 150 bytes, and a Secret as kubectl
    /// prints it has 30 nodes.
    /// </summary>
    public const int MaximumNodes = 250_000;

    /// <summary>Limit on the nodes that aliases add, so that nested aliases cannot exhaust memory.</summary>
    private const int MaximumAliased = 100_000;

    private readonly Parser parser;
    private readonly Dictionary<AnchorName, (YamlNode Node, int Weight)> anchors = [];
    private int own;
    private int nodes;
    private int aliased;

    private YamlTree(string text) =>
        parser = new Parser(new StringReader(text.StartsWith('\uFEFF') ? text[1..] : text));

    /// <param name="text">Any number of documents.</param>
    /// <param name="keepsEmpty">Whether null documents are returned as well.</param>
    /// <returns>The documents in order.</returns>
    /// <exception cref="YamlTreeException">
    /// The text is not YAML, is nested too deeply, or uses YAML that is not supported.
    /// </exception>
    public static IReadOnlyList<YamlNode> Parse(string text, bool keepsEmpty = false)
    {
        var tree = new YamlTree(text);
        List<YamlNode> documents = [];
        while (tree.Next() is { } current)
        {
            if (current is Scalar or MappingStart or SequenceStart)
            {
                tree.anchors.Clear();
                var document = tree.Read(current, MaximumDepth);
                if (keepsEmpty || document is not YamlScalar { IsNull: true })
                {
                    documents.Add(document);
                }
            }
        }

        return documents;
    }

    public static YamlTreeException TooMany(int line, int column) =>
        new($"it has more than {MaximumNodes} values", line, column, isUnsupported: true);

    private YamlNode Read(ParsingEvent start, int room)
    {
        var (line, column) = ((int)start.Start.Line, (int)start.Start.Column);
        if (room == 0)
        {
            throw new YamlTreeException($"it is nested deeper than {MaximumDepth} levels", line, column);
        }

        if (start is AnchorAlias alias)
        {
            return Resolve(alias, line, column);
        }

        if (
            start is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } tag }
            && (tag.Value != "tag:yaml.org,2002:str" || start is not Scalar)
        )
        {
            throw new YamlTreeException("tags other than !!str are not supported", line, column, isUnsupported: true);
        }

        if (++own > MaximumNodes)
        {
            throw TooMany(line, column);
        }

        var before = nodes++;
        YamlNode node = start switch
        {
            Scalar scalar => new YamlScalar(scalar.Value, IsText(scalar), line, column),
            SequenceStart => new YamlSequence(ReadItems(room), line, column),
            _ => new YamlMapping(ReadMembers(room), line, column),
        };
        if (start is NodeEvent { Anchor: { IsEmpty: false } anchor })
        {
            anchors[anchor] = (node, nodes - before);
        }

        return node;
    }

    private static bool IsText(Scalar scalar) =>
        scalar.Style != ScalarStyle.Plain || scalar.Tag is { IsEmpty: false, IsNonSpecific: false };

    private YamlNode Resolve(AnchorAlias alias, int line, int column)
    {
        if (!anchors.TryGetValue(alias.Value, out var target))
        {
            throw new YamlTreeException("it is not valid YAML: the alias has no anchor before it", line, column);
        }

        aliased += target.Weight;
        nodes += target.Weight;
        return aliased <= MaximumAliased
            ? target.Node
            : throw new YamlTreeException(
                $"its aliases expand to more than {MaximumAliased} values",
                line,
                column,
                isUnsupported: true
            );
    }

    private List<YamlNode> ReadItems(int room)
    {
        List<YamlNode> items = [];
        while (Inside() is var next and not SequenceEnd)
        {
            items.Add(Read(next, room - 1));
        }

        return items;
    }

    private List<YamlMember> ReadMembers(int room)
    {
        List<YamlMember> members = [];
        while (Inside() is var next and not MappingEnd)
        {
            if (Read(next, room - 1) is not YamlScalar key)
            {
                throw new YamlTreeException("a key is not a scalar", next.Start.Line, next.Start.Column);
            }

            var value = Read(Inside(), room - 1);
            if (key is { IsQuoted: false, Text: "<<" })
            {
                members.AddRange(Merged(value, key));
            }
            else
            {
                members.Add(new YamlMember(key.Text, value, key.Line, key.Column));
            }
        }

        return members;
    }

    /// <summary>
    /// The members that a merge key adds. The first of several mappings takes precedence, so it is returned last.
    /// </summary>
    private static IEnumerable<YamlMember> Merged(YamlNode value, YamlScalar key) =>
        value switch
        {
            YamlMapping map => map.Members,
            YamlSequence list when list.Items.All(item => item is YamlMapping) => list
                .Items.Reverse()
                .SelectMany(item => ((YamlMapping)item).Members),
            _ => throw new YamlTreeException("a merge key needs a mapping or a list of mappings", key.Line, key.Column),
        };

    private ParsingEvent Inside() =>
        Next()
        ?? throw new YamlTreeException(
            "it ends too early",
            parser.Current?.End.Line ?? 1,
            parser.Current?.End.Column ?? 1
        );

    private ParsingEvent? Next()
    {
        try
        {
            return parser.MoveNext() ? parser.Current : null;
        }
        catch (YamlException e)
        {
            // The exception's message may quote the document, so only the position is reported.
            throw new YamlTreeException("it is not valid YAML", e.Start.Line, e.Start.Column);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet 18.1 throws these exceptions for some texts that are not YAML.
            var place = parser.Current?.End ?? Mark.Empty;
            throw new YamlTreeException("it is not valid YAML after this position", place.Line, place.Column);
        }
    }
}
