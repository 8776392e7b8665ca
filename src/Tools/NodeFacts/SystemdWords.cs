// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>
/// Parses values of unit files as systemd does (systemd.syntax(7), systemd.service(5), systemd.exec(5)).
/// </summary>
internal static class SystemdWords
{
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
}
