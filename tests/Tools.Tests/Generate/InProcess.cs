// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using CrioCredentialProvider.CommandLine;

namespace CrioCredentialProvider.Tests.Generate;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record CommandResult(int ExitCode, string Stdout, string Stderr)
{
    /// <summary>Ended by one line on stderr, which begins with the program's name.</summary>
    public static CommandResult Ended(int exitCode, string problem) => new(exitCode, "", Line(problem));

    /// <summary>The same for a bad command line: the line also names the command's help.</summary>
    public static CommandResult Misused(string command, string problem) => Ended(2, WithHelp(command, problem));

    public static string Line(string problem) => $"crio-credential-provider: {problem}\n";

    public static string WithHelp(string command, string problem) =>
        $"{problem}{(problem.EndsWith('?') ? " See" : "; see")} crio-credential-provider "
        + $"{command}{(command.Length > 0 ? " " : "")}--help";
}

/// <summary>Runs command lines in this process, and what they print by other programs.</summary>
internal static class InProcess
{
    /// <summary>The whole program, with no environment and no terminal.</summary>
    public static Task<CommandResult> RunAsync(string stdin, params IEnumerable<string> arguments) =>
        RunAsync(arguments, node => node with { Stdin = new MemoryStream(Encoding.UTF8.GetBytes(stdin)) });

    /// <summary>The same on a node that is different in something.</summary>
    public static async Task<CommandResult> RunAsync(IEnumerable<string> arguments, Func<Node, Node> change)
    {
        using var stdout = new MemoryStream();
        await using var stderr = new StringWriter { NewLine = "\n" };
        var exitCode = await Program.RunAsync(
            [.. arguments],
            change(
                new Node
                {
                    Stdin = Stream.Null,
                    Stdout = stdout,
                    Stderr = stderr,
                    StdinIsTerminal = false,
                    StdoutIsTerminal = false,
                    StderrIsTerminal = false,
                    Environment = _ => null,
                    Clock = () => DateTimeOffset.UnixEpoch,
                    OpenJournal = _ => throw new InvalidOperationException("a command for people writes no journal"),
                }
            )
        );
        return new CommandResult(exitCode, Encoding.UTF8.GetString(stdout.ToArray()), stderr.ToString());
    }

    /// <summary>The output of a line that must succeed and say nothing on stderr.</summary>
    public static async Task<string> PrintAsync(params IEnumerable<string> arguments)
    {
        var (exitCode, stdout, stderr) = await RunAsync("", arguments);
        Assert.Equal((0, ""), (exitCode, stderr));
        return stdout;
    }

    /// <summary>Another program, which must exist.</summary>
    public static CommandResult Execute(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        process.StandardInput.Close();
        var stderr = process.StandardError.ReadToEndAsync();
        var stdout = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(120)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end");
        }

        return new CommandResult(process.ExitCode, stdout.Result, stderr.Result);
    }
}
