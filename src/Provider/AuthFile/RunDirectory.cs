// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// This program's own directory, <c>/run/crio-credential-provider</c>. It contains the locks, because CRI-O's directory
/// should contain nothing but auth files. A reboot clears it, as it releases the locks.
/// </summary>
internal sealed class RunDirectory : IDisposable
{
    private RunDirectory(SafeFileHandle handle) => Handle = handle;

    public SafeFileHandle Handle { get; }

    /// <param name="path">Created with mode 0700 if it is missing; its parent must exist.</param>
    /// <returns>Null if it cannot be created or opened, or if users other than root can write to it.</returns>
    public static RunDirectory? OpenOrCreate(string path)
    {
        var handle = Open(path);
        if (handle.IsInvalid && Errno.Last == Errno.ENOENT)
        {
            _ = Libc.Mkdir(path, OwnerMode.Directory);
            handle = Open(path);
        }

        if (handle.IsInvalid)
        {
            return null;
        }

        var directory = new RunDirectory(handle);
        if (
            Libc.Statx(handle, out var status) == 0
            && !status.IsWritableByOthers
            && (status.Owner == 0 || status.Owner == Libc.Geteuid())
        )
        {
            return directory;
        }

        directory.Dispose();
        return null;
    }

    /// <summary>Creates the directory if it is missing, because a run can no longer do that in its sandbox.</summary>
    /// <returns>Whether the path exists.</returns>
    public static bool Exists(string path) => Libc.Mkdir(path, OwnerMode.Directory) == 0 || Errno.Last == Errno.EEXIST;

    /// <summary>The names in it; null if they cannot be read.</summary>
    public List<string>? Names() => DirectoryNames.ReadAll(Handle);

    public void Dispose() => Handle.Dispose();

    private static SafeFileHandle Open(string path) =>
        Libc.Open(path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
}
