// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.Yaml;

/// <summary>Writes YAML in block style, such that every reader gets exactly the same values.</summary>
internal static class YamlText
{
    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:="
    );

    /// <summary>
    /// Writes a plain scalar only if every reader takes it for a string: it begins with a letter or like an option, has
    /// no space, and is not a word with a meaning in YAML 1.1. Otherwise it is double-quoted with JSON's escapes, which
    /// are valid in YAML.
    /// </summary>
    public static string Scalar(string value)
    {
        var word = value.StartsWith("--", StringComparison.Ordinal) ? value.AsSpan(2) : value;
        if (
            word.Length > 0
            && char.IsAsciiLetter(word[0])
            && !value.AsSpan().ContainsAnyExcept(PlainCharacters)
            && !value.EndsWith(':')
            && value.ToUpperInvariant()
                is not ("TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF" or "Y" or "N" or "NULL")
        )
        {
            return value;
        }

        return Quoted(value);
    }

    private static string Quoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' or '\\' => text.Append('\\').Append(c),
                < ' ' or (>= '\u007f' and <= '\u00a0') or '\u2028' or '\u2029' or '\ufeff' => text.Append(
                    $"\\u{(int)c:x4}"
                ),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }

    /// <summary>A block sequence of values, one per line.</summary>
    /// <param name="indent">Number of spaces before each dash.</param>
    /// <param name="values">The items.</param>
    public static string Sequence(int indent, IEnumerable<string> values) =>
        string.Concat(values.Select(value => $"{new string(' ', indent)}- {Scalar(value)}\n"));

    /// <summary>Comment lines. A value in them must already be a single line.</summary>
    /// <param name="indent">Number of spaces before each line.</param>
    /// <param name="lines">The lines without <c>#</c>.</param>
    public static string Comments(int indent, IEnumerable<string> lines) =>
        string.Concat(lines.Select(line => $"{new string(' ', indent)}# {line}\n"));

    /// <summary>An item of a block sequence.</summary>
    /// <param name="indent">Number of spaces before the dash.</param>
    /// <param name="node">The item as it was read.</param>
    public static string Item(int indent, YamlNode node)
    {
        // The content is indented by the dash and a space, and its first line follows them.
        var inner = node is YamlScalar or YamlMapping { Members.Count: 0 } or YamlSequence { Items.Count: 0 }
            ? $" {Inline(node)}\n"
            : " " + Lines(indent + 2, node)[(indent + 2)..];
        return $"{new string(' ', indent)}-{inner}";
    }

    /// <summary>A member of a block mapping.</summary>
    /// <param name="indent">Number of spaces before the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="node">The value as it was read.</param>
    public static string Member(int indent, string key, YamlNode node)
    {
        var head = $"{new string(' ', indent)}{Scalar(key)}:";
        return node switch
        {
            YamlMapping { Members.Count: > 0 } => $"{head}\n{Lines(indent + 2, node)}",
            YamlSequence { Items.Count: > 0 } => $"{head}\n{Lines(indent, node)}",
            _ => $"{head} {Inline(node)}\n",
        };
    }

    private static string Lines(int indent, YamlNode node) =>
        node switch
        {
            YamlMapping map => string.Concat(map.Members.Select(member => Member(indent, member.Key, member.Value))),
            YamlSequence list => string.Concat(list.Items.Select(item => Item(indent, item))),
            _ => throw new ArgumentException("a scalar has no lines", nameof(node)),
        };

    /// <summary>
    /// A plain scalar is written plain, so that a number remains a number. Quotes are needed if it contained line
    /// breaks, which were folded, or characters that only some readers treat as line breaks.
    /// </summary>
    private static string Inline(YamlNode node) =>
        node switch
        {
            YamlScalar { IsQuoted: false, Text: "" } => "null",
            YamlScalar { IsQuoted: false } plain when OneLine.IsHarmless(plain.Text) => plain.Text,
            YamlScalar scalar => Quoted(scalar.Text),
            YamlMapping => "{}",
            _ => "[]",
        };
}
