// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// A unit's ExecStart as its files say it (systemd.service(5), systemd.syntax(7)). The line is kept as it is written,
/// with its variables and quotes: systemd's own account of it over D-Bus has lost both.
/// </summary>
/// <param name="Line">The command line; null when the files have none, or more than one.</param>
/// <param name="Path">The file that has the line.</param>
internal sealed record ExecStart(string? Line, string Path)
{
    public static ExecStart Of(IReadOnlyList<UnitFile> files)
    {
        List<(string Line, string Path)> lines = [];
        foreach (var file in files)
        {
            var section = "";
            foreach (var line in LogicalLines(file.Text))
            {
                if (line.StartsWith('['))
                {
                    section = line;
                }
                else if (
                    section == "[Service]"
                    && line.Split('=', 2) is [var key, var value]
                    && key.TrimEnd() == "ExecStart"
                )
                {
                    if (value.Trim() is { Length: > 0 } command)
                    {
                        lines.Add((command, file.Path));
                    }
                    else
                    {
                        // An empty assignment takes back what other files have said.
                        lines.Clear();
                    }
                }
            }
        }

        return lines is [var only] ? new ExecStart(only.Line, only.Path) : new ExecStart(null, "");
    }

    /// <summary>Lines without comments; one that ends in a backslash goes on in the next.</summary>
    private static IEnumerable<string> LogicalLines(string text)
    {
        var pending = "";
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0 && pending.Length == 0)
            {
                continue;
            }

            // A comment between continued lines is skipped, and does not end them.
            if (line.StartsWith('#') || line.StartsWith(';'))
            {
                continue;
            }

            if (line.EndsWith('\\'))
            {
                pending += line[..^1] + " ";
                continue;
            }

            yield return pending + line;
            pending = "";
        }

        if (pending.Length > 0)
        {
            yield return pending;
        }
    }
}
