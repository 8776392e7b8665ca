// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>Starts other programs with pipes instead of the terminal, and with a minimal environment.</summary>
internal static class ChildProcess
{
    /// <summary>
    /// Other programs must not inherit this process's environment: HOME and SSL_CERT_* point to paths that do not exist
    /// (docs/adr/0017), and variables that the user has set could change what a program prints. PATH is passed on, and
    /// messages are in English.
    /// </summary>
    /// <param name="program">A path, or a name to look for in PATH.</param>
    /// <param name="arguments">Passed without a shell.</param>
    public static ProcessStartInfo Of(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // A container built from scratch may have no PATH.
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
