// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace CrioCredentialProvider.TestSupport;

/// <summary>The result of a run of the published binary.</summary>
internal sealed record RunResult(int ExitCode, string Stdout, string Stderr);

/// <summary>Starts the native binary as the kubelet does: with the request on stdin and its own environment.</summary>
internal static class PublishedBinary
{
    public static readonly string FilePath = Environment.GetEnvironmentVariable("TEST_BINARY")
        ?? Path.Combine(Repository.Root, "build", "crio-credential-provider");

    public static RunResult Run(ReadOnlySpan<byte> stdin, params IEnumerable<string> arguments) =>
        RunIn(FilePath, stdin, [], arguments);

    /// <summary>
    /// Runs the binary through another program, for example a shell that sets limits, and with environment variables.
    /// </summary>
    public static RunResult RunIn(
        string program,
        ReadOnlySpan<byte> stdin,
        IEnumerable<(string Name, string Value)> environment,
        IEnumerable<string> arguments
    )
    {
        using var process = Start(program, stdin, environment, arguments);
        var stdout = process.StandardOutput.ReadToEndAsync();
        var stderr = process.StandardError.ReadToEndAsync();

        if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            process.Kill();
            throw new TimeoutException("the kubelet would have killed this run");
        }

        var run = new RunResult(process.ExitCode, stdout.Result, stderr.Result);
        SuiteSecrets.Record(run);
        return run;
    }

    /// <summary>Starts the binary and writes the request, but does not wait for it to exit.</summary>
    public static Process Start(ReadOnlySpan<byte> stdin, params IEnumerable<string> arguments) =>
        Start(FilePath, stdin, [], arguments);

    private static Process Start(
        string program,
        ReadOnlySpan<byte> stdin,
        IEnumerable<(string Name, string Value)> environment,
        IEnumerable<string> arguments
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        try
        {
            process.StandardInput.BaseStream.Write(stdin);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program exited before it had read everything, because the request is too large.
        }

        return process;
    }
}
