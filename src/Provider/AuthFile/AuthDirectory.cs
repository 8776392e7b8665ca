using System.Runtime.InteropServices;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// CRI-O's directory of auth files, held open so that nothing can be slipped under it meanwhile: whatever happens to an
/// entry happens relative to the descriptor. The directory itself is never reached through a symbolic link.
/// </summary>
internal sealed class AuthDirectory : IDisposable
{
    private const int OwnerAll = 0x1C0; // 0700
    private const int EverybodyReads = 0x1ED; // 0755

    private AuthDirectory(int descriptor, string path) => (Descriptor, Path) = (descriptor, path);

    public int Descriptor { get; }

    /// <summary>Without a slash at the end; for messages and for the watch.</summary>
    public string Path { get; }

    /// <param name="path">Created with mode 0700 if it is missing, its parents with 0755.</param>
    /// <param name="warn">Takes what is odd but no reason to fail.</param>
    /// <exception cref="ProviderException">It cannot be made or opened, or is a symbolic link.</exception>
    public static AuthDirectory OpenOrCreate(string path, Action<Notice> warn)
    {
        path = Trimmed(path);
        var isNew = Libc.MakeDirectory(path, OwnerAll) == 0;
        if (!isNew && Marshal.GetLastPInvokeError() == Libc.NoEntry)
        {
            MakeParents(path);
            isNew = Libc.MakeDirectory(path, OwnerAll) == 0;
        }

        var directory = Open(path);
        if (isNew)
        {
            // The umask takes bits away from mkdir's mode, but it can never add any.
            _ = Libc.ChangeMode(directory.Descriptor, OwnerAll);
        }
        else if (Libc.Status(directory.Descriptor, "", Libc.OfDescriptor, Libc.BasicStatus, out var status) == 0)
        {
            WarnOfOthers(path, status, warn);
        }

        return directory;
    }

    /// <summary>Null when there is no such directory: then there is nothing in it to remove either.</summary>
    /// <exception cref="ProviderException">There is something, but it cannot be opened as a directory.</exception>
    public static AuthDirectory? OpenIfThere(string path)
    {
        path = Trimmed(path);
        var descriptor = OpenDirectory(path);
        return descriptor >= 0 ? new AuthDirectory(descriptor, path)
            : Marshal.GetLastPInvokeError() == Libc.NoEntry ? null
            : throw Unusable(path);
    }

    /// <summary>When the entry was last written; null when there is none. A link is looked at itself.</summary>
    public DateTimeOffset? Modified(string name) =>
        Libc.Status(Descriptor, name, Libc.SymbolicLinkNotFollowed, Libc.BasicStatus, out var status) == 0
            ? status.Modified
            : null;

    /// <summary>The names in the directory, without <c>.</c> and <c>..</c>; as far as they can be read.</summary>
    public List<string> Names()
    {
        List<string> names = [];
        var listing = Libc.OpenAt(Descriptor, ".", Libc.ReadOnly | Libc.DirectoryOnly | Libc.CloseOnExec, 0);
        if (listing < 0)
        {
            return names;
        }

        Span<byte> buffer = stackalloc byte[8 * 1024];
        while (Libc.ReadEntries(listing, buffer, buffer.Length) is > 0 and var length)
        {
            for (var rest = buffer[..(int)length]; !rest.IsEmpty; rest = rest[BitConverter.ToUInt16(rest[16..])..])
            {
                var name = rest[19..];
                name = name[..name.IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    names.Add(Encoding.UTF8.GetString(name));
                }
            }
        }

        _ = Libc.Close(listing);
        return names;
    }

    /// <summary>A directory in this one; null when there is none, or when it is something else.</summary>
    public AuthDirectory? Inner(string name)
    {
        var descriptor = Libc.OpenAt(
            Descriptor, name, Libc.ReadOnly | Libc.DirectoryOnly | Libc.NoFollow | Libc.CloseOnExec, 0);
        return descriptor < 0 ? null : new AuthDirectory(descriptor, $"{Path}/{name}");
    }

    public void Dispose() => _ = Libc.Close(Descriptor);

    /// <summary>Whoever may write in the directory can take files away from CRI-O, or give it others.</summary>
    private static void WarnOfOthers(string path, in Libc.FileStatus status, Action<Notice> warn)
    {
        if (status.IsWritableByOthers)
        {
            warn(new Notice(
                Reasons.AuthDirectoryUnusable,
                $"Auth directory \"{path}\" can be written by others than its owner; chmod 0700 it"));
        }

        if (status.Owner != 0 && status.Owner != Libc.EffectiveUser())
        {
            warn(new Notice(
                Reasons.AuthDirectoryUnusable,
                $"Auth directory \"{path}\" belongs to user {status.Owner}, who can replace what is in it; chown it to root"));
        }
    }

    private static AuthDirectory Open(string path)
    {
        var descriptor = OpenDirectory(path);
        return descriptor < 0 ? throw Unusable(path) : new AuthDirectory(descriptor, path);
    }

    private static int OpenDirectory(string path) =>
        Libc.Open(path, Libc.ReadOnly | Libc.DirectoryOnly | Libc.NoFollow | Libc.CloseOnExec);

    private static void MakeParents(string path)
    {
        for (var slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            // What cannot be made shows when the directory itself is opened.
            _ = Libc.MakeDirectory(path[..slash], EverybodyReads);
        }
    }

    private static string Trimmed(string path) => path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";

    private static ProviderException Unusable(string path)
    {
        var why = Marshal.GetLastPInvokeErrorMessage();
        var isLink = Libc.Status(
            Libc.CurrentDirectory, path, Libc.SymbolicLinkNotFollowed, Libc.BasicStatus, out var status) == 0 && status.IsSymbolicLink;
        return new ProviderException(
            Reasons.AuthDirectoryUnusable,
            $"auth directory \"{path}\" cannot be used: {(isLink ? "it is a symbolic link" : why)}",
            "make it a directory of root's with mode 0700, the one that CRI-O's namespaced_auth_dir names");
    }
}
