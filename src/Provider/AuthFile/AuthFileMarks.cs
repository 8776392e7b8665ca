// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// Stores the marks of auth files: in an extended attribute of the file or, if the file system has none (tmpfs before
/// Linux 6.6), in a separate file in the run directory that is tied to the auth file by its inode.
/// </summary>
/// <param name="run">This program's own directory; null if it cannot be used.</param>
internal sealed class AuthFileMarks(RunDirectory? run)
{
    private const string Attribute = "user.crio-credential-provider";
    private const string Suffix = ".mark";

    /// <summary>Marks an open file. If the mark cannot be written, the file's age is read from its own times, and any
    /// service account may remove it.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="fileName">Its name in CRI-O's directory.</param>
    /// <param name="mark">The mark to store.</param>
    public void Write(SafeFileHandle file, string fileName, AuthFileMark mark)
    {
        var text = mark.ToBytes();
        if (
            Libc.Fsetxattr(file, Attribute, text, text.Length, 0) == 0
            || run is null
            || Libc.Statx(file, out var status) != 0
        )
        {
            return;
        }

        using var beside = Libc.OpenAt(
            run.Handle,
            fileName + Suffix,
            Libc.O_WRONLY | Libc.O_CREAT | Libc.O_TRUNC | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC,
            OwnerMode.File
        );
        if (!beside.IsInvalid)
        {
            byte[] line =
            [
                .. Encoding.ASCII.GetBytes(status.Inode.ToString(CultureInfo.InvariantCulture)),
                (byte)' ',
                .. text,
            ];
            _ = Libc.Write(beside, line, line.Length);
        }
    }

    /// <param name="file">The open file.</param>
    /// <param name="fileName">Its name in CRI-O's directory.</param>
    /// <param name="inode">Its inode.</param>
    /// <param name="mark">Null if the file has none.</param>
    /// <returns>False if the file may have a mark, but it cannot be read.</returns>
    public bool TryRead(SafeFileHandle file, string fileName, ulong inode, out AuthFileMark? mark)
    {
        Span<byte> buffer = stackalloc byte[AuthFileMark.LongestText];
        var length = Libc.Fgetxattr(file, Attribute, buffer, buffer.Length);
        if (length >= 0)
        {
            mark = AuthFileMark.Parse(buffer[..(int)length]);
            return mark is not null;
        }

        var hasNone = Errno.Last is Errno.ENODATA or Errno.EOPNOTSUPP;
        return TryReadBeside(fileName, inode, out mark) && (hasNone || mark is not null);
    }

    /// <summary>Removes marks whose file no longer exists.</summary>
    /// <param name="directory">CRI-O's directory.</param>
    public void RemoveStale(AuthDirectory directory)
    {
        foreach (var name in run?.Names() ?? [])
        {
            if (name.EndsWith(Suffix, StringComparison.Ordinal) && directory.Status(name[..^Suffix.Length]) is null)
            {
                _ = Libc.Unlinkat(run!.Handle, name, 0);
            }
        }
    }

    private bool TryReadBeside(string fileName, ulong inode, out AuthFileMark? mark)
    {
        mark = null;
        if (run is null)
        {
            return true;
        }

        using var beside = Libc.OpenAt(
            run.Handle,
            fileName + Suffix,
            Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC
        );
        if (beside.IsInvalid)
        {
            return Errno.IsAbsence;
        }

        Span<byte> buffer = stackalloc byte[AuthFileMark.LongestText + 32];
        var length = Libc.Read(beside, buffer, buffer.Length);
        ReadOnlySpan<byte> line = length > 0 ? buffer[..(int)length] : [];
        var space = line.IndexOf((byte)' ');
        if (
            space <= 0
            || line.Length == buffer.Length
            || !ulong.TryParse(line[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var markedInode)
        )
        {
            return false;
        }

        if (markedInode != inode)
        {
            return true;
        }

        mark = AuthFileMark.Parse(line[(space + 1)..]);
        return mark is not null;
    }
}
