// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.RegularExpressions;
using CrioCredentialProvider.TestSupport;
using JournalRecorder;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>
/// A made-up node on which a page's commands run: DocumentExamplesNode.sh makes it of this machine, in namespaces of
/// its own, so that every path is the real one and nothing outside is touched. The journal is a recorder.
/// </summary>
internal sealed partial class DocumentExamplesNode : IDisposable
{
    private const string Mark = "\u001e";
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-docs-").FullName;
    private readonly DocumentExamplesTerminal terminal = new();
    private readonly Recorder journal;
    private readonly Process shell;
    private readonly Task<string> errors;
    private int journalRead;

    /// <param name="world">A function of the script, without its prefix.</param>
    public DocumentExamplesNode(string world)
    {
        Directory.CreateDirectory(Path.Combine(folder, "journal"));
        journal = new Recorder(Path.Combine(folder, "journal", "socket"));
        shell = Process.Start(
            new ProcessStartInfo(
                "unshare",
                [
                    "-rmnpf",
                    "--mount-proc",
                    "--kill-child",
                    "bash",
                    "--noprofile",
                    "--norc",
                    Path.Combine(Repository.Root, "tests/Contract.Tests/Docs/DocumentExamplesNode.sh"),
                    folder,
                    terminal.Path,
                    PublishedBinary.FilePath,
                    Path.Combine(AppContext.BaseDirectory, "KubernetesApiStandIn.dll"),
                ]
            )
            {
                RedirectStandardInput = true,
                RedirectStandardError = true,
                WorkingDirectory = Repository.Root,
            }
        )!;
        errors = shell.StandardError.ReadToEndAsync();
        Require($"world {world}");
    }

    /// <summary>Lets something happen in the cluster that a page tells of.</summary>
    public void Happens(string what) => Require($"happens {what}");

    /// <summary>
    /// Runs a command in the page's shell. What a terminal shows only on a slow machine is taken out of the output.
    /// </summary>
    public (int ExitCode, string Output) Run(string command)
    {
        var (exitCode, output) = Send($"run {command}");
        return (exitCode, SlowNotices().Replace(output, ""));
    }

    /// <summary>The sentences of the last run since the last call; empty when there was none.</summary>
    public IReadOnlyList<string> TakeJournal()
    {
        var entries = journal.Entries;
        var fresh = entries.Skip(journalRead).ToList();
        journalRead = entries.Count;
        return
        [
            .. fresh.Where(entry => entry["CRIO_CP_RUN"] == fresh[^1]["CRIO_CP_RUN"]).Select(entry => entry["MESSAGE"]),
        ];
    }

    public void Dispose()
    {
        shell.StandardInput.Close();
        if (!shell.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            shell.Kill();
            shell.WaitForExit();
        }

        shell.Dispose();
        terminal.Dispose();
        journal.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex("(asking the API server|checking the node) [.]{3}\r\n")]
    private static partial Regex SlowNotices();

    private void Require(string record)
    {
        var (exitCode, output) = Send(record);
        Assert.True(exitCode == 0, $"{record}: {output}");
    }

    private (int ExitCode, string Output) Send(string record)
    {
        try
        {
            shell.StandardInput.Write(record + "\0");
            shell.StandardInput.Flush();
        }
        catch (IOException)
        {
            // The shell has ended. Its stderr is reported below.
        }

        if (
            terminal.TakeUntil(Mark, Longest) is not { } output
            || terminal.TakeUntil(Mark, Longest) is not { } exitCode
        )
        {
            shell.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"no end of \"{record}\"; shown: {terminal.Rest}; the shell says: {errors.Result}"
            );
        }

        return (int.Parse(exitCode), output);
    }
}
