// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// Metadata of an auth file. The file may remain after its run has ended, and later runs need to know whose it is and
/// how old it really is.
/// </summary>
/// <param name="At">
/// When the file was written or claimed, since the machine started. Unlike the clock of the file's own times, this one
/// cannot be set.
/// </param>
/// <param name="IsClaimed">Whether a later run reused the file because CRI-O had not taken it.</param>
/// <param name="Owner">The UID of the service account, else its name; empty if neither is known.</param>
internal sealed record AuthFileMark(TimeSpan At, bool IsClaimed, string Owner)
{
    /// <summary>Maximum length of a mark that is read, in bytes.</summary>
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

    /// <returns>Null if the bytes are not a mark of this version.</returns>
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
