// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>Auth files that CRI-O did not take, or left behind, and those that others can read.</summary>
internal static class LeftoverFindings
{
    /// <summary>With the kubelet's intents and the timer, no file that CRI-O does not take gets as old.</summary>
    private static readonly TimeSpan LongestWithTimer = TimeSpan.FromMinutes(2);

    /// <param name="found">Takes what is wrong.</param>
    /// <param name="view">The node.</param>
    /// <param name="path">The directory in which CRI-O looks.</param>
    public static void AddUntaken(Findings found, NodeView view, string path) =>
        Add(
            found,
            view,
            path,
            IsPullingNothing(view) ? LongestWithTimer : LeftoverRules.LongestUntaken,
            "CRI-O never picked it up"
        );

    /// <param name="found">Takes what is wrong.</param>
    /// <param name="view">The node.</param>
    /// <param name="path">The directory to which CRI-O moves the files that it takes.</param>
    public static void AddInUse(Findings found, NodeView view, string path) =>
        Add(found, view, path, LeftoverRules.LongestPull, "CRI-O was killed during that pull");

    private static void Add(Findings found, NodeView view, string path, TimeSpan longest, string reason)
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
                    $"\"{file.Path}\" is {Age(now - file.Modified)} old: {reason}",
                    Fix.Run($"find {path} -maxdepth 1 -name '*.json' -mmin +{(int)longest.TotalMinutes} -delete")
                );
            }
        }
    }

    /// <summary>
    /// Whether the kubelet records its pulls and there is none. While it pulls, the file may be of any of them: then
    /// only its age counts.
    /// </summary>
    private static bool IsPullingNothing(NodeView view)
    {
        var flag = KubeletArgumentsReader.Flag(view.Kubelet.Arguments, "--root-dir");
        var intents = KubeletRoot.Of(view.Settings.KubeletRootDir, flag) + KubeletRoot.Intents;
        return view.Files.Find(intents) is { Kind: FileKind.Directory } && !view.Files.Names(intents).Any();
    }

    private static string Age(TimeSpan age) =>
        age.TotalDays >= 2 ? $"{age.TotalDays:0} days"
        : age.TotalHours >= 2 ? $"{age.TotalHours:0} hours"
        : $"{age.TotalMinutes:0} minutes";
}
