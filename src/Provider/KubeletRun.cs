// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider;

/// <summary>One run as the kubelet starts it: the pipeline, the journal, and the line on stderr when it
/// fails.</summary>
internal static class KubeletRun
{
    /// <returns>The exit code: 0 on success, 1 on failure.</returns>
    public static int Run(Settings settings, Node node)
    {
        var journal = new RunJournal(
            node.OpenJournal(settings.JournalSocket),
            node.RunId,
            settings.LogLevel,
            node.StderrIsTerminal ? node.Report : null
        );
        if (node.DumpProblem is { } problem)
        {
            journal.Write(
                Sentences.Noticed(
                    new Notice(
                        Reasons.CoreDumpsPossible,
                        $"A crash of this run may write its memory, with tokens, to disk: {problem}"
                    )
                )
            );
        }

        foreach (var line in SettingsParser.UnknownVariables(node.VariableNames()))
        {
            journal.Write(Sentences.Noticed(new Notice(Reasons.UnknownVariable, line)));
        }

        var outcome = new CredentialPipeline(node, settings, journal).Run();
        if (outcome is not Outcome.Failed failed)
        {
            return 0;
        }

        if (!node.StderrIsTerminal)
        {
            // The kubelet logs this line; on a terminal the journal's copy has already been printed.
            node.Report(failed.Line);
        }

        return 1;
    }
}
