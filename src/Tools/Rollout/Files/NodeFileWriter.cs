// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Changes a path from one state to another in two parts. <see cref="Stage"/> works next to the path and does
/// everything that can fail for lack of space or permission. <see cref="Apply"/> and <see cref="Revert"/> only rename,
/// so neither fails on a full disk, and a revert restores the original inode with its mode, owner and label.
/// </summary>
/// <param name="root">Where the node's root directory is mounted; empty for this node itself.</param>
internal sealed class NodeFileWriter(string root) : NodePathWriter(root)
{
    private const string NewSuffix = ".crio-cp-new";
    private const string OldSuffix = ".crio-cp-old";

    /// <summary>Whether files of <see cref="Stage"/> exist next to the path.</summary>
    public bool IsStaged(string path) => Exists(Beside(path, NewSuffix)) || Exists(Beside(path, OldSuffix));

    /// <summary>
    /// Prepares the change: writes and syncs the new file next to the path, and adds a hard link to the old file.
    /// </summary>
    /// <param name="path">The path on the node.</param>
    /// <param name="before">The planned old state; the path must still have it.</param>
    /// <param name="after">The planned new state.</param>
    /// <param name="content">Opens the new content; called only for a file.</param>
    /// <exception cref="RolloutException">The path has changed since it was planned, or there is no space or no
    /// permission.</exception>
    public void Stage(string path, FileState before, FileState after, Func<Stream> content)
    {
        Expect(path, before);
        if (after.Kind == FileStateKind.File)
        {
            Changing($"write the new file of {path}");
            Remove(Beside(path, NewSuffix), path);
            WriteNew(path, Beside(path, NewSuffix), after, content);
        }
        else if (after.Kind == FileStateKind.Link)
        {
            Changing($"write the new link of {path}");
            Remove(Beside(path, NewSuffix), path);
            MakeLink(path, Beside(path, NewSuffix), after.Content);
        }

        if (before.Kind is FileStateKind.File or FileStateKind.Link)
        {
            Changing($"keep the old file of {path}");
            Remove(Beside(path, OldSuffix), path);
            if (Libc.Linkat(Libc.AT_FDCWD, Here(path), Libc.AT_FDCWD, Beside(path, OldSuffix), 0) != 0)
            {
                throw Failed("keep", path);
            }
        }

        SyncDirectory(path);
    }

    /// <summary>Moves into place what <see cref="Stage"/> prepared.</summary>
    /// <exception cref="RolloutException">Somebody else has changed the path since, or it cannot be
    /// changed.</exception>
    public void Apply(string path, FileState before, FileState after)
    {
        Expect(path, before);
        Changing($"change {path}");
        switch (after.Kind)
        {
            case FileStateKind.Directory:
                MakeDirectory(path, after);
                break;
            case FileStateKind.Absent when before.Kind == FileStateKind.Directory:
                RemoveDirectory(path);
                break;
            case FileStateKind.Absent:
                Remove(Here(path), path);
                break;
            default:
                Rename(Beside(path, NewSuffix), Here(path), path);
                break;
        }

        SyncDirectory(path);
    }

    /// <summary>
    /// Restores the path's old state, no matter where the change was interrupted; may be called again.
    /// </summary>
    /// <returns> Where our file was moved to if somebody else edited it meanwhile; otherwise null. An edited file must
    /// not stay in place: if a provider config names a provider whose binary is removed, the kubelet does not start.
    /// </returns>
    public string? Revert(string path, FileState before, FileState after, string keepAt)
    {
        var isUnapplied = Exists(Beside(path, NewSuffix));
        string? kept = null;
        if (after.Kind == FileStateKind.Directory)
        {
            RemoveDirectory(path);
        }
        else if (before.Kind == FileStateKind.Directory)
        {
            MakeDirectory(path, before);
        }
        else if (!isUnapplied && Observe(path) is var now && now != before)
        {
            if (now != after && !now.IsAbsent)
            {
                Changing($"keep the edited file of {path}");
                Keep(path, keepAt);
                kept = keepAt;
            }

            Changing($"bring back {path}");
            if (before.IsAbsent)
            {
                Remove(Here(path), path);
            }
            else if (!Exists(Beside(path, OldSuffix)))
            {
                throw new RolloutException($"the old file of \"{path}\" is gone");
            }
            else
            {
                Rename(Beside(path, OldSuffix), Here(path), path);
            }
        }

        Settle(path);
        return kept;
    }

    /// <summary>Removes the files that <see cref="Stage"/> put next to the path.</summary>
    public void Settle(string path)
    {
        if (IsStaged(path))
        {
            Changing($"remove what was kept of {path}");
            Remove(Beside(path, NewSuffix), path);
            Remove(Beside(path, OldSuffix), path);
            SyncDirectory(path);
        }
    }

    private void Expect(string path, FileState before)
    {
        var now = Observe(path);
        if (now != before && !(now.Kind == FileStateKind.Directory && before.Kind == FileStateKind.Directory))
        {
            throw new RolloutException(
                $"\"{path}\" was changed by somebody else meanwhile: {now.DifferenceFrom(before)}"
            );
        }
    }

    /// <summary>Copies a file to a place that may be on another file system.</summary>
    private void Keep(string path, string keepAt)
    {
        var to = Here(keepAt);
        _ = Directory.CreateDirectory(
            Path.GetDirectoryName(to)!,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        if (Observe(path).Kind == FileStateKind.File)
        {
            File.Copy(Here(path), to, overwrite: true);
        }
    }

    /// <summary>
    /// A hidden name in the same directory, without an extension that the kubelet (<c>.yaml</c>, <c>.yml</c>,
    /// <c>.json</c>) or systemd (<c>.conf</c>, <c>.service</c>, <c>.timer</c>) would read.
    /// </summary>
    private string Beside(string path, string suffix) =>
        Here($"{Path.GetDirectoryName(path)}/.{Path.GetFileName(path)}{suffix}");
}
