// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.PullRecords;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// Removes files that no pull will use any more, so that no credential outlives its secret: CRI-O itself never cleans
/// up. It selects files by name and age (<see cref="LeftoverRules"/>) and keeps everything else. It checks a file again
/// under the lock of its name, so that one written in the meantime is kept.
/// </summary>
/// <param name="directory">CRI-O's directory.</param>
/// <param name="locks">The locks of this directory.</param>
/// <param name="marks">The marks of its files.</param>
/// <param name="intents">The kubelet's intents; opened only if there is an old file.</param>
/// <param name="clocks">Wall clock and boot clock.</param>
/// <param name="warn">Receives the reason if a leftover cannot be removed.</param>
internal sealed class LeftoverRemover(
    AuthDirectory directory,
    AuthFileLocks locks,
    AuthFileMarks marks,
    Lazy<PullIntentReader> intents,
    Clocks clocks,
    Action<Notice> warn
)
{
    private HashSet<string>? digestsBeingPulled;
    private bool hasLookedAtIntents;

    /// <summary>Removes all leftovers of the directory.</summary>
    /// <param name="except">
    /// The file of this run's own pull, about which <see cref="HandOver"/> decides; empty for none.
    /// </param>
    /// <param name="ns">The namespace whose untaken files are counted; empty for none.</param>
    public SweepResult Sweep(string except = "", string ns = "")
    {
        List<string> removed = [];
        var hasInUse = false;
        var (files, bytes) = (0, 0ul);
        foreach (var name in directory.Names())
        {
            hasInUse |= name == AuthFileName.InUse;
            if (name == except)
            {
                continue;
            }

            if (AuthFileName.IsUntaken(name))
            {
                if (RemoveOrphan(name, out var size))
                {
                    removed.Add($"{directory.Path}/{name}");
                }
                else if (ns.Length > 0 && AuthFileName.IsOf(ns, name))
                {
                    files++;
                    bytes += size;
                }
            }
            else if (
                AuthFileName.IsTemporary(name)
                    ? RemoveUnlocked(name, LeftoverRules.YoungestTemporary)
                    : RemoveOldLocks(name)
            )
            {
                removed.Add($"{directory.Path}/{name}");
            }
        }

        if (hasInUse)
        {
            new InUseRemover(directory, marks, clocks, warn).Sweep(removed);
        }

        if (removed.Count > 0)
        {
            marks.RemoveStale(directory);
        }

        return new SweepResult(removed, files, bytes);
    }

    private bool RemoveOrphan(string name, out ulong size)
    {
        size = 0;
        if (!IsOrphan(name, ref size) || locks.TryTake(name) == LockAttempt.Busy)
        {
            // The holder of the lock is about to replace the file.
            return false;
        }

        try
        {
            return IsOrphan(name, ref size) && directory.TryRemove(name, warn);
        }
        finally
        {
            locks.Release(name);
        }
    }

    private bool IsOrphan(string name, ref ulong size)
    {
        using var file = UntakenFile.Open(directory, marks, name);
        if (file is null)
        {
            return false;
        }

        size = file.Size;
        var age = file.Age(clocks);
        return age >= LeftoverRules.LongestWithoutIntent && LeftoverRules.IsOrphan(age, IntentOf(name));
    }

    private PullIntent IntentOf(string name)
    {
        if (!hasLookedAtIntents)
        {
            hasLookedAtIntents = true;
            digestsBeingPulled = intents.Value.Images() is { } images ? [.. images.Select(AuthFileName.Digest)] : null;
        }

        return digestsBeingPulled is null ? PullIntent.Unknown
            : digestsBeingPulled.Contains(AuthFileName.DigestIn(name)) ? PullIntent.Present
            : PullIntent.Absent;
    }

    /// <summary>Removes the lock file of earlier versions, which was in CRI-O's directory.</summary>
    private bool RemoveOldLocks(string name) =>
        name == AuthFileLocks.FallbackFileName
        && !locks.AreInAuthDirectory
        && RemoveUnlocked(name, LeftoverRules.LongestWithoutIntent);

    /// <summary>Removes a file unless a living process holds a lock on it, as the writer of a temporary file
    /// does.</summary>
    private bool RemoveUnlocked(string name, TimeSpan youngest)
    {
        if (
            directory.Status(name) is not { IsRegularFile: true } status
            || (clocks.Wall() - status.Modified).Duration() < youngest
        )
        {
            return false;
        }

        using var file = Libc.OpenAt(
            directory.Handle,
            name,
            Libc.O_RDWR | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC
        );
        var whole = new Libc.FileLock { Type = Libc.F_WRLCK };
        return !file.IsInvalid
            && Libc.Flock(file, Libc.LOCK_EX | Libc.LOCK_NB) == 0
            && Libc.Fcntl(file, Libc.F_OFD_SETLK, ref whole) == 0
            && directory.TryRemove(name, warn);
    }
}
