// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Everything that would fail a change, found before anything is touched: a kubelet with a bad provider config or a
/// missing binary exits 1 and stays away.
/// </summary>
internal sealed class Preflight(NodeFilesReader reader, KubeletHealth health)
{
    /// <summary>Room beside the new files, for the state file and the file system's own needs.</summary>
    private const ulong SpareBytes = 1024 * 1024;

    private readonly List<Refusal> refusals = [];

    /// <param name="survey">Of the node.</param>
    /// <param name="steps">The plan.</param>
    /// <param name="mayTakeOver">Whether files of others may be changed.</param>
    /// <param name="programBytes">The size of the program.</param>
    public async Task<IReadOnlyList<Refusal>> CheckAsync(
        NodeSurvey survey,
        IReadOnlyList<Step> steps,
        bool mayTakeOver,
        long programBytes
    )
    {
        refusals.AddRange(survey.Refusals);
        var places = steps.OfType<PlaceStep>().ToArray();
        CheckConfig(survey);
        CheckRoom(survey, places, programBytes);
        CheckOwnership(survey, places);
        if (!mayTakeOver)
        {
            await CheckManagersAsync(survey, places);
        }

        if (
            steps.Any(step => step is RestartStep)
            && survey.Facts.Kubelet.IsActive
            && survey.Facts.MayRestart
            && await health(survey.Facts.CommandLine) is { } silence
        )
        {
            Refuse(
                $"{survey.Wanted.KubeletUnit} runs, but its health port {silence}: after a restart, nothing would show "
                    + "whether the change is to blame",
                $"repair the kubelet first: journalctl -u {ShellWord.Of(survey.Wanted.KubeletUnit)} -n 50"
            );
        }

        return refusals;
    }

    /// <summary>Runs the candidate as the kubelet would, without a token, so that bad args or env show now and not at
    /// each pull.</summary>
    public static async Task<Refusal?> TryProgramAsync(string program, WantedState wanted)
    {
        const string Request =
            """{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","""
            + "\"image\":\"registry.example.com/preflight\"}";
        var end = await ProgramClient.RunAsync(program, wanted.Args, Request + "\n", wanted.Env);
        return end switch
        {
            null => new Refusal(
                "the program does not run as a credential provider",
                "check that the file is complete and for this processor"
            ),
            { ExitCode: 0 } when end.Stdout.Contains("\"CredentialProviderResponse\"", StringComparison.Ordinal) =>
                null,
            _ => new Refusal(
                $"the program with these args and env ends with exit code {end.ExitCode}: "
                    + $"{OneLine.Of(end.Stderr.Trim())}",
                "correct args and env"
            ),
        };
    }

    private void CheckConfig(NodeSurvey survey)
    {
        var files = ConfigFiles(survey)
            .Select(file =>
                (
                    file,
                    survey.Contents.TryGetValue(file, out var bytes)
                        ? Encoding.UTF8.GetString(bytes)
                        : reader.ReadText(file) ?? ""
                )
            )
            .ToArray();
        if (files.Length == 0)
        {
            return;
        }

        var config = ProviderConfig.Parse(survey.Wanted.ConfigPath, files, KubeletMinors.None);
        foreach (var error in config.ErrorsFor(KubeletMinors.From134))
        {
            Refuse(
                $"the kubelet would not start: {error.Line}",
                "correct the provider config, or the options of this command"
            );
        }

        foreach (
            var name in config
                .Providers.Select(provider => provider.Name)
                .Where(name => name.Length > 0 && name != OwnProvider.Name)
        )
        {
            var binary = $"{survey.Wanted.BinDir}/{name}";
            if (reader.Find(binary) is not { Kind: FileKind.Regular, IsExecutable: true })
            {
                Refuse(
                    $"provider \"{OneLine.Of(name)}\" of the provider config has no executable file \"{binary}\", "
                        + "without which the kubelet does not start",
                    "install it there, or name the directory where it is with --bin-dir"
                );
            }
        }
    }

    /// <summary>The files that the kubelet will read: a file, or those of a directory.</summary>
    private IEnumerable<string> ConfigFiles(NodeSurvey survey)
    {
        var path = survey.Wanted.ConfigPath;
        IEnumerable<string> there =
            reader.Find(path)?.Kind == FileKind.Directory
                ? reader
                    .Names(path)
                    .Where(name => Path.GetExtension(name) is ".json" or ".yaml" or ".yml")
                    .Select(name => $"{path}/{name}")
            : reader.Find(path) is null ? []
            : [path];
        var gone = survey.Steps.OfType<PlaceStep>().Where(place => place.After.IsAbsent).Select(place => place.Path);
        var coming = survey.Contents.Keys.Where(file =>
            file == path || file.StartsWith(path + "/", StringComparison.Ordinal)
        );
        return there.Concat(coming).Except(gone).Distinct().Order(StringComparer.Ordinal);
    }

