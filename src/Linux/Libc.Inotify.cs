// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    public const int IN_CLOEXEC = O_CLOEXEC;
    public const int IN_NONBLOCK = O_NONBLOCK;
    public const uint IN_MOVED_FROM = 0x40;
    public const uint IN_DELETE = 0x200;

    /// <summary>inotify_init1(2)</summary>
    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial SafeFileHandle InotifyInit1(int flags);

    /// <summary>inotify_add_watch(2)</summary>
    [LibraryImport(
        "libc",
        EntryPoint = "inotify_add_watch",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    public static partial int InotifyAddWatch(SafeFileHandle inotify, string path, uint events);
}
