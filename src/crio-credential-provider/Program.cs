// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.CommandLine;

/// <summary>From the command line to the exit code: 0 on success, 1 on failure, 2 for an invalid command
/// line.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var dumpProblem = ProcessStart.ForbidCoreDumps();
        try
        {
            var environment = ProcessEnvironment.Settle();
            OpenSsl.Start();
            return await RunAsync(args, Node.Create(environment) with { DumpProblem = dumpProblem });
        }
        catch (Exception e)
        {
            // A failure that not even the pipeline can handle, for example without a free descriptor. Unhandled, it
            // would abort the process with a core dump; its message could quote a secret, so only its type is printed.
            var cause = e is TypeInitializationException { InnerException: { } inner } ? inner : e;
            var line =
                new Outcome.Failed(
                    Reasons.Unexpected,
                    $"unexpected {cause.GetType().Name} in the program",
                    "check the limits of open files and memory, or report it"
                ).Line + "\n";
            using var stderr = new SafeFileHandle(2, ownsHandle: false);
            _ = Libc.Write(stderr, System.Text.Encoding.UTF8.GetBytes(line), line.Length);
            return 1;
        }
    }

    /// <summary>Runs the whole program on the given node.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Node node)
    {
        if (args.Count == 0 && node.StdinIsTerminal)
        {
            node.Report(HelpText.Short);
            return ExitCode.Misused;
        }

        switch (CommandLineParser.Parse(args, node.Environment))
        {
            case Invocation.Print print:
                return node.Print(print.Text);
            case Invocation.Help help:
                return node.Print(HelpText.For(help.Path, node.Columns()));
            case Invocation.Run run:
                return await RunAsync(run, node);
            case Invocation.Misused misused:
                return ReportMisuse(misused.Problem, misused.Path, node);
            case Invocation.Provide provide:
                return KubeletRun.Run(provide.Settings, node with { EnterSandbox = Sandbox.Enter });
            default:
                throw new InvalidOperationException("unknown invocation");
        }
    }

    /// <summary>Runs a command for people. An expected failure is one line on stderr, which begins with the program's
    /// name.</summary>
    private static async Task<int> RunAsync(Invocation.Run run, Node node)
    {
        if (run.Path[^1].Settings.Count > 0)
        {
            foreach (var line in SettingsParser.UnknownVariables(node.VariableNames()))
            {
                node.Report($"{BuildInfo.Program}: warning: {line}");
            }
        }

        try
        {
            return await run.Path[^1].Run!(run.Input, node);
        }
        catch (CommandException e) when (e.ExitCode == ExitCode.Misused)
        {
            return ReportMisuse(e.Message, run.Path, node);
        }
        catch (CommandException e)
        {
            node.Report($"{BuildInfo.Program}: {e.Message}");
            return e.ExitCode;
        }
        catch (ProviderException e)
        {
            node.Report($"{BuildInfo.Program}: {new Outcome.Failed(e.Reason, e.Problem, e.Hint).Line}");
            return ExitCode.Undetermined;
        }
    }

    private static int ReportMisuse(string problem, IReadOnlyList<Command> path, Node node)
    {
        node.Report(MisuseLine.Of(problem, path.Select(command => command.Name)));
        return ExitCode.Misused;
    }
}
