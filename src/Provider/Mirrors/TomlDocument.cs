using CrioCredentialProvider.Diagnostics;
using Tomlyn;
using Tomlyn.Parsing;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// A TOML document as a tree with places. Tomlyn reads the grammar; keys and tables that stand twice, which its pull
/// parser lets pass, are found here.
/// </summary>
internal static class TomlDocument
{
    /// <exception cref="ProviderException">Not TOML, nested too deep, or a key that stands twice.</exception>
    public static TomlMap Parse(string path, string text)
    {
        try
        {
            var root = Build(path, TomlParser.Create(text));
            RefuseTablesThatStandTwice(path, text, root);
            return root;
        }
        catch (TomlException e)
        {
            throw Invalid(path, e.Line ?? 1, e.Column ?? 1, Explanation(e.Message));
        }
    }

    public static ProviderException Invalid(string path, int line, int column, string problem) => new(
        Reasons.RegistriesConfInvalid,
        $"{path}:{line}:{column}: {problem}",
        "correct the file: CRI-O refuses it as well");

    private static TomlMap Build(string path, TomlParser parser)
    {
        const int MaximumDepth = 32;
        var root = new TomlMap(1, 1, isOpen: true);
        var containers = new Stack<TomlNode>();
        string key = "";
        TomlNode? furtherTable = null;
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
                // How Tomlyn 2.10 fails while it words its own error about a \u or \U that is unfinished or no character.
                throw Invalid(path, keyLine, keyColumn, "an escape behind this place is no Unicode character");
            }
        }

        TomlNode Open(in TomlParseEvent start)
        {
            // An event without a place comes from a header or a dotted key: such a container may be opened again.
            var isOpen = start.Line == 0;
            TomlNode node = start.Kind == TomlParseEventKind.StartArray
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
                return node;
            }

            var members = ((TomlMap)containers.Peek()).Members;
            if (members.TryAdd(key, node))
            {
                return node;
            }

            return (members[key], node) switch
            {
                (TomlList { IsOfTables: true } before, TomlList { IsOfTables: true }) => before,
                (TomlMap { IsOpen: true } before, TomlMap { IsOpen: true }) => before,
                _ => throw Invalid(path, keyLine, keyColumn, $"key \"{OneLine.Of(key)}\" stands twice"),
            };
        }
    }

    /// <summary>
    /// A <c>[table]</c> with the name of another one: the parser joins the two without an event. Only names without quotes
    /// are looked at, and only in a text without strings of several lines, in which a header would be none.
    /// </summary>
    private static void RefuseTablesThatStandTwice(string path, ReadOnlySpan<char> text, TomlMap root)
    {
        if (text.Contains("\"\"\"", StringComparison.Ordinal) || text.Contains("'''", StringComparison.Ordinal))
        {
            return;
        }

        HashSet<string>? seen = null;
        var number = 0;
        foreach (var line in text.EnumerateLines())
        {
            number++;
            var header = line.TrimStart(" \t");
            if (header.IsEmpty || header[0] != '[' || !IsHeader(header, out var name, out var isArray))
            {
                continue;
            }

            if (isArray)
            {
                // Below a further element, the names are free again.
                seen?.RemoveWhere(other => other.StartsWith(name + ".", StringComparison.Ordinal));
            }
            else if (root.Members.ContainsKey(name.Split('.')[0]) && !(seen ??= new(StringComparer.Ordinal)).Add(name))
            {
                throw Invalid(path, number, line.Length - header.Length + 2, $"table \"{OneLine.Of(name)}\" stands twice");
            }
        }
    }

    /// <summary>Whether nothing but a comment stands behind the bracket: if something does, it is a value of an array.</summary>
    private static bool IsHeader(ReadOnlySpan<char> text, out string name, out bool isArray)
    {
        isArray = text.StartsWith("[[", StringComparison.Ordinal);
        var inside = text[(isArray ? 2 : 1)..];
        var end = inside.IndexOf(isArray ? "]]" : "]", StringComparison.Ordinal);
        name = end < 0 || inside[..end].ContainsAny('"', '\'') ? ""
            : inside[..end].ToString().Replace(" ", "", StringComparison.Ordinal).Replace("\t", "", StringComparison.Ordinal);
        return name.Length > 0 && inside[(end + (isArray ? 2 : 1))..].TrimStart(" \t") is [] or ['#', ..];
    }

    /// <summary>The library's text behind its own <c>(line,column) : error : </c>.</summary>
    private static string Explanation(string message)
    {
        const string Mark = "error : ";
        var start = message.IndexOf(Mark, StringComparison.Ordinal);
        return OneLine.Of((start < 0 ? message : message[(start + Mark.Length)..]).Trim()).TrimEnd('.');
    }
}
