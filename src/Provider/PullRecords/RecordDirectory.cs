// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.PullRecords;

/// <summary>
/// A directory in which the kubelet keeps records, one JSON document per file (kubernetes
/// pkg/kubelet/images/pullmanager/fs_pullrecords.go). It is held open. Directory and files are trusted only if they
/// belong to root or to the user of this process, and no other user can write to them.
/// </summary>
internal sealed class RecordDirectory : IDisposable
{
    private const string Prefix = "sha256-";

    /// <summary>The kubelet writes a record under this name, then renames it.</summary>
    private const string HalfWritten = ".tmp";

    private readonly SafeFileHandle handle;

    private RecordDirectory(SafeFileHandle handle, string path) => (this.handle, Path) = (handle, path);

    public string Path { get; }

    /// <param name="path">For example <c>/var/lib/kubelet/image_manager/pulling</c>.</param>
    /// <param name="problem">Why it cannot be used; null also if the directory does not exist.</param>
    /// <returns>Null if there is no usable directory.</returns>
    public static RecordDirectory? Open(string path, out string? problem)
    {
        problem = null;
        var handle = Libc.Open(path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
        if (handle.IsInvalid)
        {
            problem = Errno.Last == Errno.ENOENT ? null : $"\"{path}\" cannot be opened: {Errno.Message}";
            return null;
        }

        var directory = new RecordDirectory(handle, path);
        if (Libc.Statx(handle, out var status) == 0 && IsTrusted(status))
        {
            return directory;
        }

        problem =
            $"\"{path}\" belongs to user {status.Owner} with mode {Convert.ToString((int)status.Mode, 8)}: "
            + "others than root can write to it";
        directory.Dispose();
        return null;
    }

    /// <summary>The names of all records; null if the directory cannot be listed.</summary>
    public List<string>? Names()
    {
        var names = DirectoryNames.ReadAll(handle);
        names?.RemoveAll(name =>
            !name.StartsWith(Prefix, StringComparison.Ordinal) || name.EndsWith(HalfWritten, StringComparison.Ordinal)
        );
        return names;
    }

    /// <summary>The content of a record.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="longest">Maximum size of a record, in bytes.</param>
    /// <param name="problem">Why it cannot be read; null also if it no longer exists.</param>
    /// <returns>Null if the record cannot be read or no longer exists.</returns>
    public byte[]? Read(string name, int longest, out string? problem)
    {
        problem = null;
        using var file = Libc.OpenAt(handle, name, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (file.IsInvalid)
        {
            problem = Errno.Last == Errno.ENOENT ? null : $"\"{Path}/{name}\" cannot be opened: {Errno.Message}";
            return null;
        }

        if (
            Libc.Statx(file, out var status) != 0
            || !status.IsRegularFile
            || !IsTrusted(status)
            || status.Size > (ulong)longest
        )
        {
            problem = $"\"{Path}/{name}\" is not a file of at most {longest} bytes that only root can write";
            return null;
        }

        var content = new byte[(int)status.Size];
        var length = Libc.Read(file, content, content.Length);
        problem = length == content.Length ? null : $"\"{Path}/{name}\" cannot be read";
        return problem is null ? content : null;
    }

    public void Dispose() => handle.Dispose();

    private static bool IsTrusted(in Libc.FileStatus status) =>
        !status.IsWritableByOthers && (status.Owner == 0 || status.Owner == Libc.Geteuid());
}
