// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.Tests.Rollout;

namespace CrioCredentialProvider.Tests.Packages;

/// <summary>Runs this machine's programs that inspect packages.</summary>
internal static class HostCommand
{
    public static NodeRun Run(string program, params IEnumerable<string> arguments) => RunIn("/", program, arguments);

    /// <summary>Runs a command that must succeed.</summary>
    /// <returns>The command's stdout.</returns>
    public static string Read(string program, params IEnumerable<string> arguments)
    {
        var run = RunIn("/", program, arguments);
        Assert.True(run.ExitCode == 0, $"{program}: {run}");
        return run.Stdout;
    }

    public static NodeRun RunIn(string folder, string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var stdout = process.StandardOutput.ReadToEndAsync();
        var stderr = process.StandardError.ReadToEndAsync();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(5)), $"{program} does not end");
        return new NodeRun(process.ExitCode, stdout.Result, stderr.Result);
    }
}
