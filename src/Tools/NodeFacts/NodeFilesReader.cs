// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>
/// Reads a node's files. The node's root may be a directory of this machine; links are then resolved below that
/// directory. It opens files for reading only.
/// </summary>
/// <param name="root">The root directory; <c>/</c> for this node itself.</param>
internal sealed class NodeFilesReader(string root)
{
    private const int MaximumBytes = 16 * 1024 * 1024;

    private readonly SafeFileHandle rootDirectory = Libc.Open(
        root.TrimEnd('/') is { Length: > 0 } folder ? folder : "/",
        Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC
    );

    /// <summary>The root directory without a trailing slash; empty for this node itself.</summary>
    public string Root { get; } = root.TrimEnd('/');

    /// <summary>Why the path cannot be a node's root; null if it can.</summary>
    public static string? WhyNotRoot(string root)
    {
        using var folder = Libc.Open(root, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        return !folder.IsInvalid ? null
            : Errno.IsAbsence ? "there is no such directory"
            : Errno.Message;
    }

    /// <summary>Reads whole files of the node.</summary>
    public SmallFileReader Reader { get; } = SmallFileReader.Below(root);

    /// <summary>Resolves a path, component by component and link by link.</summary>
    /// <exception cref="FactUnknownException">The permissions of a directory on the path deny access.</exception>
    public ResolvedPath Walk(string path)
    {
        List<FileFacts> steps = [RootFacts()];
        using var file = RootedPath.Walk(
            rootDirectory,
            path,
            Libc.O_PATH,
            (name, status) => steps.Add(Facts(name, status)),
            out var reached
        );
        if (!file.IsInvalid)
        {
            return new ResolvedPath(path, reached == "/" ? steps[..1] : steps, null);
        }

        return Errno.Last switch
        {
            _ when Errno.IsAbsence => new ResolvedPath(path, steps, reached),
            Errno.ELOOP => throw new FactUnknownException($"\"{path}\" leads through too many links"),
            _ => throw Unreadable($"\"{reached}\" cannot be examined", Errno.Message),
        };
    }

    /// <summary>The file at the path, with links followed; null if it does not exist.</summary>
    public FileFacts? Find(string path) => Walk(path).Target;

    /// <summary>
    /// The target of a link, not followed; null if there is no link. Targets in <c>/proc</c> need not exist.
    /// </summary>
    /// <exception cref="FactUnknownException">Access to the link is denied.</exception>
    public string? LinkTarget(string path)
    {
        using var link = RootedPath.Open(rootDirectory, path, Libc.O_PATH | Libc.O_NOFOLLOW);
        return RootedPath.TargetOf(link)
            ?? (Errno.IsAbsence ? null : throw Unreadable($"\"{path}\" cannot be examined", Errno.Message));
    }

    /// <summary>The text of a regular file; null if it does not exist.</summary>
    /// <exception cref="FactUnknownException">The file exists, but cannot be read.</exception>
    public string? ReadText(string path)
    {
        try
        {
            if (Reader.Read(path, MaximumBytes) is not { } bytes)
            {
                return null;
            }

            var text = Encoding.UTF8.GetString(bytes);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (UnreadableFileException e)
        {
            throw Unreadable($"\"{path}\" cannot be read", e.Message);
        }
    }

    /// <summary>The names in a directory, in ordinal order; empty if it does not exist.</summary>
    /// <exception cref="FactUnknownException">The directory cannot be read.</exception>
    public IReadOnlyList<string> Names(string path)
    {
        if (Walk(path).Target is not { Kind: FileKind.Directory } target)
        {
            return [];
        }

        try
        {
            return Reader.Names(target.Path) ?? [];
        }
        catch (UnreadableFileException e)
        {
            throw Unreadable($"directory \"{path}\" cannot be read", e.Message);
        }
    }

    /// <summary>Opens a regular file that may be large; null if it does not exist.</summary>
    /// <exception cref="FactUnknownException">The file exists, but cannot be opened.</exception>
    public SafeFileHandle? OpenRegular(string path)
    {
        var file = RootedPath.Open(rootDirectory, path, Libc.O_RDONLY | Libc.O_NONBLOCK);
        if (file.IsInvalid)
        {
            return Errno.IsAbsence ? null : throw Unreadable($"\"{path}\" cannot be read", Errno.Message);
        }

        var isKnown = Libc.Statx(file, out var status) == 0;
        if (isKnown && status.IsRegularFile)
        {
            return file;
        }

        var problem = isKnown ? null : Unreadable($"\"{path}\" cannot be examined", Errno.Message);
        file.Dispose();
        return problem is null ? null : throw problem;
    }

    /// <summary>The free space of an existing file's file system; null if it is unknown.</summary>
    public FileSystemRoom? Room(FileFacts file) =>
        Libc.Statvfs(Root + file.Path, out var status) == 0
            ? new FileSystemRoom(
                status.AvailableBlocks * status.BlockSize,
                status.Inodes == 0 ? null : status.FreeInodes,
                status.IsReadOnly,
                status.IsNoExec
            )
            : null;

    /// <summary>
    /// The SELinux label, for example <c>system_u:object_r:container_config_t:s0</c>; null without SELinux.
    /// </summary>
    /// <exception cref="FactUnknownException">The file may have a label, but it cannot be read.</exception>
    public string? SelinuxLabel(FileFacts file)
    {
        Span<byte> value = stackalloc byte[1024];
        var length = Libc.Lgetxattr(Root + file.Path, "security.selinux", value, value.Length);
        return length > 0 ? Encoding.UTF8.GetString(value[..(int)length]).TrimEnd('\0')
            : length == 0 || Errno.Last is Errno.ENODATA or Errno.EOPNOTSUPP ? null
            : throw Unreadable($"the SELinux label of \"{file.Path}\" cannot be read", Errno.Message);
    }

    private FileFacts RootFacts() =>
        Libc.Statx(rootDirectory, out var status) == 0
            ? Facts("/", status)
            : throw Unreadable($"\"{Root}/\" cannot be examined", Errno.Message);

    private static FileFacts Facts(string path, Libc.FileStatus status)
    {
        var kind =
            status.IsRegularFile ? FileKind.Regular
            : status.IsDirectory ? FileKind.Directory
            : status.IsSymbolicLink ? FileKind.SymbolicLink
            : status.IsSocket ? FileKind.Socket
            : FileKind.Other;
        return new FileFacts(
            path,
            kind,
            (int)status.Mode,
            status.Owner,
            status.Group,
            status.Device,
            status.Modified,
            status.Changed
        );
    }

    /// <summary>The file exists but cannot be read. The message suggests root unless the process is root.</summary>
    private static FactUnknownException Unreadable(string what, string why)
    {
        var isRoot = Libc.Geteuid() == 0;
        return new FactUnknownException($"{what}: {why}{(isRoot ? "" : "; run it as root")}") { NeedsRoot = !isRoot };
    }
}
