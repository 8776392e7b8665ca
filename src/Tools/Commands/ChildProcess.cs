// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>
/// How other programs are started: with pipes in place of the terminal, and an environment of their own.
/// </summary>
internal static class ChildProcess
{
    /// <summary>
    /// This process's own environment is no good for others: HOME and SSL_CERT_* lead nowhere (docs/adr/0017), and what
    /// a person has set there could change what a program prints. PATH stays; messages are in English.
    /// </summary>
    /// <param name="program">A path, or a name to look for in PATH.</param>
    /// <param name="arguments">Passed as they are, without a shell.</param>
    public static ProcessStartInfo Of(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // A container from scratch has none.
        var hasPath = start.Environment.TryGetValue("PATH", out var path);
        start.Environment.Clear();
        if (hasPath)
        {
            start.Environment["PATH"] = path;
        }

        start.Environment["LC_ALL"] = "C.UTF-8";
        return start;
    }
}
