// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Files;

/// <summary>Reads <c>/proc/PID/status</c> (proc_pid_status(5)), which every user may read.</summary>
internal static class ProcessStatus
{
    /// <summary>
    /// Whether the process is one of the node's own daemons: it runs as root, and not in a PID namespace below that of
    /// <c>/proc</c>, where a pod may be root. The name alone proves nothing, because any process may use a daemon's.
    /// </summary>
    /// <param name="status">The file's text.</param>
    public static bool IsOfNode(string status) =>
        Fields(status, "Uid:") is ["0", "0", ..] && Fields(status, "NSpid:") is [_];

    /// <summary>The process name in the first line cannot forge another field, because the kernel escapes its line
    /// breaks.</summary>
    private static string[] Fields(string status, string name) =>
        status
            .Split('\n')
            .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
            ?[name.Length..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
        ?? [];
}
