// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    /// <summary>linkat(2)</summary>
    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Linkat(
        SafeFileHandle fromDirectory,
        string from,
        SafeFileHandle toDirectory,
        string to,
        int flags
    );

    /// <summary>renameat(2)</summary>
    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Renameat(
        SafeFileHandle fromDirectory,
        string from,
        SafeFileHandle toDirectory,
        string to
    );

    /// <summary>unlinkat(2)</summary>
    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlinkat(SafeFileHandle directory, string path, int flags);

    /// <summary>mkdir(2)</summary>
    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mkdir(string path, UnixFileMode mode);

    /// <summary>fchmod(2)</summary>
    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int Fchmod(SafeFileHandle file, UnixFileMode mode);
}
