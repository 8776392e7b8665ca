// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

/// <summary>
/// Paths below a directory that acts as the root: no link leads out of it, neither an absolute link nor one with
/// <c>..</c>.
/// </summary>
internal static class RootedPath
{
    private const int MostLinks = 40; // MAXSYMLINKS

    /// <summary>Opens the path. With O_NOFOLLOW, a link in the last component is not followed.</summary>
    /// <returns>An invalid handle on failure (errno is set).</returns>
    public static SafeFileHandle Open(SafeFileHandle root, string path, int flags)
    {
        var file = Libc.Openat2(root, path, flags | Libc.O_CLOEXEC, Libc.RESOLVE_IN_ROOT);
        return file.IsInvalid && Errno.Last is Errno.ENOSYS or Errno.EPERM
            ? Walk(root, path, flags, null, out _)
            : file;
    }

    /// <summary>
    /// Like <see cref="Open"/>, but one path component at a time: for kernels without openat2, and for callers that
    /// check each component.
    /// </summary>
    /// <param name="root">The directory that acts as the root.</param>
    /// <param name="path">The path on the node.</param>
    /// <param name="flags">Flags for open(2).</param>
    /// <param name="visit">Called with the path and status of each component; may be null.</param>
    /// <param name="reached">The path of the file with links resolved, or the path that could not be opened.</param>
    public static SafeFileHandle Walk(
        SafeFileHandle root,
        string path,
        int flags,
        Action<string, Libc.FileStatus>? visit,
        out string reached
    )
    {
        List<(SafeFileHandle Directory, string Path)> way = [(root, "")];
        var rest = new Stack<string>(Names(path).Reverse());
        var links = 0;
        try
        {
            while (rest.TryPop(out var name))
            {
                var (parent, parentPath) = way[^1];
                if (name == "..")
                {
                    Leave(way);
                    continue;
                }

                reached = $"{parentPath}/{name}";
                var entry = Libc.OpenAt(parent, name, Libc.O_PATH | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
                if (entry.IsInvalid || Libc.Statx(entry, out var status) != 0)
                {
                    reached = string.Join('/', (string[])[reached, .. rest]);
                    return entry;
                }

                visit?.Invoke(reached, status);
                if (status.IsSymbolicLink && (rest.Count > 0 || (flags & Libc.O_NOFOLLOW) == 0))
                {
                    using (entry)
                    {
                        if (++links > MostLinks)
                        {
                            return Failed(Errno.ELOOP);
                        }

                        Follow(entry, way, rest);
                    }
                }
                else if (rest.Count > 0)
                {
                    way.Add((entry, reached));
                }
                else
                {
                    entry.Dispose();
                    return Libc.OpenAt(parent, name, flags | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
                }
            }

            var last = way[^1];
            reached = last.Path.Length == 0 ? "/" : last.Path;
            return Libc.OpenAt(last.Directory, ".", flags | Libc.O_CLOEXEC);
        }
        finally
        {
            while (way.Count > 1)
            {
                Leave(way);
            }
        }
    }

    /// <summary>The target of the link that was opened with O_PATH and O_NOFOLLOW.</summary>
    /// <returns>Null on failure (errno is set): with ENOENT, the file is not a link.</returns>
    public static string? TargetOf(SafeFileHandle link)
    {
        const int LongestLink = 4096; // PATH_MAX
        Span<byte> target = stackalloc byte[LongestLink];
        var length = link.IsInvalid ? -1 : Libc.Readlinkat(link, "", target, target.Length);
        return length >= 0 ? Encoding.UTF8.GetString(target[..(int)length]) : null;
    }

    private static void Follow(
        SafeFileHandle link,
        List<(SafeFileHandle Directory, string Path)> way,
        Stack<string> rest
    )
    {
        var text = TargetOf(link) ?? "";
        while (text.StartsWith('/') && way.Count > 1)
        {
            Leave(way);
        }

        foreach (var name in Names(text).Reverse())
        {
            rest.Push(name);
        }
    }

    /// <summary>Moves to the parent directory; the root is its own parent.</summary>
    private static void Leave(List<(SafeFileHandle Directory, string Path)> way)
    {
        if (way.Count > 1)
        {
            way[^1].Directory.Dispose();
            way.RemoveAt(way.Count - 1);
        }
    }

    private static SafeFileHandle Failed(int error)
    {
        Marshal.SetLastPInvokeError(error);
        return new SafeFileHandle(-1, ownsHandle: false);
    }

    private static IEnumerable<string> Names(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".");
}
