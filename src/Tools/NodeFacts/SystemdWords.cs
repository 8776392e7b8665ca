// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>
/// Parses values of unit files as systemd does (systemd.syntax(7), systemd.service(5), systemd.exec(5)).
/// </summary>
internal static class SystemdWords
{
    /// <summary>The lines of a unit or environment file, without comments and with continuation lines joined.</summary>
    public static IEnumerable<string> Lines(string text)
    {
        var line = new StringBuilder();
        foreach (var raw in text.Split('\n').Select(l => l.TrimEnd('\r')))
        {
            if (raw.AsSpan().TrimStart() is ['#' or ';', ..])
            {
                continue;
            }

            if (raw.EndsWith('\\'))
            {
                line.Append(raw.AsSpan(0, raw.Length - 1)).Append(' ');
                continue;
            }

            yield return line.Append(raw).ToString().Trim();
            line.Clear();
        }

        if (line.Length > 0)
        {
            yield return line.ToString().Trim();
        }
    }

    /// <summary>
    /// Splits text into words and resolves quotes and backslashes. An unclosed quote ends with the text.
    /// </summary>
    public static List<string> Split(string text)
    {
        List<string> words = [];
        var word = new StringBuilder();
        var (quote, isWord) = ('\0', false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && i + 1 < text.Length)
            {
                word.Append(
                    text[++i] switch
                    {
                        'n' => '\n',
                        't' => '\t',
                        's' => ' ',
                        var other => other,
                    }
                );
                isWord = true;
            }
            else if (quote != '\0' ? c == quote : c is '"' or '\'')
            {
                (quote, isWord) = (quote == '\0' ? c : '\0', true);
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                Flush();
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }

        Flush();
        return words;

        void Flush()
        {
            if (isWord)
            {
                words.Add(word.ToString());
                word.Clear();
                isWord = false;
            }
        }
    }

    /// <summary>
    /// Expands the variables of a command line: <c>$NAME</c> as a separate word is split into the words of its value,
    /// <c>${NAME}</c> remains a part of its word. An unset variable is empty.
    /// </summary>
    /// <param name="line">The value of <c>ExecStart=</c>.</param>
    /// <param name="variable">Returns the value of a variable, or null.</param>
    public static List<string> Expand(string line, Func<string, string?> variable)
    {
        List<string> words = [];
        foreach (var word in Split(line))
        {
            if (word.Length > 1 && word[0] == '$' && word[1..].All(IsNameCharacter))
            {
                words.AddRange(Split(variable(word[1..]) ?? ""));
            }
            else
            {
                words.Add(Replace(word, variable));
            }
        }

        return words;
    }

    /// <summary>The names of the variables in a command line.</summary>
    public static IReadOnlySet<string> Variables(string line)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        _ = Expand(line, name =>
        {
            names.Add(name);
            return null;
        });
        return names;
    }

    private static string Replace(string word, Func<string, string?> variable)
    {
        var text = new StringBuilder();
        var at = 0;
        for (
            var start = word.IndexOf("${", StringComparison.Ordinal);
            start >= 0;
            start = word.IndexOf("${", at, StringComparison.Ordinal)
        )
        {
            var end = word.IndexOf('}', start);
            if (end < 0)
            {
                break;
            }

            text.Append(word.AsSpan(at, start - at)).Append(variable(word[(start + 2)..end]));
            at = end + 1;
        }

        return text.Append(word.AsSpan(at)).ToString();
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    /// <summary>
    /// An assignment in an environment file. Its value may be quoted; spaces in an unquoted value are kept.
    /// </summary>
    public static string[] AssignmentIn(string line)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            return [];
        }

        var value = line[(equals + 1)..].Trim();
        return [line[..equals].Trim() + "=" + (value is ['"' or '\'', ..] ? string.Join(' ', Split(value)) : value)];
    }
}
