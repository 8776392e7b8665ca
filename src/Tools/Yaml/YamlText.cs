// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.Yaml;

/// <summary>Writes YAML in block style, so that every reader gets back exactly these values.</summary>
internal static class YamlText
{
    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:="
    );

    /// <summary>
    /// Plain where it is beyond doubt a string: it begins with a letter, or as an option does, has no space, and is not
    /// a word that YAML 1.1 reads as something else. Otherwise in double quotes, with JSON's escapes, which YAML
    /// shares.
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

    /// <summary>A block sequence of values, each on a line.</summary>
    /// <param name="indent">Blanks in front of each dash.</param>
    /// <param name="values">The values.</param>
    public static string Sequence(int indent, IEnumerable<string> values) =>
        string.Concat(values.Select(value => $"{new string(' ', indent)}- {Scalar(value)}\n"));

    /// <summary>Comment lines; a value in them must be one line already.</summary>
    /// <param name="indent">Blanks in front of each.</param>
    /// <param name="lines">The lines.</param>
    public static string Comments(int indent, IEnumerable<string> lines) =>
        string.Concat(lines.Select(line => $"{new string(' ', indent)}# {line}\n"));

    /// <summary>An item of a block sequence.</summary>
    /// <param name="indent">Blanks in front of the dash.</param>
    /// <param name="node">What was read.</param>
    public static string Item(int indent, YamlNode node)
    {
        // What is inside is indented by the dash and a blank: its first line follows them.
        var inner = node is YamlScalar or YamlMapping { Members.Count: 0 } or YamlSequence { Items.Count: 0 }
            ? $" {Inline(node)}\n"
            : " " + Lines(indent + 2, node)[(indent + 2)..];
        return $"{new string(' ', indent)}-{inner}";
    }

    /// <summary>A member of a block mapping.</summary>
    /// <param name="indent">Blanks in front of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="node">What was read.</param>
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
    /// What was plain stays plain, so that a number stays one; but its line breaks were folded, and need quotes now, as
    /// do characters that one reader takes for a line break and another does not.
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
