// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>Auth files that others may read, and those that should be gone.</summary>
internal static class LeftoverFindings
{
    /// <param name="found">Takes what is wrong.</param>
    /// <param name="view">The node.</param>
    /// <param name="path">CRI-O's directory, or the one for files that it took.</param>
    /// <param name="longest">How old a file may get there.</param>
    /// <param name="isInUse">Whether it is the one for files that CRI-O took.</param>
    public static void Add(Findings found, NodeView view, string path, TimeSpan longest, bool isInUse)
    {
        var now = view.Node.Clock();
        foreach (var name in view.Files.Names(path).Where(name => name.EndsWith(".json", StringComparison.Ordinal)))
        {
            if (view.Files.Find($"{path}/{name}") is not { Kind: FileKind.Regular } file)
            {
                continue;
            }

            if ((file.Mode & 0x3F) != 0)
            {
                found.Fail(
                    $"\"{file.Path}\" has credentials and is open to others (mode {FileFacts.ModeText(file.Mode)})",
                    Fix.Run($"chmod 0600 {file.Path}")
                );
            }

            if (now - file.Modified > longest)
            {
                found.Warn(
                    $"\"{file.Path}\" is {Age(now - file.Modified)} old: "
                        + $"{(isInUse ? "CRI-O was killed during that pull" : "CRI-O never picked it up")}",
                    Fix.Run($"find {path} -maxdepth 1 -name '*.json' -mmin +{(int)longest.TotalMinutes} -delete")
                );
            }
        }
    }

    private static string Age(TimeSpan age) =>
        age.TotalDays >= 2 ? $"{age.TotalDays:0} days" : $"{age.TotalHours:0} hours";
}
