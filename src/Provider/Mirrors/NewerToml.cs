// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// Finds features of TOML 1.1 that TOML 1.0 does not have, in a valid TOML 1.1 document: inline tables over several
/// lines or with a trailing comma, the escapes <c>\e</c> and <c>\x</c>, times without seconds. CRI-O 1.34 and 1.35.0
/// read TOML 1.0 (BurntSushi/toml 1.5.0), later versions 1.1 (1.6.0).
/// </summary>
internal sealed class NewerToml
{
    private readonly string text;
    private readonly List<(int Line, string Form)> found = [];
    private readonly Stack<char> brackets = new();
    private int at;
    private int line = 1;

    private NewerToml(string text) => this.text = text;

    /// <returns>Line numbers, from 1, and features, in document order; each feature once per line.</returns>
    public static IReadOnlyList<(int Line, string Form)> Find(string text)
    {
        var toml = new NewerToml(text);
        toml.Scan();
        return [.. toml.found.Distinct()];
    }

    private bool IsInTable => brackets.TryPeek(out var bracket) && bracket == '{';

    private void Scan()
    {
        while (at < text.Length)
        {
            var c = text[at];
            if (c == '#')
            {
                SkipLine();
            }
            else if (c is '"' or '\'')
            {
                SkipString(c);
            }
            else if (c == '\n')
            {
                if (IsInTable)
                {
                    found.Add((line, "an inline table over several lines"));
                }

                line++;
                at++;
            }
            else
            {
                // This also skips a table header: names and quotes in balanced brackets.
                SkipOther(c);
            }
        }
    }

    private void SkipOther(char c)
    {
        if (c is ']' or '}')
        {
            brackets.TryPop(out _);
        }
        else if (c is '[' or '{')
        {
            brackets.Push(c);
        }
        else if (c == ',' && IsInTable && IsCommaAtEnd())
        {
            found.Add((line, "a comma at the end of an inline table"));
        }
        else if (char.IsAsciiDigit(c) && (at == 0 || !IsBare(text[at - 1])))
        {
            SkipNumber();
            return;
        }

        at++;
    }

    /// <summary>
    /// A number, a date, a time, or a date and a time separated by a space, which is parsed as two values.
    /// </summary>
    private void SkipNumber()
    {
        var start = at;
        while (at < text.Length && (IsBare(text[at]) || text[at] is ':' or '.' or '+'))
        {
            at++;
        }

        if (IsTimeWithoutSeconds(text.AsSpan(start..at)))
        {
            found.Add((line, "a time without seconds"));
        }
    }

    private void SkipLine()
    {
        while (at < text.Length && text[at] != '\n')
        {
            at++;
        }
    }

    private void SkipString(char quote)
    {
        var isMultiline = text.AsSpan(at).StartsWith([quote, quote, quote]);
        at += isMultiline ? 3 : 1;
        while (at < text.Length)
        {
            if (text[at] == quote && (!isMultiline || text.AsSpan(at).StartsWith([quote, quote, quote])))
            {
                // The three quotes that end the string may follow up to two that belong to it.
                at += isMultiline ? 3 : 1;
                while (isMultiline && at < text.Length && text[at] == quote)
                {
                    at++;
                }

                return;
            }

            line += text[at] == '\n' ? 1 : 0;
            at += text[at] == '\\' && quote == '"' ? Escape() : 1;
        }
    }

    private int Escape()
    {
        if (at + 1 < text.Length && text[at + 1] is 'e' or 'x')
        {
            found.Add((line, $"the escape \\{text[at + 1]}"));
        }

        return at + 1 < text.Length && text[at + 1] == '\n' ? 1 : Math.Min(2, text.Length - at);
    }

    private static bool IsBare(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    /// <summary>Whether only white space and comments separate the comma here from a closing brace.</summary>
    private bool IsCommaAtEnd()
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '#')
            {
                var end = text.IndexOf('\n', i);
                i = end < 0 ? text.Length : end;
            }
            else if (text[i] is not (' ' or '\t' or '\r' or '\n'))
            {
                return text[i] == '}';
            }
        }

        return false;
    }

    /// <summary>Whether a bare value is <c>HH:MM</c>, with or without a preceding date.</summary>
    private static bool IsTimeWithoutSeconds(ReadOnlySpan<char> value)
    {
        var time = value[(value.LastIndexOfAny('T', 't') + 1)..];
        return time.Length >= 5
            && time[2] == ':'
            && (time.Length == 5 || time[5] is not (':' or '.'))
            && char.IsAsciiDigit(time[0])
            && char.IsAsciiDigit(time[1])
            && char.IsAsciiDigit(time[3])
            && char.IsAsciiDigit(time[4]);
    }
}
