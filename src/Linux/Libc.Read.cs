// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    /// <summary>read(2)</summary>
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, Span<byte> buffer, nint count);

    /// <summary>write(2)</summary>
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> buffer, nint count);

    /// <summary>readlinkat(2): the length of the target, which is not zero-terminated; -1 on failure.</summary>
    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Readlinkat(SafeFileHandle directory, string path, Span<byte> buffer, nint size);

    /// <summary>
    /// getdents64(2): reads as many entries as fit. Each has 8 bytes of inode, 8 of offset, 2 of its own length, 1 of
    /// type, then the zero-terminated name.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint Getdents64(SafeFileHandle directory, Span<byte> buffer, nint size);
}
