// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Sweep;

/// <summary>
/// <c>sweep</c>: removes auth files that CRI-O will no longer pick up. Each run of the kubelet also does this; a
/// systemd timer runs this command so that no password is left on disk when no more pulls follow.
/// </summary>
internal static class SweepCommand
{
    public static readonly Command Row = new(
        "sweep",
        "remove auth files that CRI-O will not use any more",
        """
        Removes the auth files that no pull will use any more from CRI-O's directory, as each run
        of the kubelet also does: files that CRI-O has not picked up and for whose image the kubelet
        has no pull in progress, and files that a killed CRI-O left behind. It prints nothing;
        each removed file is an entry in the journal. A systemd timer runs it every minute.
        """
    )
    {
        Settings = OptionTable.Select("auth-dir", "run-dir", "kubelet-root-dir", "log-level", "journal-socket"),
        ExitCodes =
        [
            "0 done, or there was nothing to do",
            "1 a file could not be removed",
            "3 the directory cannot be used",
        ],
        Examples = ["crio-credential-provider sweep"],
        Run = (input, node) => Task.FromResult(Run(input.Settings, node)),
    };

    private static int Run(Settings settings, Node node)
    {
        var journal = new RunJournal(
            node.OpenJournal(settings.JournalSocket),
            node.RunId,
            settings.LogLevel,
            terminal: null
        );
        using var directory = HandOverDirectory.OpenIfThere(
            new DeliverySettings(
                settings.AuthDir,
                settings.RunDir,
                () =>
                    KubeletRoot.Of(settings.KubeletRootDir, settings.KubeletRootDir is null ? KubeletFlag(node) : null),
                settings.HandOverTimeout,
                new Clocks(node.Clock, node.BootClock)
            )
        );
        if (directory is null)
        {
            return ExitCode.Fine;
        }

        var exitCode = ExitCode.Fine;
        var swept = directory
            .Remover(notice =>
            {
                exitCode = ExitCode.Finding;
                journal.Warn(notice);
                node.Report(OneLine.Printable(notice.Message));
            })
            .Sweep();
        foreach (var entry in Sentences.RemovedLeftovers(directory.Auth.Path, swept.Removed))
        {
            journal.Write(entry);
        }

        if (directory.IntentProblem is { } problem)
        {
            journal.Warn(AuthFileDelivery.IntentsUnused(problem));
        }

        return exitCode;
    }

    /// <exception cref="ProviderException">The kubelet's process cannot be inspected.</exception>
    private static string? KubeletFlag(Node node)
    {
        try
        {
            return KubeletArgumentsReader.Flag(
                node.ApiFiles.ParentArguments ?? NodeProcess.Find(new NodeFilesReader("/"), "kubelet")?.Arguments ?? [],
                "--root-dir"
            );
        }
        catch (FactUnknownException e)
        {
            throw new ProviderException(
                Reasons.PullRecordsUnusable,
                e.Message,
                "name the kubelet's directory with --kubelet-root-dir"
            );
        }
    }
}
