// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_SYMLINK_FOLLOW = 0x400;
    public const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_BASIC_STATS = 0x7FF;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(
        SafeFileHandle directory,
        string path,
        int flags,
        uint mask,
        out FileStatus status
    );

    /// <summary>statx(2): unlike that of stat(2), its structure is the same on every processor.</summary>
    public static int Statx(SafeFileHandle directory, string path, int flags, out FileStatus status) =>
        Statx(directory, path, flags, STATX_BASIC_STATS, out status);

    /// <summary>statx(2) of an open file.</summary>
    public static int Statx(SafeFileHandle file, out FileStatus status) => Statx(file, "", AT_EMPTY_PATH, out status);

    /// <summary>The members of <c>struct statx</c> that are used here; the whole structure has 256 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        private const int S_IFMT = 0xF000;
        private const int S_IFSOCK = 0xC000;
        private const int S_IFLNK = 0xA000;
        private const int S_IFREG = 0x8000;
        private const int S_IFDIR = 0x4000;

        [FieldOffset(20)]
        public readonly uint Owner;

        [FieldOffset(24)]
        public readonly uint Group;

        [FieldOffset(28)]
        private readonly ushort mode;

        [FieldOffset(32)]
        public readonly ulong Inode;

        [FieldOffset(40)]
        public readonly ulong Size;

        [FieldOffset(96)]
        private readonly long changedSeconds;

        [FieldOffset(104)]
        private readonly uint changedNanoseconds;

        [FieldOffset(112)]
        private readonly long modifiedSeconds;

        [FieldOffset(120)]
        private readonly uint modifiedNanoseconds;

        [FieldOffset(136)]
        private readonly uint deviceMajor;

        [FieldOffset(140)]
        private readonly uint deviceMinor;

        /// <summary>The file system that contains the file.</summary>
        public readonly ulong Device => ((ulong)deviceMajor << 32) | deviceMinor;

        /// <summary>The mode without the file type.</summary>
        public readonly UnixFileMode Mode => (UnixFileMode)(mode & 0xFFF);

        public readonly bool IsRegularFile => (mode & S_IFMT) == S_IFREG;

        public readonly bool IsSocket => (mode & S_IFMT) == S_IFSOCK;

        public readonly bool IsSymbolicLink => (mode & S_IFMT) == S_IFLNK;

        public readonly bool IsDirectory => (mode & S_IFMT) == S_IFDIR;

        public readonly bool IsWritableByOthers => (Mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;

        /// <summary>When the content was last written; the owner can set it.</summary>
        public readonly DateTimeOffset Modified => Time(modifiedSeconds, modifiedNanoseconds);

        /// <summary>When content, mode, owner or name last changed; this time cannot be set.</summary>
        public readonly DateTimeOffset Changed => Time(changedSeconds, changedNanoseconds);

        private static DateTimeOffset Time(long seconds, uint nanoseconds) =>
            DateTimeOffset.UnixEpoch.AddSeconds(seconds).AddTicks(nanoseconds / 100);
    }
}
