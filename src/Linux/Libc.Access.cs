// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    private const int F_OK = 0;

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    /// <summary>
    /// Whether nothing has this path, as with most of the well-known places on most nodes. The framework reports that by
    /// an exception, which costs more than reading a file. Whatever else is wrong with a path shows when it is opened.
    /// </summary>
    public static bool IsMissing(string path) => Access(path, F_OK) != 0 && Errno.IsAbsence;

    /// <summary>
    /// Whether there is a pipe, a socket or a device at this path: opening one could wait for ever, and it has no length.
    /// </summary>
    public static bool IsSpecialFile(string path) =>
        Statx(AT_FDCWD, path, 0, out var status) == 0 && !status.IsRegularFile && !status.IsDirectory;

    /// <summary>Whether there is a directory at this path, and not a link to one.</summary>
    public static bool IsDirectory(string path) =>
        Statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, out var status) == 0 && status.IsDirectory;
}
