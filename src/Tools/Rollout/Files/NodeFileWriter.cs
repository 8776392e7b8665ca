// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Changes a path from one state to another in two parts. <see cref="Stage"/> does everything that can fail because of
/// missing space or rights, beside the path; <see cref="Apply"/> and <see cref="Revert"/> only rename, so that a full
/// disk stops neither of them, and what comes back is the very file that was there, with mode, owner and label.
/// </summary>
/// <param name="root">Where the node's root is; empty for this node itself.</param>
internal sealed class NodeFileWriter(string root) : NodePathWriter(root)
{
    private const string NewSuffix = ".crio-cp-new";
    private const string OldSuffix = ".crio-cp-old";

    /// <summary>Whether <see cref="Stage"/> has left something beside the path.</summary>
    public bool IsStaged(string path) => Exists(Beside(path, NewSuffix)) || Exists(Beside(path, OldSuffix));

    /// <summary>Prepares the change: the new file beside the path, complete and on disk, and a second name of the old
    /// one.</summary>
    /// <param name="path">On the node.</param>
    /// <param name="before">As planned; what is there now must be this.</param>
    /// <param name="after">As planned.</param>
    /// <param name="content">The new file's bytes; not asked for anything but a file.</param>
    /// <exception cref="RolloutException">The path has changed since it was planned, or there is no space or no
    /// right.</exception>
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

    /// <summary>Makes the path what <see cref="Stage"/> has prepared.</summary>
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

    /// <summary>Makes the path what it was before, wherever the change was stopped; may be called again.</summary>
    /// <returns>
    /// Where the file is kept that somebody else has made of ours meanwhile; null when nobody has. It must not stay in
    /// its place: a provider config that names a provider whose binary goes would keep the kubelet from starting.
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

    /// <summary>Removes what <see cref="Stage"/> has put beside the path.</summary>
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

    /// <summary>Another name for a file, on another file system perhaps.</summary>
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
    /// A hidden name without an ending that the kubelet (<c>.yaml</c>, <c>.yml</c>, <c>.json</c>) or systemd
    /// (<c>.conf</c>, <c>.service</c>, <c>.timer</c>) would read.
    /// </summary>
    private string Beside(string path, string suffix) =>
        Here($"{Path.GetDirectoryName(path)}/.{Path.GetFileName(path)}{suffix}");
}
