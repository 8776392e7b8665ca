// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.AuthFile;

/// <summary>Reads when CRI-O was started: no pull uses a file that an earlier CRI-O process took and did not
/// remove.</summary>
internal static class CrioProcessReader
{
    /// <summary>USER_HZ, the unit of times in <c>/proc/PID/stat</c>: 100 on every architecture that is supported
    /// here.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Of state, which is the third field, to the start time, which is the 22nd (proc_pid_stat(5)).</summary>
    private const int FieldsUntilStart = 19;

    private const int MaximumBytes = 64 * 1024;

    /// <returns>
    /// Null if no process of the node is named crio, and if they cannot be looked at: a run of the kubelet's cannot,
    /// because its sandbox closes <c>/proc</c>; the command sweep can. If several are, the oldest counts: the others
    /// may be commands such as <c>crio status</c>.
    /// </returns>
    /// <param name="clocks">What time it is.</param>
    /// <param name="proc">The directory of processes.</param>
    public static DateTimeOffset? StartOfOldest(Clocks clocks, string proc = "/proc")
    {
        try
        {
            TimeSpan? oldest = null;
            foreach (var name in (SmallFileReader.ThisNode.Names(proc) ?? []).Where(name => char.IsAsciiDigit(name[0])))
            {
                if (Start($"{proc}/{name}") is { } start && (oldest is null || start < oldest))
                {
                    oldest = start;
                }
            }

            return oldest is { } found ? clocks.Wall() - (clocks.Boot() - found) : null;
        }
        catch (UnreadableFileException)
        {
            // The process that cannot be looked at may be CRI-O.
            return null;
        }
    }

    /// <returns>Null if it is not CRI-O, or has ended meanwhile.</returns>
    private static TimeSpan? Start(string folder)
    {
        if (
            Text($"{folder}/comm") != "crio\n"
            || Text($"{folder}/status") is not { } status
            || !ProcessStatus.IsOfNode(status)
            || Text($"{folder}/stat") is not { } stat
        )
        {
            return null;
        }

        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds(
            long.Parse(fields[FieldsUntilStart], CultureInfo.InvariantCulture) / TicksPerSecond
        );
    }

    private static string? Text(string path) =>
        SmallFileReader.ThisNode.Read(path, MaximumBytes) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
