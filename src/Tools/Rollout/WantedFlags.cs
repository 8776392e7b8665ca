// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>The drop-in for the kubelet's unit that sets the two flags.</summary>
internal static class WantedFlags
{
    /// <param name="paths">Receives the drop-in.</param>
    /// <param name="wanted">The wanted state.</param>
    /// <param name="unit">The kubelet's unit as systemd reports it.</param>
    /// <param name="commandLine">The running kubelet's command line; empty if it is not running.</param>
    public static void Add(WantedPaths paths, WantedState wanted, UnitStatus unit, IReadOnlyList<string> commandLine)
    {
        foreach (var hidden in unit.Files.Where(paths.IsHidden))
        {
            paths.Refuse(
                $"\"{hidden}\", a file of {wanted.KubeletUnit}, is not visible here",
                "mount its directory into the pod"
            );
        }

        var path = FlagsDropIn.PathFor(wanted.KubeletUnit);
        var unitFiles = UnitFilesReader.Read(paths.Reader, wanted.KubeletUnit, path);
        var start = ExecStart.Of(unitFiles);
        if (start.Line is null)
        {
            if (unitFiles.Count == 0)
            {
                paths.Refuse(
                    $"unit {wanted.KubeletUnit} does not exist",
                    "install the kubelet first, or set its unit with --kubelet-unit"
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

        if (paths.Files.Observe(path).IsAbsent && paths.PlacedAt(path) is null)
        {
            RefuseFlagsOfOthers(paths, wanted.KubeletUnit, commandLine);
        }

        paths.AddDirectories(Path.GetDirectoryName(path)!, PathRole.KubeletUnit);
        paths.AddFile(path, PathRole.KubeletUnit, FlagsDropIn.Text(start.Line, wanted.ConfigPath, wanted.BinDir), null);
    }

    /// <summary>
    /// The drop-in would override flags that something else sets, and the platform's own providers would be lost. The
    /// unit files are checked too, because the kubelet is not running yet on a new node, and a running one may have
    /// been started before they changed.
    /// </summary>
    private static void RefuseFlagsOfOthers(WantedPaths paths, string unitName, IReadOnlyList<string> commandLine)
    {
        var line = commandLine;
        KubeletUnit? unit = null;
        if (KubeletArgumentsReader.Flag(line, KubeletFacts.ConfigFlag) is null)
        {
            unit = KubeletUnit.Find(paths.Reader, unitName);
            line = unit?.Arguments ?? [];
        }

        if (KubeletArgumentsReader.Flag(line, KubeletFacts.ConfigFlag) is not { } config)
        {
            foreach (var hidden in unit?.EnvironmentFiles.Where(paths.IsHidden) ?? [])
            {
                ReportHidden(paths, hidden, unitName, isRunning: commandLine.Count > 0);
            }

            return;
        }

        var origin = unit is null ? "something else" : $"\"{unit.FileOf(KubeletFacts.ConfigFlag)}\"";
        var binDir = KubeletArgumentsReader.Flag(line, KubeletFacts.BinDirFlag);
        paths.Refuse(
            $"the kubelet already has {KubeletFacts.ConfigFlag}={OneLine.Of(config)}, set by {origin}",
            $"use --flags none --config {ShellWord.Of(config)}"
                + (binDir is null ? "" : $" --bin-dir {ShellWord.Of(binDir)}")
        );
    }

    /// <summary>
    /// A running kubelet shows the flags that it got from the file when it started. Without one, the file may set flags
    /// that nobody can see.
    /// </summary>
    private static void ReportHidden(WantedPaths paths, string file, string unitName, bool isRunning)
    {
        var problem = $"\"{file}\", an EnvironmentFile of {unitName}, is not visible here";
        if (isRunning)
        {
            paths.Warn(
                $"{problem}: flags that were added to it after the kubelet's start are not known; mount it or its "
                    + "directory into the pod"
            );
        }
        else
        {
            paths.Refuse(
                $"{problem}, and no kubelet runs that would show its flags",
                "mount it or its directory into the pod, or start the kubelet"
            );
        }
    }
}
