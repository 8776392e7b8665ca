// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>A running process of the node, as <c>/proc</c> shows it.</summary>
/// <param name="Id">The process ID.</param>
/// <param name="Arguments">The command line, beginning with the program.</param>
/// <param name="Started">The start time in whole seconds; null if it is unknown.</param>
/// <param name="Environment">Looks up one variable of the process's initial environment. The whole environment is never
/// read out, because it may contain secrets.</param>
internal sealed record NodeProcess(
    int Id,
    IReadOnlyList<string> Arguments,
    DateTimeOffset? Started,
    Func<string, string?> Environment
)
{
    /// <summary>Whether any processes are visible. A copy of a node has none.</summary>
    public static bool AreVisible(NodeFilesReader files) => Ids(files).Any();

    /// <summary>
    /// The process of that name with the lowest ID; null if none runs, or none is visible. Any process can take that
    /// name, so only root's processes match, and only those outside of containers, because a pod may run as root.
    /// </summary>
    public static NodeProcess? Find(NodeFilesReader files, string name)
    {
        foreach (var id in Ids(files).Order())
        {
            if (
                files.ReadText($"/proc/{id}/comm")?.TrimEnd('\n') == name
                && files.ReadText($"/proc/{id}/status") is { } status
                && ProcessStatus.IsOfNode(status)
                && files.ReadText($"/proc/{id}/cmdline") is { Length: > 0 } line
            )
            {
                return new NodeProcess(
                    id,
                    line.TrimEnd('\0').Split('\0'),
                    StartTime(files.ReadText($"/proc/{id}/stat"), files.ReadText("/proc/stat")),
                    variable => Variable(files.ReadText($"/proc/{id}/environ"), variable)
                );
            }
        }

        return null;
    }

    /// <param name="stat">The content of <c>/proc/PID/stat</c>.</param>
    /// <param name="system">The content of <c>/proc/stat</c>, for the boot time.</param>
    public static DateTimeOffset? StartTime(string? stat, string? system)
    {
        var boot = system?.Split('\n').FirstOrDefault(line => line.StartsWith("btime ", StringComparison.Ordinal));
        return
            stat is not null
            && ProcessStat.Start(stat) is { } start
            && long.TryParse(boot?[6..], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) + start
            : null;
    }

    private static IEnumerable<int> Ids(NodeFilesReader files) =>
        files
            .Names("/proc")
            .Select(entry => int.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0);

    private static string? Variable(string? environment, string name) =>
        environment
            ?.Split('\0')
            .LastOrDefault(entry => entry.StartsWith(name + "=", StringComparison.Ordinal))
            ?[(name.Length + 1)..];
}
