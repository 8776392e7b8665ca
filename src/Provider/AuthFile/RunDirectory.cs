// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// This program's own directory, <c>/run/crio-credential-provider</c>: the locks lie there, since CRI-O's directory
/// should hold nothing but auth files. It is gone after a restart of the machine, as the locks are.
/// </summary>
internal sealed class RunDirectory : IDisposable
{
    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private RunDirectory(SafeFileHandle handle) => Handle = handle;

    public SafeFileHandle Handle { get; }

    /// <param name="path">Made with mode 0700 if it is missing; its parent has to be there.</param>
    /// <returns>Null if it cannot be made or opened, or if others than root can write to it.</returns>
    public static RunDirectory? OpenOrCreate(string path)
    {
        var handle = Open(path);
        if (handle.IsInvalid && Errno.Last == Errno.ENOENT)
        {
            _ = Libc.Mkdir(path, OwnerAll);
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

    /// <summary>Makes the directory if it is missing: a run cannot do that any more once it is in its
    /// sandbox.</summary>
    /// <returns>Whether there is something of this name.</returns>
    public static bool Exists(string path) => Libc.Mkdir(path, OwnerAll) == 0 || Errno.Last == Errno.EEXIST;

    /// <summary>The names in it; null when they cannot be read.</summary>
    public List<string>? Names() => DirectoryNames.ReadAll(Handle);

    public void Dispose() => Handle.Dispose();

    private static SafeFileHandle Open(string path) =>
        Libc.Open(path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
}
