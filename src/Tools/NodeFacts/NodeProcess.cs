// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>A running process of the node, as <c>/proc</c> shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Arguments">Its command line, the program first.</param>
/// <param name="Started">To a second; null when it is unknown.</param>
/// <param name="Environment">Looks up a variable that it was started with. Only named ones are looked at: a process's
/// environment may hold secrets.</param>
internal sealed record NodeProcess(
    int Id,
    IReadOnlyList<string> Arguments,
    DateTimeOffset? Started,
    Func<string, string?> Environment
)
{
    /// <summary>Ticks of a second in <c>/proc/PID/stat</c>: USER_HZ, the same on every Linux that .NET runs
    /// on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Whether there are processes to look at: a copy of a node has none.</summary>
    public static bool CanBeSeen(NodeFilesReader files) => Ids(files).Any();

    /// <summary>
    /// The process of that name with the lowest number; null when none runs, or none can be seen. Any process may take
    /// that name: only root's counts, and only one that is no container's, where a pod may be root.
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

    /// <param name="stat">The text of <c>/proc/PID/stat</c>.</param>
    /// <param name="system">The text of <c>/proc/stat</c>, for the time of the boot.</param>
    public static DateTimeOffset? StartTime(string? stat, string? system)
    {
        // The second field is a name in parentheses, which may hold blanks; the start is the 22nd.
        var fields = stat?[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var boot = system?.Split('\n').FirstOrDefault(line => line.StartsWith("btime ", StringComparison.Ordinal));
        return
            fields.Length > 19
            && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && long.TryParse(boot?[6..], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).AddSeconds(ticks / TicksPerSecond)
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
