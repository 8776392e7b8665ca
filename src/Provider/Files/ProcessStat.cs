// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace CrioCredentialProvider.Files;

/// <summary>Reads <c>/proc/PID/stat</c> (proc_pid_stat(5)), which every user may read.</summary>
internal static class ProcessStat
{
    /// <summary>USER_HZ, the unit of times in the file: 100 on every architecture that .NET supports.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>From state, the third field, to the start time, the 22nd.</summary>
    private const int FieldsUntilStart = 19;

    /// <param name="stat">The file's text. The second field is a name in parentheses, which may contain spaces.</param>
    /// <returns>The start of the process since the boot; null if the text has no such field.</returns>
    public static TimeSpan? Start(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return
            fields.Length > FieldsUntilStart
            && long.TryParse(fields[FieldsUntilStart], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? TimeSpan.FromSeconds(ticks / TicksPerSecond)
            : null;
    }
}
