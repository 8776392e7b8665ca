// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.AuthFile;

/// <summary>Reads when CRI-O was started. A file that an earlier CRI-O process took and did not remove is no longer in
/// use.</summary>
internal static class CrioProcessReader
{
    private const int MaximumBytes = 64 * 1024;

    /// <returns>
    /// Null if no process of the node is named crio, or if processes cannot be read: the kubelet's run cannot, because
    /// its sandbox blocks <c>/proc</c>; the sweep command can. The oldest process is used, because the others may be
    /// commands such as <c>crio status</c>.
    /// </returns>
    /// <param name="clocks">Wall clock and boot clock.</param>
    /// <param name="proc">The mount point of procfs.</param>
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
            // The unreadable process may be CRI-O.
            return null;
        }
    }

    /// <returns>Null if the process is not CRI-O, or has ended.</returns>
    private static TimeSpan? Start(string folder) =>
        Text($"{folder}/comm") == "crio\n"
        && Text($"{folder}/status") is { } status
        && ProcessStatus.IsOfNode(status)
        && Text($"{folder}/stat") is { } stat
            ? ProcessStat.Start(stat)
            : null;

    private static string? Text(string path) =>
        SmallFileReader.ThisNode.Read(path, MaximumBytes) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
