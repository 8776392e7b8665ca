// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Tools.Generate;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Looks at a node: reads, and changes nothing.</summary>
/// <param name="files">The states of its paths.</param>
/// <param name="reader">The texts of its files.</param>
/// <param name="services">Its service manager.</param>
/// <param name="program">The program that is to be installed, on this machine.</param>
internal sealed class NodeSurveyReader(
    NodeFileStateReader files,
    NodeFilesReader reader,
    IServiceManager services,
    string program
)
{
    private const int ReadByAll = 0x1A4; // 0644
    private const int RunByAll = 0x1ED; // 0755

    private readonly List<WantedPath> paths = [];
    private readonly Dictionary<string, byte[]> contents = new(StringComparer.Ordinal);
    private readonly List<Refusal> refusals = [];

    /// <param name="wanted">The wanted state.</param>
    /// <param name="state">What the state file says.</param>
    /// <param name="mayRestart">Whether the kubelet may be restarted.</param>
    /// <exception cref="ProviderException">A file of the node cannot be read, or holds what cannot be kept.</exception>
    public async Task<NodeSurvey> ReadAsync(WantedState wanted, RolloutState state, bool mayRestart)
    {
        var unit = await services.StatusAsync(wanted.KubeletUnit);
        var commandLine = unit.MainPid > 0 ? await services.CommandLineAsync(wanted.KubeletUnit, unit.MainPid) : [];
        if (wanted.IsPresent)
        {
            AddProgram(wanted);
            AddConfig(wanted);
            if (wanted.SetsFlags)
            {
                AddFlags(wanted, commandLine);
            }
            else if (
                unit.IsActive
                && new KubeletFlags(wanted.ConfigPath, wanted.BinDir, false).Problem(commandLine) is { } missing
            )
            {
                refusals.Add(
                    new Refusal(
                        $"{wanted.KubeletUnit} runs, but {missing}",
                        "use --flags drop-in, or --config and --bin-dir as the platform sets them"
                    )
                );
            }

            if (wanted.HasSweepTimer)
            {
                AddSweep(wanted);
            }
        }
        else
        {
            AddConfigWithoutUs(state);
        }

        var isStale =
            wanted is { IsPresent: true, SetsFlags: true }
            && unit.IsActive
            && commandLine.Count > 0
            && new KubeletFlags(wanted.ConfigPath, wanted.BinDir, false).Problem(commandLine) is not null;
        return new NodeSurvey
        {
            Wanted = wanted,
            Paths = paths,
            Contents = contents,
            State = state,
            Refusals = refusals,
            Facts = new RolloutFacts
            {
                Paths = paths
                    .Select(path => path.Path)
                    .Concat(state.Installed.Select(path => path.Path))
                    .Distinct()
                    .ToDictionary(path => path, files.Observe, StringComparer.Ordinal),
                Installed = state.Installed,
                Kubelet = unit,
                HasServiceManager = services.IsRunning,
                IsKubeletStale = isStale,
                CommandLine = commandLine,
                MayRestart = mayRestart,
            },
        };
    }

    private void AddProgram(WantedState wanted)
    {
        AddDirectories(wanted.BinDir, PathRole.Program);
        using var stream = OpenProgram();
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream));
        var now = files.Observe(wanted.ProgramPath);
        paths.Add(
            new WantedPath(
                wanted.ProgramPath,
                PathRole.Program,
                now.Kind == FileStateKind.File && now.Content == hash && (now.Mode & 0x49) == 0x49 && now.Owner == 0
                    ? now
                    : new FileState(FileStateKind.File, hash, RunByAll, 0, 0, LabelFor(wanted.ProgramPath))
            )
        );
    }

    /// <summary>The bytes of the program.</summary>
    public Stream OpenProgram() => new FileStream(program, FileMode.Open, FileAccess.Read, FileShare.Read, 0);

    private void AddConfig(WantedState wanted)
    {
        var isDirectory = files.Observe(wanted.ConfigPath).Kind == FileStateKind.Directory;
        var path = isDirectory ? $"{wanted.ConfigPath}/{OwnProvider.Name}.yaml" : wanted.ConfigPath;
        var existing = files.Observe(path).IsAbsent ? null : reader.ReadText(path);
        AddDirectories(Path.GetDirectoryName(path)!, PathRole.ProviderConfig);
        var (own, remarks) = OwnFor(wanted);
        AddFile(path, PathRole.ProviderConfig, ProviderConfigFile.With(path, existing, own, remarks), existing);
    }

    private (OwnProvider Own, IReadOnlyList<string> Remarks) OwnFor(WantedState wanted)
    {
        var profile = Array.Find(Profile.All, profile => profile.Name == wanted.Profile)!;
        var match = wanted.MatchImages.Count > 0 ? new MatchImages(wanted.MatchImages, []) : MirroredImages();
        var own = new OwnProvider(match.Patterns, wanted.Audience ?? profile.Issuer)
        {
            Args = wanted.Args,
            Env = wanted.Env,
            AnnotationKeys = wanted.AnnotationKeys,
            AudienceRemarks = wanted.Audience is null ? [$"The audience is {profile.IssuerOrigin}."] : [],
        };
        return (own, match.Remarks);
    }

    private MatchImages MirroredImages()
    {
        var conf = RegistriesConfLoader.Load(new RegistriesConfPaths(null, null, "/root") { Files = reader.Reader });
        var match = MatchImages.For(conf);
        if (match.Patterns.Count == 0)
        {
            refusals.Add(
                new Refusal(
                    "no registry in registries.conf has a mirror or another location, so matchImages would be empty",
                    "configure a mirror first, or name images with --match-images"
                )
            );
        }

        return match;
    }

    private void AddConfigWithoutUs(RolloutState state)
    {
        foreach (
            var installed in state.Installed.Where(path =>
                path.Role == PathRole.ProviderConfig && path.Placed.Kind == FileStateKind.File
            )
        )
        {
            var now = files.Observe(installed.Path);
            if (
                now.Kind == FileStateKind.File
                && now != installed.Placed
                && reader.ReadText(installed.Path) is { } existing
                && ProviderConfigFile.Without(installed.Path, existing) is { } others
            )
            {
                // Somebody has edited it since: the others' part is theirs.
                AddFile(installed.Path, PathRole.ProviderConfig, others, existing);
            }
        }
    }

    private void AddFlags(WantedState wanted, IReadOnlyList<string> commandLine)
    {
        var path = FlagsDropIn.PathFor(wanted.KubeletUnit);
        var unitFiles = UnitFilesReader.Read(reader, wanted.KubeletUnit, path);
        var start = ExecStart.Of(unitFiles);
        if (start.Line is null)
        {
            refusals.Add(
                unitFiles.Count == 0
                    ? new Refusal(
                        $"there is no unit {wanted.KubeletUnit}",
                        "install the kubelet first, or name its unit with --kubelet-unit"
                    )
                    : new Refusal(
                        $"the files of {wanted.KubeletUnit} do not have exactly one ExecStart",
                        "set the flags yourself, and use --flags none"
                    )
            );
            return;
        }

        if (
            string.CompareOrdinal(Path.GetFileName(start.Path), FlagsDropIn.FileName) > 0
            && start.Path != unitFiles[0].Path
        )
        {
            refusals.Add(
                new Refusal(
                    $"\"{start.Path}\" sets ExecStart after \"{FlagsDropIn.FileName}\" would",
                    "set the flags there yourself, and use --flags none"
                )
            );
        }

        var other = KubeletFlags.Value(commandLine, KubeletFlags.ConfigFlag);
        if (files.Observe(path).IsAbsent && other is not null)
        {
            refusals.Add(
                new Refusal(
                    $"the kubelet already has {KubeletFlags.ConfigFlag}={other}, set by something else",
                    $"use --flags none --config {other} --bin-dir "
                        + $"{KubeletFlags.Value(commandLine, KubeletFlags.BinDirFlag)}"
                )
            );
        }

        AddDirectories(Path.GetDirectoryName(path)!, PathRole.KubeletUnit);
        AddFile(path, PathRole.KubeletUnit, FlagsDropIn.Text(start.Line, wanted.ConfigPath, wanted.BinDir), null);
    }

    private void AddSweep(WantedState wanted)
    {
        AddFile(SweepUnits.ServicePath, PathRole.Sweep, SweepUnits.Service(wanted.ProgramPath), null);
        AddFile(SweepUnits.TimerPath, PathRole.Sweep, SweepUnits.Timer(), null);
        AddDirectories(Path.GetDirectoryName(SweepUnits.LinkPath)!, PathRole.Sweep);
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

    /// <summary>A file that is there keeps its mode, owner and label.</summary>
    private void AddFile(string path, PathRole role, string text, string? existing)
    {
        var bytes = text == existing ? files.Read(path) : Encoding.UTF8.GetBytes(text);
        var now = files.Observe(path);
        contents[path] = bytes;
        paths.Add(
            new WantedPath(
                path,
                role,
                now.Kind == FileStateKind.File
                    ? now with
                    {
                        Content = FileState.HashOf(bytes),
                    }
                    : FileState.File(bytes, ReadByAll, LabelFor(path))
            )
        );
    }

    /// <summary>The directory and those above it that are missing.</summary>
    private void AddDirectories(string directory, PathRole role)
    {
        var above = Path.GetDirectoryName(directory);
        if (above is null or "/")
        {
            return;
        }

        AddDirectories(above, role);
        if (!paths.Exists(path => path.Path == directory))
        {
            var now = files.Observe(directory);
            if (now.IsAbsent || now.Kind == FileStateKind.Directory)
            {
                paths.Add(
                    new WantedPath(directory, role, now.IsAbsent ? FileState.Directory(LabelFor(directory)) : now)
                );
            }
        }
    }

    /// <summary>
    /// The SELinux label that a new file gets: that of a file beside it, else that of the directory. Without SELinux
    /// there is none.
    /// </summary>
    private string LabelFor(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        while (directory != "/" && files.Observe(directory).IsAbsent)
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        var neighbour =
            directory == Path.GetDirectoryName(path)
                ? reader
                    .Names(directory)
                    .Select(name => $"{directory}/{name}")
                    .FirstOrDefault(file => files.Observe(file).Kind == FileStateKind.File)
                : null;
        return files.Label(neighbour ?? directory);
    }
}
