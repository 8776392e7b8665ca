using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Interop;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// Puts the auth file into CRI-O's directory: a temporary file, 0600 from birth, renamed within the directory, which
/// is held open so that nothing can be slipped under it meanwhile. CRI-O sees the whole file or none.
/// </summary>
internal static class AuthFileWriter
{
    private const int OwnerReadWrite = 0x180; // 0600
    private const int OwnerAll = 0x1C0; // 0700

    /// <param name="directory">Created with mode 0700 if it is missing; must not be a symbolic link.</param>
    /// <param name="fileName">A plain name.</param>
    /// <param name="content">The whole file.</param>
    /// <param name="warn">Takes what is odd but no reason to fail.</param>
    /// <returns>The path of the file.</returns>
    /// <exception cref="ProviderException">Nothing was written, and nothing is left behind.</exception>
    public static string Write(string directory, string fileName, ReadOnlySpan<byte> content, Action<Notice> warn)
    {
        if (fileName.Contains('/', StringComparison.Ordinal) || fileName is "" or "." or "..")
        {
            throw new ArgumentException("not a plain file name", nameof(fileName));
        }

        var descriptor = OpenDirectory(directory, warn);
        try
        {
            WriteThrough(descriptor, directory, fileName, content);
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }

        return $"{directory.TrimEnd('/')}/{fileName}";
    }

    private static int OpenDirectory(string directory, Action<Notice> warn)
    {
        var parent = Path.GetDirectoryName(Path.GetFullPath(directory.TrimEnd('/')));
        try
        {
            if (parent is not null && !Directory.Exists(parent))
            {
                Directory.CreateDirectory(
                    parent,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                    | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
                    | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(directory, OneLine.Of(e.Message));
        }

        // The umask takes bits away from mkdir's mode, but it can never add any.
        var isNew = Libc.MakeDirectory(directory, OwnerAll) == 0;
        var descriptor = Libc.Open(
            directory.TrimEnd('/'), Libc.ReadOnly | Libc.DirectoryOnly | Libc.NoFollow | Libc.CloseOnExec);
        if (descriptor < 0)
        {
            var why = Marshal.GetLastPInvokeErrorMessage();
            throw Unusable(
                directory,
                new FileInfo(directory.TrimEnd('/')).LinkTarget is not null ? "it is a symbolic link" : why);
        }

        if (isNew)
        {
            _ = Libc.ChangeMode(descriptor, OwnerAll);
        }
        else if ((File.GetUnixFileMode(directory) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
        {
            warn(new Notice(
                Reasons.AuthDirectoryUnusable,
                $"Auth directory \"{directory}\" can be written by others than its owner; chmod 0700 it"));
        }

        return descriptor;
    }

    private static void WriteThrough(int directory, string directoryName, string fileName, ReadOnlySpan<byte> content)
    {
        var temporary = $".auth-{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp";
        var file = Libc.OpenAt(
            directory,
            temporary,
            Libc.WriteOnly | Libc.Create | Libc.Exclusive | Libc.NoFollow | Libc.CloseOnExec,
            OwnerReadWrite);
        if (file < 0)
        {
            throw NotWritten(directoryName, fileName, Marshal.GetLastPInvokeErrorMessage());
        }

        string? why;
        try
        {
            why = WriteAll(file, content);
        }
        finally
        {
            _ = Libc.Close(file);
        }

        if (why is null && Libc.RenameAt(directory, temporary, directory, fileName) != 0)
        {
            why = Marshal.GetLastPInvokeErrorMessage();
        }

        if (why is not null)
        {
            _ = Libc.UnlinkAt(directory, temporary, 0);
            throw NotWritten(directoryName, fileName, why);
        }
    }

    /// <returns>Why not everything could be written; null when it was.</returns>
    private static string? WriteAll(int file, ReadOnlySpan<byte> content)
    {
        if (Libc.ChangeMode(file, OwnerReadWrite) != 0)
        {
            return Marshal.GetLastPInvokeErrorMessage();
        }

        while (!content.IsEmpty)
        {
            var count = Libc.Write(file, content, content.Length);
            if (count >= 0)
            {
                content = content[(int)count..];
            }
            else if (Marshal.GetLastPInvokeError() != Libc.InterruptedCall)
            {
                return Marshal.GetLastPInvokeErrorMessage();
            }
        }

        return null;
    }

    private static ProviderException Unusable(string directory, string why) => new(
        Reasons.AuthDirectoryUnusable,
        $"auth directory \"{directory}\" cannot be used: {why}",
        "make it a directory of root's with mode 0700, the one that CRI-O's namespaced_auth_dir names");

    private static ProviderException NotWritten(string directory, string fileName, string why) => new(
        Reasons.AuthFileNotWritten,
        $"auth file \"{directory.TrimEnd('/')}/{fileName}\" could not be written: {why}",
        "check the file system's free space, its mount options and the directory's mode");
}
