using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using CrioCredentialProvider.Linux;

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
/// One lock for each auth file's name: byte ranges of one empty file in CRI-O's directory, which nobody but root can
/// reach. A lock ends with its holder, however that dies; the kernel hands it on in the order in which it was asked for
/// (docs/adr/0015).
/// </summary>
internal sealed class AuthFileLocks(AuthDirectory directory) : IDisposable
{
    /// <summary>CRI-O looks for no such name, and <see cref="LeftoverRemover"/> passes it over.</summary>
    public const string FileName = ".hand-over.lock";

    private const int OwnerReadWrite = 0x180; // 0600
    private int descriptor = -1;

    public LockAttempt TryTake(string name)
    {
        if (!Open())
        {
            return LockAttempt.Impossible;
        }

        var range = Range(name, Libc.ByteRangeLock.Exclusive);
        return Libc.Lock(descriptor, Libc.TryLock, ref range) == 0 ? LockAttempt.Taken
            : Marshal.GetLastPInvokeError() is Libc.TryAgain or Libc.PermissionDenied ? LockAttempt.Busy
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
        var waiting = new Thread(() => result = Wait(name), maxStackSize: 128 * 1024) { IsBackground = true };
        waiting.Start();
        return waiting.Join(patience) ? result : LockAttempt.Busy;
    }

    public void Release(string name)
    {
        var range = Range(name, Libc.ByteRangeLock.None);
        _ = Libc.Lock(descriptor, Libc.TryLock, ref range);
    }

    public void Dispose()
    {
        if (descriptor >= 0)
        {
            _ = Libc.Close(descriptor);
            descriptor = -1;
        }
    }

    private LockAttempt Wait(string name)
    {
        while (true)
        {
            var range = Range(name, Libc.ByteRangeLock.Exclusive);
            if (Libc.Lock(descriptor, Libc.WaitForLock, ref range) == 0)
            {
                return LockAttempt.Taken;
            }

            if (Marshal.GetLastPInvokeError() != Libc.InterruptedCall)
            {
                return LockAttempt.Impossible;
            }
        }
    }

    private bool Open()
    {
        if (descriptor < 0)
        {
            descriptor = Libc.OpenAt(
                directory.Descriptor,
                FileName,
                Libc.ReadWrite | Libc.Create | Libc.NoFollow | Libc.NonBlocking | Libc.CloseOnExec,
                OwnerReadWrite);
        }

        return descriptor >= 0;
    }

    /// <summary>The byte that stands for the name: 62 bits of its SHA-256, far behind the end of the empty file.</summary>
    private static Libc.ByteRangeLock Range(string name, short type)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return new Libc.ByteRangeLock
        {
            Type = type,
            Start = (long)(BinaryPrimitives.ReadUInt64BigEndian(hash) >> 2),
            Length = 1,
        };
    }
}
