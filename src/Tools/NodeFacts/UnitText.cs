// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>Reads the text of a unit file as systemd does (<c>config_parse</c> in src/shared/conf-parser.c).</summary>
internal static class UnitText
{
    private static readonly char[] Whitespace = [' ', '\t', '\r'];

    /// <summary>The assignments below <c>[Service]</c>, in order. An empty value resets a list.</summary>
    public static IEnumerable<(string Key, string Value)> ServiceAssignments(string text)
    {
        var isService = false;
        foreach (var line in Lines(text))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (line.StartsWith('['))
            {
                isService = line == "[Service]";
            }
            else if (isService && equals > 0)
            {
                yield return (line[..equals].TrimEnd(Whitespace), line[(equals + 1)..].TrimStart(Whitespace));
            }
        }
    }

    /// <summary>
    /// The logical lines, trimmed. A backslash at the end of a line becomes a space, and the next line is appended with
    /// its indentation; comments in between are ignored. Two backslashes at the end are an escaped one.
    /// </summary>
    private static IEnumerable<string> Lines(string text)
    {
        var line = new StringBuilder();
        foreach (var raw in text.Split('\n').Select(raw => raw.TrimEnd('\r')))
        {
            if (raw.AsSpan().TrimStart(Whitespace) is ['#' or ';', ..])
            {
                continue;
            }

            var backslashes = raw.Length - raw.AsSpan().TrimEnd('\\').Length;
            if (backslashes % 2 == 1)
            {
                _ = line.Append(raw.AsSpan(0, raw.Length - 1)).Append(' ');
                continue;
            }

            yield return line.Append(raw).ToString().Trim(Whitespace);
            _ = line.Clear();
        }

        yield return line.ToString().Trim(Whitespace);
    }
}
