// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NOCTTY = 0x100;
    public const int O_TRUNC = 0x200;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int O_PATH = 0x200000;

    /// <summary>For calls that need a directory: relative paths start in the current directory.</summary>
    public static readonly SafeFileHandle AT_FDCWD = new(-100, ownsHandle: false);

    public static int O_DIRECTORY => IsArm64 ? 0x4000 : 0x10000;

    public static int O_NOFOLLOW => IsArm64 ? 0x8000 : 0x20000;

    public static int O_TMPFILE => 0x400000 | O_DIRECTORY;

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>open(2)</summary>
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags);

    /// <summary>openat(2)</summary>
    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle OpenAt(
        SafeFileHandle directory,
        string path,
        int flags,
        UnixFileMode mode = UnixFileMode.None
    );
}
