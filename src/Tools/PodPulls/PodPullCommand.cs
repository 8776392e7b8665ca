// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>
/// <c>explain --pod NAMESPACE/NAME</c>: explains from the API and the journal why the images of a pod are not pulled.
/// </summary>
internal static class PodPullCommand
{
    public static readonly CommandOption Pod = new(
        "pod",
        "NAMESPACE/NAME",
        "none",
        "explain the pulls of this pod, from its events and the node's journal; omit IMAGE"
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
        "from the API server, with the current kubeconfig",
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

    /// <summary>What is wrong with the combination of options; null if it is valid.</summary>
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
                    .Select(option => $"--{option.Flag} requires --pod")
                    .FirstOrDefault()
            : line.Arguments.Count > 0 ? "omit IMAGE: --pod explains every image of the pod"
            : directory && file is not null ? "--journal-directory and --journal-file cannot be used together"
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
        var reader = new PodReader(ns, name, missing);
        var pod = line.Text(Objects.Flag) is { } objects
            ? reader.ReadFile(objects, node)
            : reader.ReadApi(line.Settings, node);
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
