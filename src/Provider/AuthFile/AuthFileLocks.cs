// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.AuthFile;

/// <summary>How an attempt to take a lock ended.</summary>
internal enum LockAttempt
{
    Acquired,

    /// <summary>Another process holds it.</summary>
    Busy,

    /// <summary>Locks do not work here, for example because the file system does not support them.</summary>
    Impossible,
}

/// <summary>
/// One lock for each name of an auth file: byte ranges of one empty file in the run directory, which only root can
/// access. If that directory cannot be used, the file is in CRI-O's. A process that dies releases its locks; the kernel
/// passes a lock on in the order of the requests (docs/adr/0015).
/// </summary>
/// <param name="directory">CRI-O's directory.</param>
/// <param name="run">This program's own directory; null if it cannot be used.</param>
internal sealed class AuthFileLocks(AuthDirectory directory, RunDirectory? run) : IDisposable
{
    /// <summary>The lock file in the run directory.</summary>
    public const string FileName = "hand-over.lock";

    /// <summary>The lock file in CRI-O's directory, where earlier versions always kept it. CRI-O ignores this
    /// name.</summary>
    public const string FallbackFileName = ".hand-over.lock";

    private SafeFileHandle? file;

    /// <summary>Whether the locks are in CRI-O's directory.</summary>
    public bool AreInAuthDirectory => run is null;

    public LockAttempt TryTake(string name)
    {
        file ??= Open();
        var range = Range(name, Libc.F_WRLCK);
        return file.IsInvalid ? LockAttempt.Impossible
            : Libc.Fcntl(file, Libc.F_OFD_SETLK, ref range) == 0 ? LockAttempt.Acquired
            : Errno.Last is Errno.EAGAIN or Errno.EACCES ? LockAttempt.Busy
            : LockAttempt.Impossible;
    }

    /// <summary>Waits for the lock, but no longer than the given time.</summary>
    public LockAttempt Take(string name, TimeSpan patience)
    {
        if (TryTake(name) is not LockAttempt.Busy and var attempt)
        {
            return attempt;
        }

        // Only a blocking wait in the kernel keeps the order, and it has no timeout: run it in a thread and abandon
        // that thread on timeout. A lock that it still gets is released when the process ends.
        var result = LockAttempt.Impossible;
        var waiting = new Thread(() => result = Wait(file!, name), maxStackSize: 128 * 1024) { IsBackground = true };
        waiting.Start();
        return waiting.Join(patience) ? result : LockAttempt.Busy;
    }

    public void Release(string name)
    {
        if (file is { IsInvalid: false })
        {
            var range = Range(name, Libc.F_UNLCK);
            _ = Libc.Fcntl(file, Libc.F_OFD_SETLK, ref range);
        }
    }

    public void Dispose()
    {
        file?.Dispose();
        file = null;
    }

    private LockAttempt Wait(SafeFileHandle file, string name)
    {
        while (true)
        {
            var range = Range(name, Libc.F_WRLCK);
            if (Libc.Fcntl(file, Libc.F_OFD_SETLKW, ref range) == 0)
            {
                return LockAttempt.Acquired;
            }

            if (Errno.Last != Errno.EINTR)
            {
                return LockAttempt.Impossible;
            }
        }
    }

    private SafeFileHandle Open() =>
        Libc.OpenAt(
            run?.Handle ?? directory.Handle,
            run is null ? FallbackFileName : FileName,
            Libc.O_RDWR | Libc.O_CREAT | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC,
            OwnerMode.File
        );

    /// <summary>The byte that represents the path: 62 bits of its SHA-256. Ranges beyond the end of the empty file can
    /// be locked.</summary>
    private Libc.FileLock Range(string name, short type)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{directory.Path}/{name}"), hash);
        return new Libc.FileLock
        {
            Type = type,
            Start = (long)(BinaryPrimitives.ReadUInt64BigEndian(hash) >> 2),
            Length = 1,
        };
    }
}