    private void CheckRoom(NodeSurvey survey, PlaceStep[] places, long programBytes)
    {
        foreach (var place in places.Where(place => place.After.Kind == FileStateKind.File))
        {
            var size = survey.Contents.TryGetValue(place.Path, out var bytes) ? bytes.Length : programBytes;
            if (Nearest(place.Path) is not { } directory || reader.Room(directory) is not { } room)
            {
                continue;
            }

            if (room.IsReadOnly)
            {
                Refuse(
                    $"\"{directory.Path}\" is on a read-only file system",
                    "choose another place with --bin-dir or --config"
                );
            }
            else if (room.FreeBytes < (ulong)size + SpareBytes)
            {
                Refuse(
                    $"\"{directory.Path}\" has {room.FreeBytes} bytes left, and \"{place.Path}\" needs {size}",
                    "make room on its file system"
                );
            }

            if (place.Role == PathRole.Program && room.IsNoExec)
            {
                Refuse(
                    $"\"{directory.Path}\" is on a file system that is mounted noexec",
                    "choose another place with --bin-dir"
                );
            }
        }
    }

    /// <summary>Whoever may write to a directory on the way owns what is in it, and the kubelet runs that as
    /// root.</summary>
    private void CheckOwnership(NodeSurvey survey, PlaceStep[] places)
    {
        foreach (
            var step in places
                .Where(place => !place.After.IsAbsent)
                .SelectMany(place => reader.Walk(Path.GetDirectoryName(place.Path)!).Steps)
                .DistinctBy(step => step.Path)
        )
        {
            if (
                step.Kind == FileKind.Directory
                && (step.Owner != 0 || (step.IsOthersWritable && (step.Mode & 0x200) == 0))
            )
            {
                Refuse(
                    $"\"{step.Path}\" is {step.OwnerAndMode}: others than root could exchange what is in it",
                    $"chown root:root {ShellWord.Of(step.Path)} && chmod go-w {ShellWord.Of(step.Path)}"
                );
            }
        }

        foreach (
            var path in survey.Paths.Where(path =>
                survey.Facts.Paths[path.Path].Kind == FileStateKind.Link && path.State.Kind != FileStateKind.Link
            )
        )
        {
            Refuse(
                $"\"{path.Path}\" is a symbolic link to \"{survey.Facts.Paths[path.Path].Content}\"",
                "give its target instead"
            );
        }
    }

    private async Task CheckManagersAsync(NodeSurvey survey, PlaceStep[] places)
    {
        if (reader.Find("/etc/machine-config-daemon/currentconfig") is not null && places.Length > 0)
        {
            Refuse(
                "the Machine Config Operator manages this node, and takes changes back",
                "use a CRIOCredentialProviderConfig or a MachineConfig (docs/how-to/openshift.md), or --take-over"
            );
        }

        if (places.Any(place => place.Path.StartsWith("/etc/eks/", StringComparison.Ordinal)))
        {
            Refuse(
                "nodeadm manages the files below \"/etc/eks\"",
                "choose another place with --config, or use --take-over"
            );
        }

        foreach (var place in places.Where(place => place.Before.Kind == FileStateKind.File))
        {
            var installed = survey.Facts.Installed.FirstOrDefault(installed => installed.Path == place.Path);
            if (installed is not null && installed.Placed != place.Before && place.Role != PathRole.ProviderConfig)
            {
                Refuse(
                    $"\"{place.Path}\" was changed since it was installed: "
                        + $"{place.Before.DifferenceFrom(installed.Placed)}",
                    "use --take-over to overwrite that change"
                );
            }
            else if (installed is null && await PackageOfAsync(place.Path) is { } package)
            {
                Refuse(
                    $"\"{place.Path}\" belongs to {package}",
                    "change it through that package, choose another place, or use --take-over"
                );
            }
        }
    }

    private async Task<string?> PackageOfAsync(string path)
    {
        if (reader.Root.Length > 0)
        {
            return null;
        }

        if (await ProgramClient.RunAsync("dpkg", ["-S", path]) is { ExitCode: 0 } dpkg)
        {
            return $"package {OneLine.Of(dpkg.Stdout.Split(':')[0])}";
        }

        return await ProgramClient.RunAsync("rpm", ["-qf", path]) is { ExitCode: 0 } rpm
            ? $"package {OneLine.Of(rpm.Stdout.Trim())}"
            : null;
    }

    private FileFacts? Nearest(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        while (reader.Find(directory) is null && directory != "/")
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        return reader.Find(directory);
    }

    private void Refuse(string problem, string hint) => refusals.Add(new Refusal(problem, hint));
}
