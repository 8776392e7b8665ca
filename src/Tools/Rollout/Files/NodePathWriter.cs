// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Primitive changes of a path, each made of one or a few system calls.</summary>
/// <param name="root">Where the node's root directory is mounted; empty for this node itself.</param>
internal abstract class NodePathWriter(string root) : NodeFileStateReader(root)
{
    /// <summary>Called with a short description before each change; tests simulate a crash here.</summary>
    public Action<string> Changing { get; init; } = static _ => { };

    /// <summary>Writes and syncs a new file.</summary>
    /// <param name="path">The path to show in messages.</param>
    /// <param name="beside">Where to write the file.</param>
    /// <param name="after">The wanted state.</param>
    /// <param name="content">Opens the content.</param>
    protected static void WriteNew(string path, string beside, FileState after, Func<Stream> content)
    {
        try
        {
            using var source = content();
            using var file = new FileStream(
                beside,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    BufferSize = 0,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            );
            source.CopyTo(file);
            if (!SetAttributes(file.SafeFileHandle, after))
            {
                throw Failed("set mode, owner or label of the new file of", path);
            }

            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RolloutException($"\"{path}\" cannot be written: {Diagnostics.OneLine.Of(e.Message)}");
        }

        if (Hash(beside) != after.Content)
        {
            throw new RolloutException(
                $"the new file of \"{path}\" is not what was planned: its source was changed meanwhile"
            );
        }
    }

    protected static void MakeLink(string path, string beside, string target)
    {
        try
        {
            _ = File.CreateSymbolicLink(beside, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RolloutException($"\"{path}\" cannot be linked: {Diagnostics.OneLine.Of(e.Message)}");
        }
    }

    protected void MakeDirectory(string path, FileState after)
    {
        if (Libc.Mkdir(Here(path), OwnerMode.Directory) != 0 && Errno.Last != Errno.EEXIST)
        {
            throw Failed("make", path);
        }

        using var directory = Libc.Open(Here(path), Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (directory.IsInvalid || !SetAttributes(directory, after))
        {
            throw Failed("set mode, owner or label of", path);
        }
    }

    /// <summary>Sets the owner before the mode, because chown clears the set-user-ID bit.</summary>
    protected static bool SetAttributes(SafeFileHandle file, FileState after) =>
        Libc.Fchown(file, after.Owner, after.Group) == 0
        && Libc.Fchmod(file, (UnixFileMode)after.Mode) == 0
        && (after.Label.Length == 0 || SetLabel(file, after.Label) == 0);

    /// <summary>Keeps a directory that is in use or is a mount point, as in a container.</summary>
    protected void RemoveDirectory(string path)
    {
        if (!Exists(Here(path)))
        {
            return;
        }

        Changing($"remove directory {path}");
        if (
            Libc.Unlinkat(Libc.AT_FDCWD, Here(path), Libc.AT_REMOVEDIR) != 0
            && Errno.Last is not (Errno.ENOENT or Errno.ENOTEMPTY or Errno.EEXIST or Errno.EBUSY)
        )
        {
            throw Failed("remove", path);
        }
    }

    /// <summary>Whether anything exists at this local path, including a dangling link.</summary>
    protected static bool Exists(string here) => Libc.Statx(Libc.AT_FDCWD, here, Libc.AT_SYMLINK_NOFOLLOW, out _) == 0;

    protected static int SetLabel(SafeFileHandle file, string label)
    {
        var bytes = Encoding.UTF8.GetBytes(label + "\0");
        return Libc.Fsetxattr(file, "security.selinux", bytes, bytes.Length, 0);
    }

    protected static void Rename(string from, string to, string path)
    {
        if (Libc.Renameat(Libc.AT_FDCWD, from, Libc.AT_FDCWD, to) != 0)
        {
            throw Failed("change", path);
        }
    }

    protected static void Remove(string here, string path)
    {
        if (Libc.Unlinkat(Libc.AT_FDCWD, here, 0) != 0 && !Errno.IsAbsence)
        {
            throw Failed("remove", path);
        }
    }

    protected void SyncDirectory(string path)
    {
        using var directory = Libc.Open(
            Path.GetDirectoryName(Here(path))!,
            Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC
        );
        if (directory.IsInvalid || Libc.Fsync(directory) != 0)
        {
            throw Failed("sync the directory of", path);
        }
    }
}
