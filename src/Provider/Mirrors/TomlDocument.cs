// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using Tomlyn;
using Tomlyn.Parsing;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// A TOML document as a tree with positions. Tomlyn parses the grammar; its pull parser accepts repeated keys and
/// tables, which this class rejects.
/// </summary>
internal static class TomlDocument
{
    /// <summary>
    /// Maximum number of values and tables. Each needs some 300 bytes, so that a file of a few megabytes cannot exhaust
    /// the memory. A registry with a mirror has seven.
    /// </summary>
    private const int MaximumNodes = 200_000;

    /// <exception cref="ProviderException">
    /// The text is not TOML, is nested too deeply, has too many values, or repeats a key.
    /// </exception>
    public static TomlMap Parse(string path, string text)
    {
        try
        {
            var root = Build(path, TomlParser.Create(text));
            TomlTableHeaders.RefuseRepeated(path, text, root);
            return root;
        }
        catch (TomlException e)
        {
            var line = e.Line ?? 1;
            throw Invalid(
                path,
                line,
                e.Column ?? 1,
                Explanation(e.Message, text.Split('\n').ElementAtOrDefault(line - 1))
            );
        }
    }

    public static ProviderException Invalid(string path, int line, int column, string problem) =>
        new(
            Reasons.RegistriesConfInvalid,
            $"{path}:{line}:{column}: {problem}",
            "correct the file: CRI-O rejects it as well"
        );

    private static TomlMap Build(string path, TomlParser parser)
    {
        const int MaximumDepth = 32;
        var root = new TomlMap(1, 1, isOpen: true);
        var containers = new Stack<TomlNode>();
        string key = "";
        TomlNode? furtherTable = null;
        var nodes = 0;
        var (keyLine, keyColumn) = (1, 1);
        while (HasNext())
        {
            var current = parser.Current;
            switch (current.Kind)
            {
                case TomlParseEventKind.PropertyName:
                    key = parser.GetPropertyName();
                    (keyLine, keyColumn) = (current.Line, current.Column);
                    if (containers.Peek() == furtherTable)
                    {
                        furtherTable.MoveTo(keyLine, keyColumn);
                        furtherTable = null;
                    }

                    break;
                case TomlParseEventKind.StartTable when containers.Count == 0:
                    containers.Push(root);
                    break;
                case TomlParseEventKind.StartTable:
                case TomlParseEventKind.StartArray:
                    if (containers.Count >= MaximumDepth)
                    {
                        throw Invalid(path, keyLine, keyColumn, $"more than {MaximumDepth} levels");
                    }

                    containers.Push(Open(current));
                    break;
                case TomlParseEventKind.EndTable:
                case TomlParseEventKind.EndArray:
                    containers.Pop();
                    break;
                case TomlParseEventKind.String:
                    Attach(new TomlScalar(keyLine, keyColumn, parser.GetString(), null));
                    break;
                case TomlParseEventKind.Boolean:
                    Attach(new TomlScalar(keyLine, keyColumn, null, current.GetBoolean()));
                    break;
                case TomlParseEventKind.Integer:
                case TomlParseEventKind.Float:
                case TomlParseEventKind.DateTime:
                    Attach(new TomlScalar(keyLine, keyColumn, null, null));
                    break;
                default:
                    break;
            }
        }

        return root;

        bool HasNext()
        {
            try
            {
                return parser.MoveNext();
            }
            catch (ArgumentOutOfRangeException)
            {
                // Tomlyn 2.10 throws this while it formats its own error about an invalid \u or \U escape.
                throw Invalid(path, keyLine, keyColumn, "an escape after this place is not a Unicode character");
            }
        }

        TomlNode Open(in TomlParseEvent start)
        {
            // An event without a position comes from a header or a dotted key; such a container may be reopened.
            var isOpen = start.Line == 0;
            TomlNode node =
                start.Kind == TomlParseEventKind.StartArray
                    ? new TomlList(keyLine, keyColumn, isOpen)
                    : new TomlMap(keyLine, keyColumn, isOpen);
            return Attach(node);
        }

        TomlNode Attach(TomlNode node)
        {
            if (containers.Peek() is TomlList list)
            {
                furtherTable = list is { IsOfTables: true, Items.Count: > 0 } ? node : null;
                list.Items.Add(node);
                return Counted(node);
            }

            var members = ((TomlMap)containers.Peek()).Members;
            if (members.TryAdd(key, node))
            {
                return Counted(node);
            }

            return (members[key], node) switch
            {
                (TomlList { IsOfTables: true } before, TomlList { IsOfTables: true }) => before,
                (TomlMap { IsOpen: true } before, TomlMap { IsOpen: true }) => before,
                _ => throw Invalid(path, keyLine, keyColumn, $"key \"{OneLine.WithoutUser(key)}\" is set twice"),
            };
        }

        TomlNode Counted(TomlNode node) =>
            ++nodes <= MaximumNodes
                ? node
                : throw new ProviderException(
                    Reasons.RegistriesConfUnreadable,
                    $"\"{path}\" cannot be read: it has more than {MaximumNodes} values",
                    "check its content"
                );
    }

    /// <summary>
    /// The library's message without its own <c>(line,column) : error : </c>. The message can quote the line, so it is
    /// not printed if the line may have a password in front of a host.
    /// </summary>
    private static string Explanation(string message, string? line)
    {
        if (line is not null && OneLine.HasUser(line))
        {
            return "the line is not valid TOML";
        }

        const string Mark = "error : ";
        var start = message.IndexOf(Mark, StringComparison.Ordinal);
        return OneLine.Of((start < 0 ? message : message[(start + Mark.Length)..]).Trim()).TrimEnd('.');
    }
}
