// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>How a program ended.</summary>
internal sealed record ProgramEnd(int ExitCode, string Stdout, string Stderr);

/// <summary>
/// Runs another program briefly: the candidate itself, or a package manager to find a file's package.
/// </summary>
internal static class ProgramClient
{
    /// <summary>errno(3): the file is open for writing.</summary>
    private const int ETXTBSY = 26;
    private const int BusyAttempts = 40;
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <returns>How the program ended; null if it does not exist or did not end in time.</returns>
    public static async Task<ProgramEnd?> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string stdin = "",
        IEnumerable<(string Name, string Value)>? environment = null
    )
    {
        var start = ChildProcess.Of(program, arguments);
        start.WorkingDirectory = "/";
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        try
        {
            using var process = await StartAsync(start);
            var stdout = process.StandardOutput.ReadToEndAsync();
            var stderr = process.StandardError.ReadToEndAsync();
            using var timeout = new CancellationTokenSource(Longest);
            try
            {
                await WriteInputAsync(process, stdin);
                await process.WaitForExitAsync(timeout.Token);
                return new ProgramEnd(process.ExitCode, await stdout, await stderr);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                return null;
            }
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            // The program does not exist or cannot be run.
            return null;
        }
    }

    /// <summary>
    /// A program that was just written may briefly fail with ETXTBSY: between fork and exec, a child of the writing
    /// process has a copy of the file descriptor.
    /// </summary>
    private static async Task<Process> StartAsync(ProcessStartInfo start)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Process.Start(start)!;
            }
            catch (Win32Exception e) when (e.NativeErrorCode == ETXTBSY && attempt < BusyAttempts)
            {
                await Task.Delay(BusyPause);
            }
        }
    }

    private static async Task WriteInputAsync(Process process, string stdin)
    {
        try
        {
            await process.StandardInput.WriteAsync(stdin);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program exited without reading all its input; its exit code decides.
        }
    }
}
