// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// Reports why a directory cannot hold auth files: another file system, no room, or a wrong SELinux type.
/// </summary>
internal static class DirectoryFindings
{
    private const ulong LeastFreeInodes = 100;
    private const string SelinuxType = "container_config_t";

    /// <param name="found">Receives the findings.</param>
    /// <param name="path">The directory to which CRI-O moves the files that it picks up.</param>
    /// <param name="target">The file or directory at the path, with links followed.</param>
    /// <param name="isLink">Whether the path itself is a link.</param>
    /// <param name="device">The file system on which the directory must be.</param>
    /// <returns>Whether CRI-O can move files there.</returns>
    public static bool JudgeInUse(Findings found, string path, FileFacts target, bool isLink, ulong device)
    {
        var isFile = isLink || target.Kind != FileKind.Directory;
        if (!isFile && target.Device == device)
        {
            return true;
        }

        // If a mount is busy, umount fails and rmdir does not run, so nothing on another file system is deleted.
        found.Fail(
            $"\"{path}\" is not a directory on the same file system: CRI-O cannot move an auth file there, and its "
                + "pull fails",
            isFile ? Fix.Run($"rm {path}") : Fix.Run($"umount {path} && rmdir {path}")
        );
        return false;
    }

    /// <param name="found">Receives the findings.</param>
    /// <param name="path">The directory.</param>
    /// <param name="room">Null if the file system does not report it.</param>
    public static void JudgeRoom(Findings found, string path, FileSystemRoom? room)
    {
        switch (room)
        {
            case null:
                found.Note("the free space on its file system is unknown");
                break;
            case { IsReadOnly: true }:
                found.Fail(
                    $"\"{path}\" is on a read-only file system",
                    Fix.Note("name a directory that can be written: --auth-dir, and CRI-O's namespaced_auth_dir")
                );
                break;
            case { FreeBytes: < AuthFileLimits.FreeSpace }:
                found.Fail(
                    $"the file system of \"{path}\" has only {room.FreeBytes / 1024} KiB left, and a run leaves "
                        + $"{AuthFileLimits.FreeSpace / 1024} KiB free: it writes no file",
                    Fix.Run($"df -h {path}")
                );
                break;
            case { FreeInodes: < LeastFreeInodes }:
                found.Fail(
                    $"the file system of \"{path}\" has only {room.FreeInodes} inodes left",
                    Fix.Run($"df -i {path}")
                );
                break;
            default:
                break;
        }
    }

    /// <param name="found">Receives the findings.</param>
    /// <param name="path">The directory.</param>
    /// <param name="label">Null without SELinux.</param>
    public static void JudgeLabel(Findings found, string path, string? label)
    {
        if (label is null)
        {
            return;
        }

        found.Note($"SELinux label {OneLine.Of(label)}");
        if (path.StartsWith("/etc/crio/", StringComparison.Ordinal) && label.Split(':') is not [_, _, SelinuxType, ..])
        {
            found.Warn($"\"{path}\" does not have the SELinux type {SelinuxType}", Fix.Run($"restorecon -Rv {path}"));
        }
    }
}
