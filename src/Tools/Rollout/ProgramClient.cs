// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>How a program ended.</summary>
internal sealed record ProgramEnd(int ExitCode, string Stdout, string Stderr);

/// <summary>Runs another program for a moment: the candidate itself, or a package manager that is asked for a file's
/// owner.</summary>
internal static class ProgramClient
{
    /// <summary>errno(3): the file is open for writing.</summary>
    private const int ETXTBSY = 26;
    private const int BusyAttempts = 40;
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <returns>How it ended; null when there is no such program, or it did not end in time.</returns>
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
                await GiveAsync(process, stdin);
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
            // It is not there, or cannot be run: there is no answer.
            return null;
        }
    }

    /// <summary>
    /// A program that was just written may be busy for a moment: between fork and exec, a child of its writer has a
    /// copy of the descriptor.
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

    private static async Task GiveAsync(Process process, string stdin)
    {
        try
        {
            await process.StandardInput.WriteAsync(stdin);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading to the end: its exit code says whether that was well.
        }
    }
}
