// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>
/// Reads the text of a file that <c>EnvironmentFile=</c> names as systemd does (<c>parse_env_file_internal</c> in
/// src/basic/env-file.c). Its rules are not those of a unit file: a value may continue in the next line, inside quotes
/// or after a backslash, and a <c>#</c> in that line does not begin a comment.
/// </summary>
internal sealed class EnvironmentFileText
{
    private static readonly char[] Whitespace = [' ', '\t', '\r', '\n'];

    private readonly string text;
    private int at;

    private EnvironmentFileText(string text) => this.text = text;

    public static IEnumerable<(string Name, string Value)> Assignments(string text)
    {
        var file = new EnvironmentFileText(text);
        while (file.SkipWhitespace())
        {
            var end = file.IndexOf('\n');
            var equals = file.IndexOf('=');
            if (file.text[file.at] is '#' or ';' || equals > end || equals == file.text.Length)
            {
                file.at = end;
                continue;
            }

            var name = text[file.at..equals].TrimEnd(Whitespace);
            file.at = equals + 1;
            yield return (name, file.ReadValue());
        }
    }

    private bool IsAtEnd => at == text.Length;

    private bool IsAtLineEnd => IsAtEnd || text[at] is '\n' or '\r';

    /// <summary>Quotes count only at the start of a value, and directly behind another quoted part.</summary>
    private string ReadValue()
    {
        var value = new StringBuilder();
        for (SkipBlanks(); !IsAtLineEnd && text[at] is '"' or '\''; SkipBlanks())
        {
            ReadQuoted(value, text[at++]);
        }

        var significant = value.Length;
        while (!IsAtLineEnd)
        {
            var c = text[at++];
            if (c == '\\')
            {
                AppendEscaped(value);
                significant = value.Length;
            }
            else
            {
                _ = value.Append(c);
                significant = c is ' ' or '\t' ? significant : value.Length;
            }
        }

        return value.ToString(0, significant);
    }

    private void ReadQuoted(StringBuilder value, char quote)
    {
        for (; !IsAtEnd && text[at] != quote; at++)
        {
            if (quote == '\'' || text[at] != '\\' || at + 1 == text.Length)
            {
                _ = value.Append(text[at]);
            }
            else if (text[++at] is '"' or '\\' or '`' or '$')
            {
                _ = value.Append(text[at]);
            }
            else if (text[at] != '\n')
            {
                // As a shell does, systemd keeps the backslash of an escape that it does not know.
                _ = value.Append('\\').Append(text[at]);
            }
        }

        at = Math.Min(at + 1, text.Length);
    }

    /// <summary>Appends the character behind a backslash; an escaped end of the line is ignored.</summary>
    private void AppendEscaped(StringBuilder value)
    {
        if (!IsAtEnd && text[at++] is not ('\n' or '\r') and var c)
        {
            _ = value.Append(c);
        }
    }

    private bool SkipWhitespace()
    {
        while (!IsAtEnd && Whitespace.Contains(text[at]))
        {
            at++;
        }

        return !IsAtEnd;
    }

    private void SkipBlanks()
    {
        while (!IsAtEnd && text[at] is ' ' or '\t')
        {
            at++;
        }
    }

    private int IndexOf(char c) => text.IndexOf(c, at) is var index and >= 0 ? index : text.Length;
}
