// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.AuthFile;

/// <summary>How an attempt to take a lock ended.</summary>
internal enum LockAttempt
{
    Taken,

    /// <summary>Somebody else has it.</summary>
    Busy,

    /// <summary>There can be no lock here, such as on a file system without any.</summary>
    Impossible,
}

/// <summary>
/// One lock for each auth file's name: byte ranges of one empty file in the run directory, which nobody but root can
/// reach. If that directory cannot be used, the file is in CRI-O's. A process that dies releases its locks; the kernel
/// passes a lock on in the order in which it was asked for (docs/adr/0015).
/// </summary>
/// <param name="directory">CRI-O's directory.</param>
/// <param name="run">This program's own; null if it cannot be used.</param>
internal sealed class AuthFileLocks(AuthDirectory directory, RunDirectory? run) : IDisposable
{
    /// <summary>In the run directory.</summary>
    public const string FileName = "hand-over.lock";

    /// <summary>In CRI-O's directory, which looks for no such name; earlier versions always had it there.</summary>
    public const string FallbackFileName = ".hand-over.lock";

    private const UnixFileMode OwnerReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private SafeFileHandle? file;

    /// <summary>Whether the locks are in CRI-O's directory.</summary>
    public bool AreInAuthDirectory => run is null;

    public LockAttempt TryTake(string name)
    {
        file ??= Open();
        var range = Range(name, Libc.F_WRLCK);
        return file.IsInvalid ? LockAttempt.Impossible
            : Libc.Fcntl(file, Libc.F_OFD_SETLK, ref range) == 0 ? LockAttempt.Taken
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

        // The wait in the kernel keeps the order but knows no time limit: a thread takes it, and is left behind when
        // the time is over. The lock that it may still get ends with the process.
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
                return LockAttempt.Taken;
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
            OwnerReadWrite
        );

    /// <summary>The byte that represents the path: 62 bits of its SHA-256, far behind the end of the empty
    /// file.</summary>
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
