// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// What keeps a directory from taking auth files: another file system, no room, a wrong SELinux type.
/// </summary>
internal static class DirectoryFindings
{
    private const ulong LeastFreeBytes = 1024 * 1024;
    private const ulong LeastFreeInodes = 100;
    private const string SelinuxType = "container_config_t";

    /// <param name="found">Takes what is wrong.</param>
    /// <param name="path">CRI-O's directory for files that it took.</param>
    /// <param name="target">What is there, behind links.</param>
    /// <param name="isLink">Whether the path itself is one.</param>
    /// <param name="device">The file system that it has to be on.</param>
    /// <returns>Whether CRI-O can move files there.</returns>
    public static bool JudgeInUse(Findings found, string path, FileFacts target, bool isLink, ulong device)
    {
        var isFile = isLink || target.Kind != FileKind.Directory;
        if (!isFile && target.Device == device)
        {
            return true;
        }

        // Where a mount is busy, it stays whole: nothing is removed that may be on another file system.
        found.Fail(
            $"\"{path}\" is not a directory on the same file system: CRI-O cannot move an auth file there, and its "
                + "pull fails",
            isFile ? Fix.Run($"rm {path}") : Fix.Run($"umount {path} && rmdir {path}")
        );
        return false;
    }

    /// <param name="found">Takes what is wrong.</param>
    /// <param name="path">The directory.</param>
    /// <param name="room">Null when the file system does not report it.</param>
    public static void JudgeRoom(Findings found, string path, FileSystemRoom? room)
    {
        switch (room)
        {
            case null:
                found.See("the free space on its file system is unknown");
                break;
            case { IsReadOnly: true }:
                found.Fail(
                    $"\"{path}\" is on a read-only file system",
                    Fix.Note("name a directory that can be written: --auth-dir, and CRI-O's namespaced_auth_dir")
                );
                break;
            case { FreeBytes: < LeastFreeBytes }:
                found.Fail(
                    $"the file system of \"{path}\" is full ({room.FreeBytes / 1024} KiB left)",
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

    /// <param name="found">Takes what is wrong.</param>
    /// <param name="path">The directory.</param>
    /// <param name="label">Null without SELinux.</param>
    public static void JudgeLabel(Findings found, string path, string? label)
    {
        if (label is null)
        {
            return;
        }

        found.See($"SELinux label {OneLine.Of(label)}");
        if (path.StartsWith("/etc/crio/", StringComparison.Ordinal) && label.Split(':') is not [_, _, SelinuxType, ..])
        {
            found.Warn($"\"{path}\" does not have the SELinux type {SelinuxType}", Fix.Run($"restorecon -Rv {path}"));
        }
    }
}
