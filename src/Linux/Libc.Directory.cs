using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    public const int CurrentDirectory = -100; // AT_FDCWD
    public const int LinkFollowed = 0x400; // AT_SYMLINK_FOLLOW
    public const int Exists = 17;
    public const int NonBlocking = 0x800;
    public const int ReadWrite = 2;

    /// <summary>O_TMPFILE: a file without a name in the given directory.</summary>
    public static int Unnamed => 0x400000 | DirectoryOnly;

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LinkAt(int fromDirectory, string from, int toDirectory, string to, int flags);

    /// <summary>
    /// getdents64(2): as many entries as fit. Each has 8 bytes of inode, 8 of offset, 2 of its own length, 1 of type,
    /// then the name, ended by a zero.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint ReadEntries(int directory, Span<byte> buffer, nint size);

    /// <summary>signal(3); 1 as the handler ignores it.</summary>
    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Handle(int signal, nint handler);

    /// <summary>A file that grows over a limit is a failed write then, which can be told, instead of a silent death.</summary>
    public static void SurviveFileSizeLimit()
    {
        const int FileSizeLimitExceeded = 25; // SIGXFSZ
        _ = Handle(FileSizeLimitExceeded, 1);
    }
}
