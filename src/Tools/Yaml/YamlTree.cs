using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CrioCredentialProvider.Tools.Yaml;

/// <summary>The text is not YAML, or YAML that is not taken. The message never quotes the text.</summary>
internal sealed class YamlTreeException(string problem, long line, long column) : Exception(problem)
{
    public long Line => line;

    public long Column => column;
}

/// <summary>
/// Reads YAML, and so JSON, into a tree, by YamlDotNet's events: its serializer wants reflection. Anchors, aliases and
/// tags are refused, since what they make of a text is easily something else than it looks like.
/// </summary>
internal static class YamlTree
{
    private const int MaximumDepth = 64;

    /// <param name="text">Any number of documents.</param>
    /// <returns>The documents that hold something, in their order.</returns>
    /// <exception cref="YamlTreeException">Not YAML, or too deep, or with an anchor, alias or tag.</exception>
    public static IReadOnlyList<YamlNode> Parse(string text)
    {
        var parser = new Parser(new StringReader(text.TrimStart('\uFEFF')));
        List<YamlNode> documents = [];
        while (Next(parser) is { } current)
        {
            if (current is Scalar or MappingStart or SequenceStart
                && Read(parser, current, MaximumDepth) is var document and not YamlScalar { IsNull: true })
            {
                documents.Add(document);
            }
        }

        return documents;
    }

    private static YamlNode Read(Parser parser, ParsingEvent start, int room)
    {
        var (line, column) = ((int)start.Start.Line, (int)start.Start.Column);
        if (room == 0)
        {
            throw new YamlTreeException($"it is nested deeper than {MaximumDepth} levels", line, column);
        }

        if (start is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
        {
            throw new YamlTreeException("anchors and aliases are not taken", line, column);
        }

        if (start is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } })
        {
            throw new YamlTreeException("tags are not taken", line, column);
        }

        return start switch
        {
            Scalar scalar => new YamlScalar(scalar.Value, scalar.Style != ScalarStyle.Plain, line, column),
            SequenceStart => new YamlSequence(ReadItems(parser, room), line, column),
            _ => new YamlMapping(ReadMembers(parser, room), line, column),
        };
    }

    private static List<YamlNode> ReadItems(Parser parser, int room)
    {
        List<YamlNode> items = [];
        while (Inside(parser) is var next and not SequenceEnd)
        {
            items.Add(Read(parser, next, room - 1));
        }

        return items;
    }

    private static List<YamlMember> ReadMembers(Parser parser, int room)
    {
        List<YamlMember> members = [];
        while (Inside(parser) is var next and not MappingEnd)
        {
            if (Read(parser, next, room - 1) is not YamlScalar key)
            {
                throw new YamlTreeException("a key is not a text", next.Start.Line, next.Start.Column);
            }

            members.Add(new YamlMember(key.Text, Read(parser, Inside(parser), room - 1), key.Line, key.Column));
        }

        return members;
    }

    private static ParsingEvent Inside(Parser parser) =>
        Next(parser) ?? throw new YamlTreeException("it ends too early", parser.Current?.End.Line ?? 1, parser.Current?.End.Column ?? 1);

    private static ParsingEvent? Next(Parser parser)
    {
        try
        {
            return parser.MoveNext() ? parser.Current : null;
        }
        catch (YamlException e)
        {
            // Its text may quote the document: only the place is told.
            throw new YamlTreeException("it is not YAML", e.Start.Line, e.Start.Column);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // How YamlDotNet 18.1 fails at some texts that are not YAML.
            var place = parser.Current?.End ?? Mark.Empty;
            throw new YamlTreeException("it is not YAML behind this place", place.Line, place.Column);
        }
    }
}
