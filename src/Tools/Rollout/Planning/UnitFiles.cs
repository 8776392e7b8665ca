// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// A unit's ExecStart as its files set it (systemd.service(5), systemd.syntax(7)). The line keeps its variables and
/// quotes, which systemd's D-Bus property has lost.
/// </summary>
/// <param name="Line">The command line; null if the files have none or more than one.</param>
/// <param name="Path">The file that contains the line.</param>
internal sealed record ExecStart(string? Line, string Path)
{
    public static ExecStart Of(IReadOnlyList<UnitFile> files)
    {
        List<ExecStart> lines = [];
        foreach (var file in files)
        {
            foreach (var (key, command) in UnitText.ServiceAssignments(file.Text))
            {
                if (key == "ExecStart" && command.Length == 0)
                {
                    lines.Clear();
                }
                else if (key == "ExecStart")
                {
                    lines.Add(new ExecStart(command, file.Path));
                }
            }
        }

        return lines is [var only] ? only : new ExecStart(null, "");
    }
}
