// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP008: the directory where CRI-O looks for auth files and the provider writes them: one and the same, closed to
/// others, with room, and without files that nobody took.
/// </summary>
internal static class AuthDirectoryCheck
{
    public static readonly Check Row = new("CP008", "auth directory", Run);

    private const ulong LeastFreeBytes = 1024 * 1024;
    private const ulong LeastFreeInodes = 100;
    private const string SelinuxType = "container_config_t";

    private static CheckResult Run(NodeView view)
    {
        var found = new Findings();
        var path = view.Settings.AuthDir.TrimEnd('/');
        var crio = view.Crio.NamespacedAuthDir;
        if (crio.Value.TrimEnd('/') != path)
        {
            found.Fail(
                $"CRI-O looks in \"{crio.Value}\" ({crio.Origin}), the provider writes to \"{path}\"",
                ArgsFix.Put("auth-dir", crio.Value)
            );
        }

        CompareGlobalAuthFile(found, view);
        var way = view.Files.Walk(path);
        if (way.IsLink)
        {
            found.Fail(
                $"\"{path}\" is a symbolic link: the provider does not write through it",
                Fix.Note("make it a directory, or give its target with --auth-dir")
            );
        }
        else if (way.Target is null)
        {
            Missing(found, view, way, path);
        }
        else if (way.Target.Kind != FileKind.Directory)
        {
            found.Fail(
                $"\"{path}\" is not a directory",
                Fix.Run($"rm {path} && install -d -m 0700 -o root -g root {path}")
            );
        }
        else
        {
            LookAt(found, view, way.Target);
        }

        return found.ToResult($"\"{path}\" is the one that CRI-O looks in, and closed to others");
    }

    private static void Missing(Findings found, NodeView view, FileWay way, string path)
    {
        found.Warn(
            $"\"{path}\" does not exist: CRI-O since 1.34.3 creates it when it starts, else the provider does",
            Fix.Run($"install -d -m 0700 -o root -g root {path}")
        );
        JudgeRoom(found, way.Steps[^1].Path, view.Files.Room(way.Steps[^1]));
    }

    private static void LookAt(Findings found, NodeView view, FileFacts directory)
    {
        found.See($"{directory.Path}, {directory.OwnerAndMode}");
        if (directory.Owner != 0)
        {
            found.Fail(
                $"\"{directory.Path}\" belongs to user {directory.Owner}",
                Fix.Run($"chown root:root {directory.Path}")
            );
        }

        if (directory.IsOthersWritable)
        {
            found.Fail(
                $"\"{directory.Path}\" can be written by others than root (mode {FileFacts.ModeText(directory.Mode)})",
                Fix.Run($"chmod 0700 {directory.Path}")
            );
        }

        JudgeRoom(found, directory.Path, view.Files.Room(directory));
        JudgeLabel(found, directory.Path, view.Files.SelinuxLabel(directory));
        LookForLeftovers(found, view, directory.Path, LeftoverRules.LongestUntaken, isInUse: false);
        var inUse = $"{directory.Path}/{AuthFileName.InUse}";
        if (view.Files.Walk(inUse) is { Target: { } target } inUseWay)
        {
            if (JudgeInUse(found, inUse, target, inUseWay.IsLink, directory.Device))
            {
                LookForLeftovers(found, view, inUse, LeftoverRules.LongestPull, isInUse: true);
            }
        }
    }

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

    private static void LookForLeftovers(Findings found, NodeView view, string path, TimeSpan longest, bool isInUse)
    {
        var now = view.Node.Clock();
        foreach (var name in view.Files.Names(path).Where(name => name.EndsWith(".json", StringComparison.Ordinal)))
        {
            if (view.Files.Find($"{path}/{name}") is not { Kind: FileKind.Regular } file)
            {
                continue;
            }

            if ((file.Mode & 0x3F) != 0)
            {
                found.Fail(
                    $"\"{file.Path}\" has credentials and is open to others (mode {FileFacts.ModeText(file.Mode)})",
                    Fix.Run($"chmod 0600 {file.Path}")
                );
            }

            if (now - file.Modified > longest)
            {
                found.Warn(
                    $"\"{file.Path}\" is {Age(now - file.Modified)} old: "
                        + $"{(isInUse ? "CRI-O was killed during that pull" : "CRI-O never picked it up")}",
                    Fix.Run($"find {path} -maxdepth 1 -name '*.json' -mmin +{(int)longest.TotalMinutes} -delete")
                );
            }
        }
    }

    /// <summary>CRI-O reads no other auth file beside that of a namespace: what is not merged into it is hidden by
    /// it.</summary>
    private static void CompareGlobalAuthFile(Findings found, NodeView view)
    {
        var merged = view.Settings.KubeletAuthFile;
        if (view.Crio.GlobalAuthFile is { } global && global.Value != merged)
        {
            found.Warn(
                $"CRI-O's global_auth_file is \"{global.Value}\" ({global.Origin}), but \"{merged}\" is merged into "
                    + "the auth files",
                ArgsFix.Put("kubelet-auth-file", global.Value)
            );
        }

        try
        {
            var own = GlobalAuthFileReader.Read(merged, view.Files.Reader);
            foreach (var notice in own.Notices)
            {
                found.Warn(notice.Message, Fix.Note($"correct the entry in \"{merged}\""));
            }
        }
        catch (ProviderException e)
        {
            found.Warn(e.Problem, Fix.Note(e.Hint));
        }
    }

    private static string Age(TimeSpan age) =>
        age.TotalDays >= 2 ? $"{age.TotalDays:0} days" : $"{age.TotalHours:0} hours";
}
