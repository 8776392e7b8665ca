using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.CommandLine;

/// <summary>From the command line to the exit code: 0 answered, 1 failed, 2 misused.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var dumpProblem = ProcessStart.ForbidCoreDumps();
        try
        {
            var environment = ProcessEnvironment.Settle();
            Libc.ShareArena();
            OpenSsl.Start();
            return await RunAsync(args, Node.Create(environment) with { DumpProblem = dumpProblem });
        }
        catch (Exception e)
        {
            // Where not even the pipeline's own net holds, such as without a free descriptor. Unhandled, it would be an
            // abort with a core dump; its text could quote what it choked on, so only its kind is told.
            var line = new Outcome.Failed(
                Reasons.Unexpected,
                $"unexpected {(e is TypeInitializationException { InnerException: { } inner } ? inner : e).GetType().Name} in the program",
                "check the limits of open files and memory, or report it").Line + "\n";
            using var stderr = new SafeFileHandle(2, ownsHandle: false);
            _ = Libc.Write(stderr, System.Text.Encoding.UTF8.GetBytes(line), line.Length);
            return 1;
        }
    }

    /// <summary>The whole program, on the given node.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Node node)
    {
        if (args.Count == 0 && node.StdinIsTerminal)
        {
            node.Tell(HelpText.Short.TrimEnd());
            return 2;
        }

        switch (CommandLineParser.Parse(args, node.Environment))
        {
            case Invocation.Print print:
                return node.Print(print.Text);
            case Invocation.Run run:
                return await RunAsync(run.Command, run.Input, node);
            case Invocation.Misused misused:
                node.Tell(misused.Line);
                return 2;
            case Invocation.Provide provide:
                return await KubeletRun.RunAsync(provide.Settings, node with { EnterSandbox = Sandbox.Enter });
            default:
                throw new InvalidOperationException("unknown invocation");
        }
    }

    /// <summary>A command for people; failures that were foreseen are one line on stderr.</summary>
    private static async Task<int> RunAsync(Command command, CommandInput input, Node node)
    {
        try
        {
            return await command.Run!(input, node);
        }
        catch (ProviderException e)
        {
            node.Tell(new Outcome.Failed(e.Reason, e.Problem, e.Hint).Line);
            return ExitCode.Undetermined;
        }
    }
}
