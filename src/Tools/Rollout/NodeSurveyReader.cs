// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Examines a node without changing anything.</summary>
/// <param name="files">Reads the states of its paths.</param>
/// <param name="reader">Reads the text of its files.</param>
/// <param name="services">Its service manager.</param>
/// <param name="originals">Reads the files that an installation has replaced.</param>
/// <param name="program">The local path of the program to install.</param>
internal sealed class NodeSurveyReader(
    NodeFileStateReader files,
    NodeFilesReader reader,
    IServiceManager services,
    OriginalFiles originals,
    string program
)
{
    private const int ProgramMode = 0x1ED; // 0755
    private const int ExecuteBits = 0x49; // 0111
    private const int OthersWriteBits = 0x12; // 0022

    /// <param name="wanted">The wanted state.</param>
    /// <param name="state">The content of the state file.</param>
    /// <param name="options">Whether the kubelet may be restarted, and what it is known to have read.</param>
    /// <exception cref="ProviderException">A file of the node cannot be read, or has content that cannot be
    /// preserved.</exception>
    public async Task<NodeSurvey> ReadAsync(WantedState wanted, RolloutState state, EngineOptions options)
    {
        var unit = await services.StatusAsync(wanted.KubeletUnit);
        var commandLine = unit.MainPid > 0 ? await services.CommandLineAsync(wanted.KubeletUnit, unit.MainPid) : [];
        var missing =
            wanted.IsPresent && unit.IsActive
                ? new KubeletFlags(wanted.ConfigPath, wanted.BinDir, false).Problem(commandLine)
                : null;

        // Without systemd, no container runs here that could see a part of a node: an image is being made.
        var mounts = services.IsRunning ? HostMounts.Read(reader) : HostMounts.All;
        var paths = new WantedPaths(files, reader, mounts, originals, state.Installed, options.IsRepair);
        if (wanted.IsPresent)
        {
            AddAll(paths, wanted, unit, commandLine, missing);
        }
        else
        {
            new WantedConfig(paths).AddWithoutUs(state.Installed);
            if (!options.MayTakeOver)
            {
                RefuseHidden(paths, state.Installed);
            }
        }

        return new NodeSurvey
        {
            Wanted = wanted,
            Paths = paths.Paths,
            Contents = paths.Contents,
            State = state,
            Refusals = paths.Refusals,
            Warnings = paths.Warnings,
            Facts = new RolloutFacts
            {
                Paths = paths
                    .Paths.Select(path => path.Path)
                    .Concat(state.Installed.Select(path => path.Path))
                    .Distinct()
                    .ToDictionary(path => path, files.Observe, StringComparer.Ordinal),
                Installed = state.Installed,
                Kubelet = unit,
                HasServiceManager = services.IsRunning,
                IsKubeletStale = wanted.SetsFlags && missing is not null && commandLine.Count > 0,
                CommandLine = commandLine,
                HasReadInstalled = options.LoadedBy is { } invocation && invocation == unit.InvocationId,
                MayRestart = options.MayRestart,
            },
        };
    }

    /// <summary>
    /// A pod sees only what is mounted into it, so a path that it does not see may still exist. If the program were
    /// removed and an invisible config stayed, the kubelet would not start.
    /// </summary>
    private void RefuseHidden(WantedPaths paths, IReadOnlyList<InstalledPath> installed)
    {
        foreach (
            var directory in installed
                .Where(known => known.Placed.Kind != FileStateKind.Directory && files.Observe(known.Path).IsAbsent)
                .Where(known => paths.IsHidden(known.Path) || files.Observe(DirectoryOf(known.Path)).IsAbsent)
                .Select(known => DirectoryOf(known.Path))
                .Distinct()
        )
        {
            paths.Refuse(
                $"\"{directory}\", where files were installed, is not visible here",
                "mount it into the pod; if somebody deleted it, use --take-over"
            );
        }
    }

    private static string DirectoryOf(string path) => Path.GetDirectoryName(path)!;

    /// <summary>Opens the program for reading.</summary>
    /// <exception cref="ProviderException">It cannot be opened, for example in a root without procfs.</exception>
    public Stream OpenProgram()
    {
        try
        {
            return new FileStream(program, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(
                Reasons.ChangeRefused,
                $"the program's own file \"{program}\" cannot be opened",
                "mount /proc",
                e
            );
        }
    }

    private void AddAll(
        WantedPaths paths,
        WantedState wanted,
        UnitStatus unit,
        IReadOnlyList<string> commandLine,
        string? missing
    )
    {
        AddProgram(paths, wanted);
        new WantedConfig(paths).Add(wanted);
        if (wanted.SetsFlags)
        {
            WantedFlags.Add(paths, wanted, unit, commandLine);
        }
        else if (missing is not null)
        {
            paths.Refuse(
                $"{wanted.KubeletUnit} is running, but {missing}",
                "use --flags drop-in, or --config and --bin-dir as the platform sets them"
            );
        }

        if (wanted.HasSweepTimer)
        {
            AddSweep(paths, wanted);
        }
    }

    private void AddProgram(WantedPaths paths, WantedState wanted)
    {
        paths.AddDirectories(wanted.BinDir, PathRole.Program);
        using var stream = OpenProgram();
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream));
        var now = files.Observe(wanted.ProgramPath);
        var isGood =
            now.Kind == FileStateKind.File
            && now.Content == hash
            && (now.Mode & (ExecuteBits | OthersWriteBits)) == ExecuteBits
            && now.Owner == 0;
        var state =
            paths.IsRepair && paths.PlacedAt(wanted.ProgramPath) is { } placed ? placed with { Content = hash }
            : isGood ? now
            : new FileState(FileStateKind.File, hash, ProgramMode, 0, 0, paths.LabelFor(wanted.ProgramPath));
        paths.Add(new WantedPath(wanted.ProgramPath, PathRole.Program, state));
    }

    private void AddSweep(WantedPaths paths, WantedState wanted)
    {
        paths.AddFile(SweepUnits.ServicePath, PathRole.Sweep, SweepUnits.Service(wanted.ProgramPath), null);
        paths.AddFile(SweepUnits.TimerPath, PathRole.Sweep, SweepUnits.Timer(), null);
        paths.AddDirectories(Path.GetDirectoryName(SweepUnits.LinkPath)!, PathRole.Sweep);
        var now = files.Observe(SweepUnits.LinkPath);
        paths.Add(
            new WantedPath(
                SweepUnits.LinkPath,
                PathRole.Sweep,
                now.Kind == FileStateKind.Link && now.Content == SweepUnits.TimerPath
                    ? now
                    : FileState.Link(SweepUnits.TimerPath, "")
            )
        );
    }
}
