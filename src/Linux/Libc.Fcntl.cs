// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    public const int F_DUPFD = 0;
    public const int F_GETFD = 1;
    public const int F_SETFD = 2;
    public const int F_GETFL = 3;
    public const int F_SETFL = 4;
    public const int F_OFD_SETLK = 37;
    public const int F_OFD_SETLKW = 38;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const short F_WRLCK = 1;
    public const short F_UNLCK = 2;

    /// <summary>fcntl(2)</summary>
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(int descriptor, int command);

    /// <summary>
    /// fcntl(2) with open file description locks: they belong to the open file, not to the process or thread, and are
    /// released when it is closed, even if the process is killed.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(SafeFileHandle file, int command, ref FileLock range);

    /// <summary><c>struct flock</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
