// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>The drop-in of the kubelet's unit with its two flags.</summary>
internal static class WantedFlags
{
    /// <param name="paths">Where it is added.</param>
    /// <param name="wanted">The wanted state.</param>
    /// <param name="commandLine">The running kubelet's; empty when none runs.</param>
    public static void Add(WantedPaths paths, WantedState wanted, IReadOnlyList<string> commandLine)
    {
        var path = FlagsDropIn.PathFor(wanted.KubeletUnit);
        var unitFiles = UnitFilesReader.Read(paths.Reader, wanted.KubeletUnit, path);
        var start = ExecStart.Of(unitFiles);
        if (start.Line is null)
        {
            if (unitFiles.Count == 0)
            {
                paths.Refuse(
                    $"there is no unit {wanted.KubeletUnit}",
                    "install the kubelet first, or name its unit with --kubelet-unit"
                );
            }
            else
            {
                paths.Refuse(
                    $"the files of {wanted.KubeletUnit} do not have exactly one ExecStart",
                    "set the flags yourself, and use --flags none"
                );
            }

            return;
        }

        if (
            string.CompareOrdinal(Path.GetFileName(start.Path), FlagsDropIn.FileName) > 0
            && start.Path != unitFiles[0].Path
        )
        {
            paths.Refuse(
                $"\"{start.Path}\" sets ExecStart after \"{FlagsDropIn.FileName}\" would",
                "set the flags there yourself, and use --flags none"
            );
        }

        var other = KubeletFlags.Value(commandLine, KubeletFlags.ConfigFlag);
        if (paths.Files.Observe(path).IsAbsent && paths.PlacedAt(path) is null && other is not null)
        {
            paths.Refuse(
                $"the kubelet already has {KubeletFlags.ConfigFlag}={other}, set by something else",
                $"use --flags none --config {other} --bin-dir "
                    + $"{KubeletFlags.Value(commandLine, KubeletFlags.BinDirFlag)}"
            );
        }

        paths.AddDirectories(Path.GetDirectoryName(path)!, PathRole.KubeletUnit);
        paths.AddFile(path, PathRole.KubeletUnit, FlagsDropIn.Text(start.Line, wanted.ConfigPath, wanted.BinDir), null);
    }
}
