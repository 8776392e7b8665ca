// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    private const int CLOCK_BOOTTIME = 7;

    /// <summary>fsetxattr(2)</summary>
    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Fsetxattr(
        SafeFileHandle file,
        string name,
        ReadOnlySpan<byte> value,
        nint size,
        int flags
    );

    /// <summary>fgetxattr(2): the length of the value, or -1.</summary>
    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Fgetxattr(SafeFileHandle file, string name, Span<byte> value, nint size);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    private static partial int Futimens(SafeFileHandle file, nint times);

    /// <summary>futimens(3): sets the access and modification times to now.</summary>
    public static int Futimens(SafeFileHandle file) => Futimens(file, 0);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGettime(int clock, out TimeSpec time);

    /// <summary>clock_gettime(2) of CLOCK_BOOTTIME: the time since the machine started. This clock cannot be
    /// set.</summary>
    public static TimeSpan BootTime() =>
        ClockGettime(CLOCK_BOOTTIME, out var time) == 0
            ? new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100))
            : throw new IOException($"clock_gettime: {Errno.Message}");

    /// <summary><c>struct timespec</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
