// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>
/// Which paths of the node this process can see (proc_pid_mountinfo(5)). In a container these are the paths below its
/// mounts: a file that is missing elsewhere may well exist on the node, even if its directory is there, because the
/// runtime creates the directories in which it mounts something.
/// </summary>
internal sealed class HostMounts
{
    private readonly IReadOnlyList<Mount> mounts;
    private readonly bool isNodeItself;

    private HostMounts(IReadOnlyList<Mount> mounts, bool isNodeItself) =>
        (this.mounts, this.isNodeItself) = (mounts, isNodeItself);

    /// <summary>On the node itself, which can see everything.</summary>
    public static readonly HostMounts All = new([], isNodeItself: true);

    /// <param name="files">Of this process's root. The service manager of the node is systemd.</param>
    public static HostMounts Read(NodeFilesReader files)
    {
        var mounts = Parse(files, "self");

        // In a container, process 1 is its own first process or, with hostPID, the node's, whose root is another one.
        var isNodeItself =
            Root(mounts) is not { } root
            || (files.ReadText("/proc/1/comm")?.Trim() is "systemd" or "init" && Root(Parse(files, "1")) == root);
        return new HostMounts(mounts, isNodeItself);
    }

    /// <summary>Whether a file that is missing at the path does not exist on the node either.</summary>
    public bool AreOver(string path) =>
        isNodeItself || mounts.Any(mount => mount.Point != "/" && IsAtOrBelow(path, mount.Point));

    private static bool IsAtOrBelow(string path, string directory) =>
        path.StartsWith(directory, StringComparison.Ordinal)
        && (path.Length == directory.Length || path[directory.Length] == '/');

    /// <summary>The file system that is the root directory; the last mount is the one that can be seen.</summary>
    private static (string Device, string Directory)? Root(IReadOnlyList<Mount> mounts) =>
        mounts.LastOrDefault(mount => mount.Point == "/") is { } mount ? (mount.Device, mount.Directory) : null;

    private static List<Mount> Parse(NodeFilesReader files, string process)
    {
        List<Mount> mounts = [];
        foreach (var line in Text(files, process).Split('\n'))
        {
            // Number, parent, device, directory of the file system, mount point.
            if (line.Split(' ') is [_, _, var device, var directory, var point, ..])
            {
                mounts.Add(new Mount(device, directory, Unescape(point)));
            }
        }

        return mounts;
    }

    private static string Text(NodeFilesReader files, string process)
    {
        try
        {
            return files.ReadText($"/proc/{process}/mountinfo") ?? "";
        }
        catch (FactUnknownException) when (process != "self")
        {
            // It takes CAP_SYS_PTRACE. Root on the node itself has it.
            return "";
        }
    }

    /// <summary>The kernel writes a blank, a tab, a line feed and a backslash as octal digits.</summary>
    private static string Unescape(string text) =>
        text.Replace("\\040", " ", StringComparison.Ordinal)
            .Replace("\\011", "\t", StringComparison.Ordinal)
            .Replace("\\012", "\n", StringComparison.Ordinal)
            .Replace("\\134", "\\", StringComparison.Ordinal);

    private sealed record Mount(string Device, string Directory, string Point);
}
