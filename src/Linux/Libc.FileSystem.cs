// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    /// <summary>statvfs(3)</summary>
    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statvfs(string path, out FileSystemStatus status);

    /// <summary>fstatvfs(3)</summary>
    [LibraryImport("libc", EntryPoint = "fstatvfs", SetLastError = true)]
    public static partial int Fstatvfs(SafeFileHandle file, out FileSystemStatus status);

    /// <summary>lgetxattr(2): the length of the value, or -1.</summary>
    [LibraryImport("libc", EntryPoint = "lgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Lgetxattr(string path, string name, Span<byte> value, nint size);

    /// <summary>The members of <c>struct statvfs</c> of 64-bit Linux that are used here.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 112)]
    public struct FileSystemStatus
    {
        private const ulong ST_RDONLY = 1;
        private const ulong ST_NOEXEC = 8;

        /// <summary>The unit of <see cref="AvailableBlocks"/>, in bytes.</summary>
        [FieldOffset(8)]
        public readonly ulong BlockSize;

        [FieldOffset(16)]
        private readonly ulong blocks;

        /// <summary>False on file systems that do not report their size.</summary>
        public readonly bool HasBlocks => blocks > 0;

        /// <summary>Blocks that users other than root may still use; root has at least as many.</summary>
        [FieldOffset(32)]
        public readonly ulong AvailableBlocks;

        /// <summary>Zero on file systems without a fixed number of inodes, such as btrfs.</summary>
        [FieldOffset(40)]
        public readonly ulong Inodes;

        [FieldOffset(48)]
        public readonly ulong FreeInodes;

        [FieldOffset(72)]
        private readonly ulong flags;

        public readonly bool IsReadOnly => (flags & ST_RDONLY) != 0;

        public readonly bool IsNoExec => (flags & ST_NOEXEC) != 0;
    }
}
