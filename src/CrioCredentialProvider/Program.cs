using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Journal;

namespace CrioCredentialProvider;

/// <summary>From the command line to the exit code: 0 answered, 1 failed, 2 misused.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => RunAsync(args, Node.Create());

    /// <summary>The whole program, on the given node.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Node node)
    {
        if (args.Count == 0 && node.StdinIsTerminal)
        {
            node.Stderr.Write(HelpText.Short);
            return 2;
        }

        switch (CommandLineParser.Parse(args, node.Environment))
        {
            case Invocation.Print print:
                node.Stdout.Write(System.Text.Encoding.UTF8.GetBytes(print.Text));
                return 0;
            case Invocation.Misused misused:
                node.Stderr.WriteLine(misused.Line);
                return 2;
            case Invocation.Provide provide:
                return await ProvideAsync(provide.Settings, node);
            default:
                throw new InvalidOperationException("unknown invocation");
        }
    }

    private static async Task<int> ProvideAsync(Settings settings, Node node)
    {
        var journal = new RunJournal(
            node.OpenJournal(settings.JournalSocket),
            settings.LogLevel,
            node.StderrIsTerminal ? node.Stderr : null);
        var outcome = await new CredentialPipeline(node, settings, journal).RunAsync();
        if (outcome is not Outcome.Failed failed)
        {
            return 0;
        }

        if (!node.StderrIsTerminal)
        {
            // The kubelet shows this line; a terminal has it from the journal's copy already.
            node.Stderr.WriteLine(failed.Line);
        }

        return 1;
    }
}
