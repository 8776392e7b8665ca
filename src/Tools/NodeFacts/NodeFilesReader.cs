using System.Runtime.InteropServices;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Yaml;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>What a file is.</summary>
internal enum FileKind
{
    Regular,
    Directory,
    SymbolicLink,
    Socket,
    Other,
}

/// <summary>What the file system says about one file.</summary>
/// <param name="Path">As the node names it.</param>
/// <param name="Kind">A link is looked at itself.</param>
/// <param name="Mode">The lower 12 bits.</param>
/// <param name="Owner">Numeric user.</param>
/// <param name="Group">Numeric group.</param>
/// <param name="Device">The file system.</param>
/// <param name="Modified">When its content was last written.</param>
/// <param name="Changed">When anything of it was last changed, also by a rename.</param>
internal sealed record FileFacts(
    string Path, FileKind Kind, int Mode, uint Owner, uint Group, ulong Device, DateTimeOffset Modified, DateTimeOffset Changed)
{
    /// <summary>Such as <c>root:root 0755</c>.</summary>
    public string OwnerAndMode => $"{Name(Owner)}:{Name(Group)} {ModeText(Mode)}";

    public bool IsOthersWritable => (Mode & 0x12) != 0;

    public bool IsExecutable => (Mode & 0x49) != 0;

    /// <summary>Four octal digits.</summary>
    public static string ModeText(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');

    private static string Name(uint id) => id == 0 ? "root" : id.ToString();
}

/// <summary>The way to a file: each directory and link on it, and the file itself at the end.</summary>
/// <param name="Asked">The path that was asked for.</param>
/// <param name="Steps">In order; links stand before what they lead to.</param>
/// <param name="Missing">The first path that does not exist; null when all do.</param>
internal sealed record FileWay(string Asked, IReadOnlyList<FileFacts> Steps, string? Missing)
{
    /// <summary>What is at the end, behind all links; null when it does not exist.</summary>
    public FileFacts? Target => Missing is null ? Steps[^1] : null;

    public bool IsLink => Steps.Any(step => step.Kind == FileKind.SymbolicLink && step.Path == Asked);
}

/// <summary>Room on a file system.</summary>
/// <param name="FreeBytes">What is left for files.</param>
/// <param name="FreeInodes">Null where the file system has no fixed number.</param>
/// <param name="IsReadOnly">Mounted so.</param>
internal sealed record FileSystemRoom(ulong FreeBytes, ulong? FreeInodes, bool IsReadOnly);

/// <summary>
/// Reads a node's files, also of a node whose root lies in a folder here: links are followed as that node would, below
/// the folder. It opens files for reading, and writes nothing.
/// </summary>
/// <param name="root">The folder; <c>/</c> for this node itself.</param>
internal sealed class NodeFilesReader(string root)
{
    private const int MaximumBytes = 16 * 1024 * 1024;
    private const int MaximumLinks = 40;

    /// <summary>ESRCH, which has no exception of its own: the framework keeps the number.</summary>
    private const int NoSuchProcess = 3;

    /// <summary>Without a slash at the end: empty for this node itself.</summary>
    public string Root { get; } = root.TrimEnd('/');

    /// <summary>Whether a root can lie there.</summary>
    public static bool IsFolderHere(string root) => Directory.Exists(root);

    /// <summary>Where a file of the node lies here, with its links followed; for readers that know no root.</summary>
    public string Here(string path) => Root.Length == 0 ? path : Root + Walk(path) switch
    {
        { Target: { } target } => target.Path,
        { Missing: { } missing } => missing,
        _ => path,
    };

    /// <summary>A text that names files here, in the node's own words.</summary>
    public string AsNodeSays(string text) => Root.Length == 0 ? text : text.Replace(Root + "/", "/", StringComparison.Ordinal);

    /// <summary>Follows the path, directory by directory and link by link.</summary>
    /// <exception cref="FactUnknownException">A directory on the way may not be looked into.</exception>
    public FileWay Walk(string path)
    {
        List<FileFacts> steps = [Look("/")!];
        var current = "";
        var rest = new Stack<string>(Parts(path).Reverse());
        var links = 0;
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                current = current.Length == 0 ? "" : current[..current.LastIndexOf('/')];
                continue;
            }

            var next = $"{current}/{part}";
            if (Look(next) is not { } facts)
            {
                return new FileWay(path, steps, string.Join('/', (string[])[next, .. rest]));
            }

            steps.Add(facts);
            if (facts.Kind != FileKind.SymbolicLink)
            {
                current = next;
                continue;
            }

            var target = new FileInfo(Root + next).LinkTarget ?? "";
            if (++links > MaximumLinks)
            {
                throw new FactUnknownException($"\"{path}\" leads through more than {MaximumLinks} links");
            }

            current = target.StartsWith('/') ? "" : current;
            foreach (var more in Parts(target).Reverse())
            {
                rest.Push(more);
            }
        }

        return new FileWay(path, current.Length == 0 ? steps[..1] : steps, null);
    }

    /// <summary>What is at the path, links followed; null when there is nothing.</summary>
    public FileFacts? Find(string path) => Walk(path).Target;

    /// <summary>What a link holds, unfollowed; null when there is no link. For those of <c>/proc</c>, which lead nowhere.</summary>
    public string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(Root + path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The text of a regular file; null when there is none.</summary>
    /// <exception cref="FactUnknownException">It is there, but cannot be read.</exception>
    public string? ReadText(string path)
    {
        if (Walk(path).Target is not { } target)
        {
            return null;
        }

        if (target.Kind != FileKind.Regular)
        {
            throw NoFile(path);
        }

        try
        {
            if (Open(path, target) is not { } handle)
            {
                return null;
            }

            using var file = new FileStream(handle, FileAccess.Read, bufferSize: 0);

            // Files of /proc tell no length: they are read to their end.
            var bytes = new byte[16 * 1024];
            var length = 0;
            while (file.Read(bytes.AsSpan(length)) is > 0 and var read)
            {
                length += read;
                if (length == bytes.Length)
                {
                    if (length >= MaximumBytes)
                    {
                        throw new FactUnknownException($"\"{path}\" is larger than {MaximumBytes} bytes");
                    }

                    Array.Resize(ref bytes, bytes.Length * 2);
                }
            }

            var text = Encoding.UTF8.GetString(bytes, 0, length);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (IOException e) when (e.HResult == NoSuchProcess)
        {
            // A file of /proc whose process has ended since it was opened.
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FactUnknownException($"\"{path}\" cannot be read{RootHint(e)}");
        }
    }

    /// <summary>
    /// Opens what was looked at, and nothing that was put in its place since: no link, which could lead out of the root,
    /// and no pipe, on which the open would wait. Only the last part of the path is safe from that: a directory on the way
    /// belongs to whoever can exchange it.
    /// </summary>
    /// <exception cref="FactUnknownException">It is another file now, or cannot be opened.</exception>
    /// <returns>Null when it is gone, as processes go.</returns>
    public SafeFileHandle? Open(string path, FileFacts target)
    {
        var handle = Libc.Open(
            Root + target.Path, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (handle.IsInvalid)
        {
            return Errno.IsAbsence
                ? null
                : throw new FactUnknownException(
                    $"\"{path}\" cannot be read: {Errno.Message}{(Libc.Geteuid() == 0 ? "" : "; run it as root")}");
        }

        if (Libc.Statx(handle, out var status) != 0 || !status.IsRegularFile)
        {
            handle.Dispose();
            throw NoFile(path);
        }

        return handle;
    }

    private static FactUnknownException NoFile(string path) => new($"\"{path}\" is no file");

    /// <summary>The names in a directory, in ordinal order; empty when there is none.</summary>
    /// <exception cref="FactUnknownException">It cannot be read.</exception>
    public IReadOnlyList<string> Names(string path)
    {
        if (Walk(path).Target is not { Kind: FileKind.Directory } target)
        {
            return [];
        }

        try
        {
            var names = Directory.GetFileSystemEntries(Root + target.Path).Select(entry => System.IO.Path.GetFileName(entry)).ToArray();
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FactUnknownException($"directory \"{path}\" cannot be read{RootHint(e)}");
        }
    }

    /// <summary>Room on the file system of an existing file; null when it cannot be told.</summary>
    public FileSystemRoom? Room(FileFacts file) =>
        Libc.Statvfs(Root + file.Path, out var status) == 0
            ? new FileSystemRoom(
                status.AvailableBlocks * status.BlockSize, status.Inodes == 0 ? null : status.FreeInodes, status.IsReadOnly)
            : null;

    /// <summary>The SELinux label, such as <c>system_u:object_r:container_config_t:s0</c>; null without SELinux.</summary>
    public string? SelinuxLabel(FileFacts file)
    {
        Span<byte> value = stackalloc byte[1024];
        var length = Libc.Lgetxattr(Root + file.Path, "security.selinux", value, value.Length);
        return length > 0 ? Encoding.UTF8.GetString(value[..(int)length]).TrimEnd('\0') : null;
    }

    private FileFacts? Look(string path)
    {
        var here = Root + path;
        if (Libc.Statx(Libc.AT_FDCWD, here.Length == 0 ? "/" : here, Libc.AT_SYMLINK_NOFOLLOW, out var status) == 0)
        {
            var kind = status.IsRegularFile ? FileKind.Regular
                : status.IsDirectory ? FileKind.Directory
                : status.IsSymbolicLink ? FileKind.SymbolicLink
                : status.IsSocket ? FileKind.Socket
                : FileKind.Other;
            return new FileFacts(
                path, kind, (int)status.Mode, status.Owner, status.Group, status.Device, status.Modified, status.Changed);
        }

        return Errno.IsAbsence
            ? null
            : throw new FactUnknownException(
                $"\"{path}\" cannot be looked at: {Errno.Message}; run it as root");
    }

    private static string RootHint(Exception e) => e is UnauthorizedAccessException ? ": permission denied; run it as root" : $": {e.GetType().Name}";

    private static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");
}
