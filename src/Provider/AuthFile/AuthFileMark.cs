// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// What an auth file says about itself besides its content: it may lie there after its run has ended, and the next runs
/// have to know whose it is and how old it really is.
/// </summary>
/// <param name="At">
/// When it was written or claimed, since the start of the machine. Nobody can set that clock, unlike the one of the
/// file's own times.
/// </param>
/// <param name="IsClaimed">Whether a later run used the file because nobody had taken it.</param>
/// <param name="Owner">The UID of the service account, else its name; empty if neither is known.</param>
internal sealed record AuthFileMark(TimeSpan At, bool IsClaimed, string Owner)
{
    /// <summary>The longest text that is read.</summary>
    public const int LongestText = 512;

    private const string Version = "1";

    /// <summary>Version, milliseconds, 0 or 1, owner.</summary>
    public byte[] ToBytes() =>
        Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Version} {(long)At.TotalMilliseconds} {(IsClaimed ? 1 : 0)} {Owner}"
            )
        );

    /// <returns>Null if it is not a mark of this version.</returns>
    public static AuthFileMark? Parse(ReadOnlySpan<byte> text)
    {
        var parts = Encoding.UTF8.GetString(text).Split(' ', 4);
        return
            parts.Length == 4
            && parts[0] == Version
            && parts[2] is "0" or "1"
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds < TimeSpan.MaxValue.TotalMilliseconds
            ? new AuthFileMark(TimeSpan.FromMilliseconds(milliseconds), parts[2] == "1", parts[3])
            : null;
    }
}
