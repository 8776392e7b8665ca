// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// Reports auth files that CRI-O did not pick up or left behind, and auth files that other users can read.
/// </summary>
internal static class LeftoverFindings
{
    /// <summary>
    /// With the kubelet's pull intents and the timer, a file that CRI-O does not pick up never gets this old.
    /// </summary>
    private static readonly TimeSpan LongestWithTimer = TimeSpan.FromMinutes(2);

    /// <param name="found">Receives the findings.</param>
    /// <param name="view">The node.</param>
    /// <param name="path">The directory in which CRI-O looks for auth files.</param>
    public static void AddUntaken(Findings found, NodeView view, string path) =>
        Add(
            found,
            view,
            path,
            IsPullingNothing(view) ? LongestWithTimer : LeftoverRules.LongestUntaken,
            "CRI-O never picked it up"
        );

    /// <param name="found">Receives the findings.</param>
    /// <param name="view">The node.</param>
    /// <param name="path">The directory to which CRI-O moves the files that it picks up.</param>
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
    /// Whether the kubelet records pull intents, and there are none. During a pull, an auth file could belong to that
    /// pull, so only the file's age shows that it was left over.
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
