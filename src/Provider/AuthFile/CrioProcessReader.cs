// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

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

    /// <returns>
    /// Null if no process is named crio. If several are, the oldest counts: the others may be commands such as
    /// <c>crio status</c>.
    /// </returns>
    /// <param name="clocks">What time it is.</param>
    public static DateTimeOffset? StartOfOldest(Clocks clocks)
    {
        TimeSpan? oldest = null;
        foreach (var folder in Processes())
        {
            if (
                char.IsAsciiDigit(folder["/proc/".Length])
                && Start(folder) is { } start
                && (oldest is null || start < oldest)
            )
            {
                oldest = start;
            }
        }

        return oldest is { } found ? clocks.Wall() - (clocks.Boot() - found) : null;
    }

    /// <summary>A run of the kubelet's cannot look, because its sandbox closes /proc; the command sweep can.</summary>
    private static string[] Processes()
    {
        try
        {
            return Directory.GetDirectories("/proc");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static TimeSpan? Start(string folder)
    {
        try
        {
            if (File.ReadAllText($"{folder}/comm") != "crio\n")
            {
                return null;
            }

            var stat = File.ReadAllText($"{folder}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds(
                long.Parse(fields[FieldsUntilStart], CultureInfo.InvariantCulture) / TicksPerSecond
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has ended meanwhile.
            return null;
        }
    }
}
