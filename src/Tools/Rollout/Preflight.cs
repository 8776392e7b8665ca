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
    private readonly List<Refusal> refusals = [];

    /// <param name="survey">Of the node.</param>
    /// <param name="steps">The plan.</param>
    /// <param name="options">Whether files of others may be changed.</param>
    /// <param name="programBytes">The size of the program.</param>
    public async Task<IReadOnlyList<Refusal>> CheckAsync(
        NodeSurvey survey,
        IReadOnlyList<Step> steps,
        EngineOptions options,
        long programBytes
    )
    {
        refusals.AddRange(survey.Refusals);
        var places = steps.OfType<PlaceStep>().ToArray();
        CheckConfig(survey);
        refusals.AddRange(new RoomCheck(reader).Refusals(survey, places, programBytes));
        CheckOwnership(survey, places);
        if (!options.MayTakeOver)
        {
            refusals.AddRange(await new FileManagers(reader).RefusalsAsync(survey, places, options.IsRepair));
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

    private void Refuse(string problem, string hint) => refusals.Add(new Refusal(problem, hint));
}
