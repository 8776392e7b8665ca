// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

/// <summary>What files need that must survive a loss of power, with owner and label; the installer writes such files.</summary>
internal static partial class Libc
{
    public const int NotEmpty = 39; // ENOTEMPTY
    public const int RemoveDirectory = 0x200; // AT_REMOVEDIR

    /// <summary>fsync(2): returns when the file's content, or the directory's entries, are on disk.</summary>
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(int descriptor, uint owner, uint group);

    /// <summary>fsetxattr(2).</summary>
    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetExtendedAttribute(int descriptor, string name, ReadOnlySpan<byte> value, nint size, int flags);
}
