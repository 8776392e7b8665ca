// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary><c>explain --pod NAMESPACE/NAME</c>: why the images of a pod are not pulled, from the API and the
/// journal.</summary>
internal static class PodPullCommand
{
    public static readonly CommandOption Pod = new(
        "pod",
        "NAMESPACE/NAME",
        "none",
        "explain the pulls of this pod, from its events and the node's journal; leave out IMAGE"
    )
    {
        Check = value =>
            value.Split('/') is [var ns, var name] && NamespaceName.IsValid(ns) && SecretName.IsValid(name)
                ? null
                : "want NAMESPACE/NAME, for example \"team-a/web\"",
    };

    public static readonly CommandOption Objects = new(
        "objects",
        "FILE|-",
        "none",
        "with --pod: the pod and its events, as kubectl get pods,events -o json prints them"
    )
    {
        IsPath = true,
    };

    public static readonly CommandOption JournalDirectory = new(
        "journal-directory",
        "DIR",
        "this machine's journal",
        "with --pod: a copied journal directory"
    )
    {
        IsPath = true,
    };

    public static readonly CommandOption JournalFile = new(
        "journal-file",
        "FILE|-",
        "this machine's journal",
        "with --pod: a journal file, or what journalctl -o json prints"
    )
    {
        IsPath = true,
    };

    public static readonly CommandOption[] Options = [Pod, Objects, JournalDirectory, JournalFile];

    /// <summary>What is wrong with the options together; null if nothing is.</summary>
    public static string? Misuse(CommandInput line)
    {
        var (directory, file, objects) = (
            line.Has(JournalDirectory.Flag),
            line.Text(JournalFile.Flag),
            line.Text(Objects.Flag)
        );
        return !line.Has(Pod.Flag)
                ? Options
                    .Where(option => line.Has(option.Flag))
                    .Select(option => $"--{option.Flag} belongs to --pod")
                    .FirstOrDefault()
            : line.Arguments.Count > 0 ? "leave out IMAGE: --pod explains every image of the pod"
            : directory && file is not null ? "--journal-directory and --journal-file exclude each other"
            : file == "-" && objects == "-" ? "stdin can be read only once"
            : null;
    }

    public static int Run(CommandInput line, Node node)
    {
        var (ns, name) = line.Text(Pod.Flag)!.Split('/') switch
        {
            var parts => (parts[0], parts[1]),
        };
        List<MissingPart> missing = [];
        var pod = ReadPod(line.Text(Objects.Flag), ns, name, node, missing);
        var journal = ReadJournal(
            new JournalSource(line.Text(JournalDirectory.Flag), line.Text(JournalFile.Flag)),
            node,
            missing
        );
        var report = PodPullReport.Of(ns, name, pod, journal, missing);
        return node.Print(
            line.Text(CommonOptions.Output.Flag) == "json"
                ? PodPullJson.Of(report)
                : PodPullText.Of(report, TextStyle.For(node)),
            report.Images.Any(image => image.IsFailing) ? ExitCode.Finding
                : report.Images.Count == 0 ? ExitCode.Undetermined
                : ExitCode.Fine
        );
    }

    private static PodFacts? ReadPod(string? path, string ns, string name, Node node, List<MissingPart> missing)
    {
        if (path is null)
        {
            missing.Add(
                new MissingPart(
                    "pod and events",
                    $"pass them: kubectl get pods,events -n {ns} -o json | {BuildInfo.Program} explain --pod "
                        + $"{ns}/{name} --objects -"
                )
            );
            return null;
        }

        try
        {
            if (PodFacts.Find(InputReader.ReadText(path, node, InputReader.ManifestBytes), ns, name) is { } pod)
            {
                return pod;
            }

            missing.Add(new MissingPart("pod and events", $"pod {ns}/{name} is not in {InputReader.Name(path)}"));
            return null;
        }
        catch (JsonException e)
        {
            throw InputReader.Unusable(
                path,
                $"it is not JSON (line {e.LineNumber + 1})",
                "pass what \"kubectl get pods,events -o json\" prints"
            );
        }
    }

    private static IReadOnlyList<JournalLine>? ReadJournal(JournalSource source, Node node, List<MissingPart> missing)
    {
        try
        {
            return [.. JournalLinesReader.Read(source, node).OrderBy(entry => entry.Time)];
        }
        catch (ProviderException e) when (source.File is null)
        {
            missing.Add(new MissingPart("journal", $"{e.Problem}; {e.Hint}"));
            return null;
        }
    }
}
