// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// CRI-O's directory of auth files. It is held open and every operation is relative to its descriptor, so that it
/// cannot be swapped in between. The directory itself is never opened through a symbolic link.
/// </summary>
internal sealed class AuthDirectory : IDisposable
{
    private const UnixFileMode EverybodyReads =
        OwnerMode.Directory
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private AuthDirectory(SafeFileHandle handle, string path) => (Handle, Path) = (handle, path);

    public SafeFileHandle Handle { get; }

    /// <summary>Without a trailing slash; for messages and for inotify.</summary>
    public string Path { get; }

    /// <param name="path">Created with mode 0700 if it is missing, its parents with 0755.</param>
    /// <param name="warn">Receives what is unusual but not a failure.</param>
    /// <exception cref="ProviderException">
    /// The directory cannot be created or opened, or is a symbolic link.
    /// </exception>
    public static AuthDirectory OpenOrCreate(string path, Action<Notice> warn)
    {
        path = Trimmed(path);
        MakeIfMissing(path);
        var handle = OpenDirectory(path);
        if (handle.IsInvalid || Libc.Statx(handle, out var status) != 0)
        {
            throw Unusable(path);
        }

        WarnOfOthers(path, status, warn);
        return new AuthDirectory(handle, path);
    }

    /// <summary>
    /// Creates the directory with mode 0700, its parents with 0755. A failure is reported when the directory is opened.
    /// </summary>
    public static void MakeIfMissing(string path)
    {
        path = Trimmed(path);
        var isNew = Libc.Mkdir(path, OwnerMode.Directory) == 0;
        if (!isNew && Errno.Last == Errno.ENOENT)
        {
            MakeParents(path);
            isNew = Libc.Mkdir(path, OwnerMode.Directory) == 0;
        }

        if (isNew)
        {
            // The umask removes bits from the mode that mkdir(2) is given.
            using var handle = OpenDirectory(path);
            _ = Libc.Fchmod(handle, OwnerMode.Directory);
        }
    }

    /// <summary>Null if the directory does not exist, in which case there is nothing to remove.</summary>
    /// <exception cref="ProviderException">The path exists, but cannot be opened as a directory.</exception>
    public static AuthDirectory? OpenIfThere(string path)
    {
        path = Trimmed(path);
        var handle = OpenDirectory(path);
        return !handle.IsInvalid ? new AuthDirectory(handle, path)
            : Errno.Last == Errno.ENOENT ? null
            : throw Unusable(path);
    }

    /// <summary>The status of the entry; null if there is none. A symbolic link is not followed.</summary>
    /// <exception cref="ProviderException">The status cannot be read.</exception>
    public Libc.FileStatus? Status(string name) =>
        Libc.Statx(Handle, name, Libc.AT_SYMLINK_NOFOLLOW, out var status) == 0 ? status
        : Errno.IsAbsence ? null
        : throw Unusable($"{Path}/{name}");

    /// <summary>The names in the directory, without <c>.</c> and <c>..</c>.</summary>
    /// <exception cref="ProviderException">They cannot be read.</exception>
    public List<string> Names() => DirectoryNames.ReadAll(Handle) ?? throw Unusable(Path);

    /// <summary>Removes a file. A file that no longer exists is not a failure.</summary>
    /// <exception cref="ProviderException">It cannot be removed.</exception>
    public void Remove(string name)
    {
        if (Libc.Unlinkat(Handle, name, 0) != 0 && !Errno.IsAbsence)
        {
            throw new ProviderException(
                Reasons.AuthFileNotWritten,
                $"unable to remove auth file \"{Path}/{name}\": {Errno.Message}",
                "remove it by hand, since it may hold credentials that are no longer valid"
            );
        }
    }

    /// <summary>Removes a leftover of another run.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="warn">Receives the reason if the file cannot be removed.</param>
    /// <returns>Whether this call removed it.</returns>
    public bool TryRemove(string name, Action<Notice> warn)
    {
        if (Libc.Unlinkat(Handle, name, 0) == 0)
        {
            return true;
        }

        if (!Errno.IsAbsence)
        {
            warn(
                new Notice(
                    Reasons.AuthFileNotWritten,
                    $"Unable to remove old auth file \"{Path}/{name}\": {Errno.Message}"
                )
            );
        }

        return false;
    }

    /// <summary>The free space of its file system in bytes; null if it is unknown.</summary>
    public ulong? FreeSpace() =>
        Libc.Fstatvfs(Handle, out var status) == 0 && status.HasBlocks
            ? status.AvailableBlocks * status.BlockSize
            : null;

    /// <summary>Opens a subdirectory; null if there is none, or the entry is not a directory.</summary>
    /// <exception cref="ProviderException">The subdirectory cannot be opened.</exception>
    public AuthDirectory? Inner(string name)
    {
        // With these two flags, a symbolic link fails with ENOTDIR.
        var handle = Libc.OpenAt(Handle, name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
        return !handle.IsInvalid ? new AuthDirectory(handle, $"{Path}/{name}")
            : Errno.IsAbsence ? null
            : throw Unusable($"{Path}/{name}");
    }

    public void Dispose() => Handle.Dispose();

    /// <summary>Warns if other users can write to the directory: they could remove CRI-O's files, or add their
    /// own.</summary>
    private static void WarnOfOthers(string path, in Libc.FileStatus status, Action<Notice> warn)
    {
        if (status.IsWritableByOthers)
        {
            warn(
                new Notice(
                    Reasons.AuthDirectoryUnusable,
                    $"Auth directory \"{path}\" can be written by others than its owner; chmod 0700 it"
                )
            );
        }

        if (status.Owner != 0 && status.Owner != Libc.Geteuid())
        {
            warn(
                new Notice(
                    Reasons.AuthDirectoryUnusable,
                    $"Auth directory \"{path}\" belongs to user {status.Owner}, who can replace what is in it; chown "
                        + "it to root"
                )
            );
        }
    }

    private static SafeFileHandle OpenDirectory(string path) =>
        Libc.Open(path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);

    private static void MakeParents(string path)
    {
        for (var slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            // A failure is reported when the directory itself is opened.
            _ = Libc.Mkdir(path[..slash], EverybodyReads);
        }
    }

    private static string Trimmed(string path) => path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";

    private static ProviderException Unusable(string path)
    {
        var why = Errno.Message;
        var isLink =
            Libc.Statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, out var status) == 0 && status.IsSymbolicLink;
        return new ProviderException(
            Reasons.AuthDirectoryUnusable,
            $"auth directory \"{path}\" cannot be used: {(isLink ? "it is a symbolic link" : why)}",
            "make it a directory of root's with mode 0700, the one that CRI-O's namespaced_auth_dir names"
        );
    }
}
