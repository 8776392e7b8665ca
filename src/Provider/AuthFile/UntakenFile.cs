// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.AuthFile;

/// <summary>An auth file that CRI-O has not taken, held open: CRI-O may take it, or another run replace it,
/// meanwhile.</summary>
internal sealed class UntakenFile : IDisposable
{
    /// <summary>By how much a clock may be slewed in an hour, and what a file's time is coarser than a
    /// clock's.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    private readonly AuthDirectory directory;
    private readonly AuthFileMarks marks;
    private readonly string name;
    private readonly SafeFileHandle? file;
    private readonly Libc.FileStatus status;
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
        mark = file is null ? null : marks.Read(file, name, status.Inode);
    }

    /// <summary>In bytes.</summary>
    public ulong Size => status.Size;

    /// <summary>Whether a run has used it before because nobody had taken it.</summary>
    public bool IsClaimed => mark?.IsClaimed == true;

    /// <returns>Null when there is nothing of this name.</returns>
    /// <exception cref="Diagnostics.ProviderException">It cannot be known whether there is.</exception>
    public static UntakenFile? Open(AuthDirectory directory, AuthFileMarks marks, string name)
    {
        if (directory.Status(name) is not { } status)
        {
            return null;
        }

        // A link or a pipe has no mark; what is opened must be what was looked at.
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
    /// Since it was written or claimed. A file of an earlier start of the machine is as old as can be. One without a
    /// mark that seems to come from the future counts from now: the clock was set back since.
    /// </summary>
    public TimeSpan Age(Clocks clocks)
    {
        if (mark is { } known)
        {
            var age = clocks.Boot() - known.At;
            return age >= TimeSpan.Zero ? age : TimeSpan.MaxValue;
        }

        var told = clocks.Wall() - status.Modified;
        if (told >= TimeSpan.Zero)
        {
            return told;
        }

        if (file is not null)
        {
            mark = new AuthFileMark(clocks.Boot(), IsClaimed: false, Owner: "");
            marks.Write(file, name, mark);
        }

        return TimeSpan.Zero;
    }

    /// <summary>
    /// Whether it had its present name before this moment. Unknown counts as no: if the clock was set since the file
    /// was written, the time of its name and this moment cannot be compared.
    /// </summary>
    public bool WasNamedBefore(DateTimeOffset moment, Clocks clocks)
    {
        var isClockTheSame =
            mark is null || (status.Modified - mark.At - (clocks.Wall() - clocks.Boot())).Duration() < ClockTolerance;
        return isClockTheSame && status.Changed < moment;
    }

    /// <summary>Whether it was written for this service account, or does not say for which.</summary>
    public bool IsOf(string owner) => mark is null || mark.Owner.Length == 0 || mark.Owner == owner;

    /// <summary>Whether it holds exactly this.</summary>
    public bool Holds(ReadOnlySpan<byte> content)
    {
        if (file is null || status.Size != (ulong)content.Length)
        {
            return false;
        }

        var buffer = new byte[content.Length];
        return Libc.Read(file, buffer, buffer.Length) == buffer.Length && content.SequenceEqual(buffer);
    }

    /// <summary>Makes it the file of another pull: as if it were written now.</summary>
    /// <param name="owner">That pull's service account.</param>
    /// <param name="clocks">What time it is.</param>
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
