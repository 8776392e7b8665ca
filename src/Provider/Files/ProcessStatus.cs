// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Files;

/// <summary>What <c>/proc/PID/status</c> says about a process (proc_pid_status(5)); everybody may read it.</summary>
internal static class ProcessStatus
{
    /// <summary>
    /// Whether the process is one of the node's own daemons: it runs as root, and in no PID namespace below that of
    /// <c>/proc</c>, where a pod may be root. Any process may take a daemon's name.
    /// </summary>
    /// <param name="status">The file's text.</param>
    public static bool IsOfNode(string status) =>
        Fields(status, "Uid:") is ["0", "0", ..] && Fields(status, "NSpid:") is [_];

    /// <summary>A name in the first line cannot pose as another: the kernel escapes its line breaks.</summary>
    private static string[] Fields(string status, string name) =>
        status
            .Split('\n')
            .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
            ?[name.Length..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
        ?? [];
}
