using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    public const int TryLock = 37; // F_OFD_SETLK
    public const int WaitForLock = 38; // F_OFD_SETLKW
    public const int TryAgain = 11;
    public const int PermissionDenied = 13;

    /// <summary>
    /// fcntl(2) with open file description locks: they belong to the open file, not to the process or thread, and end
    /// when it is closed, in whatever way the holder died.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Lock(int descriptor, int command, ref ByteRangeLock range);

    /// <summary>flock(2): a lock on the whole open file; 6 is exclusive without waiting.</summary>
    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int LockWhole(int descriptor, int operation);

    public const int ExclusiveWithoutWaiting = 6; // LOCK_EX | LOCK_NB

    /// <summary><c>struct flock</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ByteRangeLock
    {
        public const short Exclusive = 1; // F_WRLCK
        public const short None = 2; // F_UNLCK

        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
