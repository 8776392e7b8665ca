// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    /// <summary>Links are resolved as if the directory were the root; magic links of <c>/proc</c> are
    /// refused.</summary>
    public const ulong RESOLVE_IN_ROOT = 0x10;

    private const int SYS_openat2 = 437;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Openat2(
        nint number,
        SafeFileHandle directory,
        string path,
        in OpenHow how,
        nuint size
    );

    /// <summary>openat2(2), since Linux 5.6. It fails with ENOSYS on older kernels, and with EPERM if a container's
    /// seccomp profile is older.</summary>
    public static SafeFileHandle Openat2(SafeFileHandle directory, string path, int flags, ulong resolve)
    {
        var how = new OpenHow { Flags = (ulong)flags, Resolve = resolve };
        return Openat2(SYS_openat2, directory, path, how, (nuint)Marshal.SizeOf<OpenHow>());
    }

    /// <summary><c>struct open_how</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
