using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    public const int SymbolicLinkNotFollowed = 0x100; // AT_SYMLINK_NOFOLLOW
    public const int OfDescriptor = 0x1000; // AT_EMPTY_PATH
    public const uint BasicStatus = 0x7FF; // STATX_BASIC_STATS

    /// <summary>
    /// statx(2): unlike stat(2), its structure is the same on every processor.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Status(int directory, string path, int flags, uint mask, out FileStatus status);

    /// <summary>geteuid(2): the number of the user whose rights count; 0 is root.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>
    /// Whether there is a pipe, a socket or a device at this path: opening one could wait for ever, and it has no length.
    /// </summary>
    public static bool IsSpecialFile(string path) =>
        Status(CurrentDirectory, path, 0, BasicStatus, out var status) == 0 && !status.IsRegularFile && !status.IsDirectory;

    /// <summary>Whether there is a directory at this path, and not a link to one.</summary>
    public static bool IsDirectory(string path) =>
        Status(CurrentDirectory, path, SymbolicLinkNotFollowed, BasicStatus, out var status) == 0 && status.IsDirectory;

    /// <summary>The parts of <c>struct statx</c> that are used here; 256 bytes in all.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        [FieldOffset(20)]
        public readonly uint Owner;

        [FieldOffset(24)]
        public readonly uint Group;

        [FieldOffset(28)]
        private readonly ushort mode;

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

        /// <summary>The file system that it lies on.</summary>
        public readonly ulong Device => ((ulong)deviceMajor << 32) | deviceMinor;

        /// <summary>The lower 12 bits of the mode.</summary>
        public readonly int Permissions => mode & 0xFFF;

        public readonly bool IsRegularFile => (mode & 0xF000) == 0x8000;

        public readonly bool IsSocket => (mode & 0xF000) == 0xC000;

        public readonly bool IsSymbolicLink => (mode & 0xF000) == 0xA000;

        public readonly bool IsDirectory => (mode & 0xF000) == 0x4000;

        public readonly bool IsWritableByOthers => (mode & 0x12) != 0;

        public readonly DateTimeOffset Modified => Time(modifiedSeconds, modifiedNanoseconds);

        /// <summary>When content, mode, owner or name were last changed; unlike <see cref="Modified"/>, nobody can set it.</summary>
        public readonly DateTimeOffset Changed => Time(changedSeconds, changedNanoseconds);

        private static DateTimeOffset Time(long seconds, uint nanoseconds) =>
            DateTimeOffset.UnixEpoch.AddSeconds(seconds).AddTicks(nanoseconds / 100);
    }
}
