// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>
/// Holds what was printed against what a page shows. One thing is not taken word for word: an ellipsis, alone on a line
/// for any number of lines, within a line for any text of that line. What differs from run to run is written so.
/// </summary>
internal static partial class DocumentExamplesOutput
{
    private const char Ellipsis = '…';

    public static bool Matches(IReadOnlyList<string> expected, string actual)
    {
        var pattern = new StringBuilder("\\A");
        foreach (var line in expected)
        {
            if (line.Trim() is "…" or "...")
            {
                pattern.Append("(?:[^\n]*\n)*?");
                continue;
            }

            pattern.AppendJoin("[^\n]*?", line.TrimEnd().Split(Ellipsis).Select(Regex.Escape)).Append('\n');
        }

        return Regex.IsMatch(
            Normal(actual),
            pattern.Append("\\z").ToString(),
            RegexOptions.None,
            TimeSpan.FromSeconds(10)
        );
    }

    /// <summary>
    /// What a page cannot show goes: colours, carriage returns, blanks at the end of a line or of all, and the notice
    /// that an answer takes more than a second, which it does on a busy machine.
    /// </summary>
    private static string Normal(string text) =>
        string.Concat(
                Colour()
                    .Replace(text, "")
                    .ReplaceLineEndings("\n")
                    .Split('\n')
                    .Where(line => line != "asking the API server ...")
                    .Select(line => line.TrimEnd() + "\n")
            )
            .TrimEnd('\n')
            is { Length: > 0 } some
            ? some + "\n"
            : "";

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Colour();
}
