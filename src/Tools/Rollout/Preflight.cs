// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Finds everything that would make a change fail before anything is changed. With an invalid provider config or a
/// missing provider binary, the kubelet exits with 1 and does not come back.
/// </summary>
internal sealed class Preflight(NodeFilesReader reader, KubeletHealth health)
{
    private readonly List<Refusal> refusals = [];

    /// <param name="survey">The survey of the node.</param>
    /// <param name="steps">The planned steps.</param>
    /// <param name="options">Whether files that others manage may be changed.</param>
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
                $"{survey.Wanted.KubeletUnit} is running, but its health port {silence}, so after a restart "
                    + "nothing would show whether the change is to blame",
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
                    "install it there, or set --bin-dir to the directory that contains it"
                );
            }
        }
    }

    /// <summary>The files that the kubelet will read: one file, or those of a directory.</summary>
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

    /// <summary>
    /// Anyone who can write to a parent directory can replace its content, and the kubelet runs the program as root.
    /// </summary>
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
                    $"\"{step.Path}\" is {step.OwnerAndMode}: users other than root could replace its content",
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
                "use its target instead"
            );
        }
    }

    private void Refuse(string problem, string hint) => refusals.Add(new Refusal(problem, hint));
}
