// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Reads the state of a node's paths.</summary>
/// <param name="root">Where the node's root directory is mounted; empty for this node itself.</param>
internal class NodeFileStateReader(string root)
{
    /// <summary>The local path of a path on the node.</summary>
    public string Here(string path) => root + path;

    /// <summary>The state of the path. Links are not followed.</summary>
    /// <exception cref="RolloutException">The path cannot be read.</exception>
    public FileState Observe(string path)
    {
        var here = Here(path);
        if (Libc.Statx(Libc.AT_FDCWD, here, Libc.AT_SYMLINK_NOFOLLOW, out var status) != 0)
        {
            return Errno.IsAbsence ? FileState.Absent : throw Failed("read", path);
        }

        var label = Label(path);
        return status switch
        {
            { IsRegularFile: true } => new FileState(
                FileStateKind.File,
                Hash(here),
                (int)status.Mode,
                status.Owner,
                status.Group,
                label
            ),
            { IsDirectory: true } => new FileState(
                FileStateKind.Directory,
                "",
                (int)status.Mode,
                status.Owner,
                status.Group,
                label
            ),
            { IsSymbolicLink: true } => new FileState(
                FileStateKind.Link,
                LinkTarget(path),
                0,
                status.Owner,
                status.Group,
                label
            ),
            _ => throw new RolloutException($"\"{path}\" is neither a file nor a directory"),
        };
    }

    private string LinkTarget(string path)
    {
        using var here = Libc.Open(Here(path), Libc.O_PATH | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
        return RootedPath.TargetOf(here) ?? throw Failed("read", path);
    }

    /// <summary>The SELinux label; empty if the path has none or does not exist.</summary>
    public string Label(string path)
    {
        Span<byte> value = stackalloc byte[1024];
        var length = Libc.Lgetxattr(Here(path), "security.selinux", value, value.Length);
        return length > 0 ? Encoding.UTF8.GetString(value[..(int)length]).TrimEnd('\0') : "";
    }

    /// <summary>The content of a file on the node.</summary>
    public byte[] Read(string path) => File.ReadAllBytes(Here(path));

    protected static string Hash(string here)
    {
        using var file = new FileStream(
            here,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            0
        );
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    protected static RolloutException Failed(string what, string path) =>
        new($"cannot {what} \"{path}\": {Errno.Message}");
}
