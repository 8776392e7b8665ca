// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.AuthFile;

/// <summary>An auth file that CRI-O has not taken. It is held open, because CRI-O may take it, or another run replace
/// it, at any time.</summary>
internal sealed class UntakenFile : IDisposable
{
    /// <summary>How far the clocks may drift within an hour, plus the coarser resolution of file times.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    private readonly AuthDirectory directory;
    private readonly AuthFileMarks marks;
    private readonly string name;
    private readonly SafeFileHandle? file;
    private readonly Libc.FileStatus status;

    /// <summary>Whether <see cref="mark"/> is the file's. If not, the file may belong to any pull.</summary>
    private readonly bool isMarkKnown;

    private AuthFileMark? mark;

    private UntakenFile(
        AuthDirectory directory,
        AuthFileMarks marks,
        string name,
        SafeFileHandle? file,
        in Libc.FileStatus status
    )
    {
        (this.directory, this.marks, this.name, this.file, this.status) = (directory, marks, name, file, status);

        // A link or a pipe has no mark.
        isMarkKnown = file is null ? !status.IsRegularFile : marks.TryRead(file, name, status.Inode, out mark);
    }

    /// <summary>In bytes.</summary>
    public ulong Size => status.Size;

    /// <summary>Whether a run has reused it because CRI-O had not taken it.</summary>
    public bool IsClaimed => mark?.IsClaimed == true;

    /// <returns>Null if the name does not exist.</returns>
    /// <exception cref="Diagnostics.ProviderException">The entry cannot be read.</exception>
    public static UntakenFile? Open(AuthDirectory directory, AuthFileMarks marks, string name)
    {
        if (directory.Status(name) is not { } status)
        {
            return null;
        }

        // The opened file must be the one whose status was read.
        var file = status.IsRegularFile
            ? Libc.OpenAt(directory.Handle, name, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC)
            : null;
        if (
            file is not null
            && (file.IsInvalid || Libc.Statx(file, out var opened) != 0 || opened.Inode != status.Inode)
        )
        {
            file.Dispose();
            file = null;
        }

        return new UntakenFile(directory, marks, name, file, status);
    }

    /// <summary>
    /// The time since it was written or claimed. A file from before a reboot has the maximum age. If a file without a
    /// mark has a time in the future, the clock was set back, so its age starts now. A mark that cannot be read is
    /// kept.
    /// </summary>
    public TimeSpan Age(Clocks clocks)
    {
        if (mark is { } known)
        {
            var age = clocks.Boot() - known.At;
            return age >= TimeSpan.Zero ? age : TimeSpan.MaxValue;
        }

        var wallAge = clocks.Wall() - status.Modified;
        if (wallAge >= TimeSpan.Zero)
        {
            return wallAge;
        }

        if (file is not null && isMarkKnown)
        {
            mark = new AuthFileMark(clocks.Boot(), IsClaimed: false, Owner: "");
            marks.Write(file, name, mark);
        }

        return TimeSpan.Zero;
    }

    /// <summary>
    /// Whether it got its current name before this moment. False if unknown: if the clock was set after the file was
    /// written, the two times cannot be compared.
    /// </summary>
    public bool WasNamedBefore(DateTimeOffset moment, Clocks clocks)
    {
        var isClockTheSame =
            mark is null || (status.Modified - mark.At - (clocks.Wall() - clocks.Boot())).Duration() < ClockTolerance;
        return isMarkKnown && isClockTheSame && status.Changed < moment;
    }

    /// <summary>Whether it was written for this service account, or does not name one. False if unknown.</summary>
    public bool IsOf(string owner) => isMarkKnown && (mark is null || mark.Owner.Length == 0 || mark.Owner == owner);

    /// <summary>Whether it has exactly this content.</summary>
    public bool Holds(ReadOnlySpan<byte> content)
    {
        if (file is null || status.Size != (ulong)content.Length)
        {
            return false;
        }

        var buffer = new byte[content.Length];
        return Libc.Read(file, buffer, buffer.Length) == buffer.Length && content.SequenceEqual(buffer);
    }

    /// <summary>Makes it the file of another pull, as if it had just been written.</summary>
    /// <param name="owner">That pull's service account.</param>
    /// <param name="clocks">Wall clock and boot clock.</param>
    /// <returns>False if the file no longer exists.</returns>
    public bool Claim(string owner, Clocks clocks)
    {
        if (file is null)
        {
            return false;
        }

        marks.Write(file, name, new AuthFileMark(clocks.Boot(), IsClaimed: true, owner));
        _ = Libc.Futimens(file);
        return directory.Status(name) is { } now && now.Inode == status.Inode;
    }

    public void Dispose() => file?.Dispose();
}
