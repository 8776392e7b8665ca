// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP008: CRI-O looks for auth files in the directory where the provider writes them, the directory is closed to other
/// users and has room, and it contains no files that CRI-O never picked up.
/// </summary>
internal static class AuthDirectoryCheck
{
    public static readonly Check Row = new("CP008", "auth directory", Run);

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
        var resolved = view.Files.Walk(path);
        if (resolved.IsLink)
        {
            found.Fail(
                $"\"{path}\" is a symbolic link: the provider does not write through it",
                Fix.Note("make it a directory, or give its target with --auth-dir")
            );
        }
        else if (resolved.Target is null)
        {
            Missing(found, view, resolved, path);
        }
        else if (resolved.Target.Kind != FileKind.Directory)
        {
            found.Fail(
                $"\"{path}\" is not a directory",
                Fix.Run($"rm {path} && install -d -m 0700 -o root -g root {path}")
            );
        }
        else
        {
            LookAt(found, view, resolved.Target);
        }

        return found.ToResult($"\"{path}\" is the one that CRI-O looks in, and closed to others");
    }

    private static void Missing(Findings found, NodeView view, ResolvedPath resolved, string path)
    {
        found.Warn(
            $"\"{path}\" does not exist: CRI-O since 1.34.3 creates it when it starts, else the provider does",
            Fix.Run($"install -d -m 0700 -o root -g root {path}")
        );
        DirectoryFindings.JudgeRoom(found, resolved.Steps[^1].Path, view.Files.Room(resolved.Steps[^1]));
    }

    private static void LookAt(Findings found, NodeView view, FileFacts directory)
    {
        found.Note($"{directory.Path}, {directory.OwnerAndMode}");
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
                $"\"{directory.Path}\" can be written by users other than root "
                    + $"(mode {FileFacts.ModeText(directory.Mode)})",
                Fix.Run($"chmod 0700 {directory.Path}")
            );
        }

        DirectoryFindings.JudgeRoom(found, directory.Path, view.Files.Room(directory));
        DirectoryFindings.JudgeLabel(found, directory.Path, view.Files.SelinuxLabel(directory));
        LeftoverFindings.AddUntaken(found, view, directory.Path);
        var inUse = $"{directory.Path}/{AuthFileName.InUse}";
        if (view.Files.Walk(inUse) is { Target: { } target } resolvedInUse)
        {
            if (DirectoryFindings.JudgeInUse(found, inUse, target, resolvedInUse.IsLink, directory.Device))
            {
                LeftoverFindings.AddInUse(found, view, inUse);
            }
        }
    }

    /// <summary>
    /// CRI-O reads a namespace's auth file instead of the global one, so credentials that are not merged into it have
    /// no effect.
    /// </summary>
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
}
