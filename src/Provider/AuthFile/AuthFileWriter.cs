// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// Writes the auth file into CRI-O's directory, with mode 0600 from the start. CRI-O sees the whole file or none: the
/// file has no name (O_TMPFILE) until it is complete, so that no signal can leave a partial one. A temporary name
/// exists for a moment only if an older file is replaced, or if the file system does not support O_TMPFILE.
/// </summary>
internal static class AuthFileWriter
{
    private const string ByDescriptor = "/proc/self/fd/";

    /// <param name="directory">CRI-O's directory.</param>
    /// <param name="fileName">A name without a slash.</param>
    /// <param name="content">The content of the whole file.</param>
    /// <param name="mark">Marks the open file before it is named.</param>
    /// <returns>The path of the file.</returns>
    /// <exception cref="ProviderException">Nothing was written, and no temporary file remains.</exception>
    public static string Write(
        AuthDirectory directory,
        string fileName,
        ReadOnlySpan<byte> content,
        Action<SafeFileHandle> mark
    )
    {
        if (fileName.Contains('/', StringComparison.Ordinal) || fileName is "" or "." or "..")
        {
            throw new ArgumentException("not a plain file name", nameof(fileName));
        }

        _ = Libc.IgnoreSigxfsz();
        var path = $"{directory.Path}/{fileName}";
        var why = WriteUnnamed(directory.Handle, fileName, content, mark, out var isPossible);
        if (!isPossible)
        {
            why = WriteNamed(directory.Handle, fileName, content, mark);
        }

        return why is null
            ? path
            : throw new ProviderException(
                Reasons.AuthFileNotWritten,
                $"auth file \"{path}\" could not be written: {why}",
                "check the file system's free space, its mount options and the directory's mode"
            );
    }

    /// <returns>Why the file could not be written; null on success.</returns>
    private static string? WriteUnnamed(
        SafeFileHandle directory,
        string fileName,
        ReadOnlySpan<byte> content,
        Action<SafeFileHandle> mark,
        out bool isPossible
    )
    {
        using var file = Libc.OpenAt(directory, ".", Libc.O_WRONLY | Libc.O_TMPFILE | Libc.O_CLOEXEC, OwnerMode.File);
        isPossible = !file.IsInvalid;
        if (!isPossible)
        {
            // Network file systems do not support O_TMPFILE; any other problem is reported by the next attempt.
            return null;
        }

        if (WriteAll(file, content) is { } why)
        {
            return why;
        }

        mark(file);
        if (Link(file, directory, fileName))
        {
            return null;
        }

        if (Errno.Last != Errno.EEXIST)
        {
            isPossible = false;
            return null;
        }

        using var deferred = new DeferredSignals();
        var temporary = AuthFileName.Temporary(Libc.UniqueName());
        _ = Libc.Flock(file, Libc.LOCK_EX | Libc.LOCK_NB);
        return Link(file, directory, temporary) ? Rename(directory, temporary, fileName) : Errno.Message;
    }

    private static string? WriteNamed(
        SafeFileHandle directory,
        string fileName,
        ReadOnlySpan<byte> content,
        Action<SafeFileHandle> mark
    )
    {
        using var deferred = new DeferredSignals();
        var temporary = AuthFileName.Temporary(Libc.UniqueName());
        using var file = Libc.OpenAt(
            directory,
            temporary,
            Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC,
            OwnerMode.File
        );
        if (file.IsInvalid)
        {
            return Errno.Message;
        }

        _ = Libc.Flock(file, Libc.LOCK_EX | Libc.LOCK_NB);
        if (WriteAll(file, content) is not { } why)
        {
            mark(file);
            return Rename(directory, temporary, fileName);
        }

        _ = Libc.Unlinkat(directory, temporary, 0);
        return why;
    }

    /// <summary>Gives the file a name that is not in use yet.</summary>
    private static bool Link(SafeFileHandle file, SafeFileHandle directory, string name) =>
        // The first form needs a capability that root has; the second needs /proc.
        Libc.Linkat(file, "", directory, name, Libc.AT_EMPTY_PATH) == 0
        || (
            Errno.Last != Errno.EEXIST
            && Libc.Linkat(
                Libc.AT_FDCWD,
                ByDescriptor + file.DangerousGetHandle(),
                directory,
                name,
                Libc.AT_SYMLINK_FOLLOW
            ) == 0
        );

    private static string? Rename(SafeFileHandle directory, string temporary, string fileName)
    {
        if (Libc.Renameat(directory, temporary, directory, fileName) == 0)
        {
            return null;
        }

        var why = Errno.Message;
        _ = Libc.Unlinkat(directory, temporary, 0);
        return why;
    }

    /// <returns>Why the content could not be written completely; null on success.</returns>
    private static string? WriteAll(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        // The umask may have removed even the owner's permissions.
        if (Libc.Fchmod(file, OwnerMode.File) != 0)
        {
            return Errno.Message;
        }

        while (!content.IsEmpty)
        {
            var count = Libc.Write(file, content, content.Length);
            if (count >= 0)
            {
                content = content[(int)count..];
            }
            else if (Errno.Last != Errno.EINTR)
            {
                return Errno.Message;
            }
        }

        return null;
    }

    /// <summary>
    /// While a temporary name exists, a termination signal is deferred until the rename, which takes less than a
    /// millisecond; the run then continues to its end.
    /// </summary>
    private sealed class DeferredSignals : IDisposable
    {
        private readonly PosixSignalRegistration[] registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Defer),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Defer),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Defer),
        ];

        public void Dispose()
        {
            foreach (var registration in registrations)
            {
                registration.Dispose();
            }
        }

        private static void Defer(PosixSignalContext context) => context.Cancel = true;
    }
}
