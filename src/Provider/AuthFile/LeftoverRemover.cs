using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// Removes what nobody will take any more, so that no credential outlives its secret: CRI-O itself never cleans up.
/// What is removed is known by its name and its age; everything else is not ours. A file is looked
/// at again under the lock of its name, so that one that was written meanwhile stays.
/// </summary>
internal static class LeftoverRemover
{
    public const string TemporaryPrefix = ".auth-";
    public const string TemporarySuffix = ".tmp";

    /// <summary>Where CRI-O keeps a file during its pull.</summary>
    public const string InUse = "in-use";

    /// <summary>A kubelet that pulls one image at a time may need this long until a file's turn comes.</summary>
    public static readonly TimeSpan LongestUntaken = TimeSpan.FromHours(1);

    /// <summary>No pull lasts longer: CRI-O was killed.</summary>
    public static readonly TimeSpan LongestPull = TimeSpan.FromHours(24);

    /// <summary>A temporary file whose writer died is known by its lock; the age covers the moment before it is locked.</summary>
    private static readonly TimeSpan YoungestTemporary = TimeSpan.FromSeconds(1);

    /// <summary>The file of one pull: for a run that writes none.</summary>
    /// <param name="directory">CRI-O's directory.</param>
    /// <param name="locks">The locks of this directory.</param>
    /// <param name="fileName">The name of the auth file.</param>
    /// <param name="bound">A younger file belongs to another pod's pull and stays.</param>
    /// <param name="now">The node's clock.</param>
    /// <param name="warn">Takes the reason when a leftover cannot be removed.</param>
    /// <returns>Whether a file was removed.</returns>
    public static bool RemoveIfOlderThan(
        AuthDirectory directory, AuthFileLocks locks, string fileName, TimeSpan bound, DateTimeOffset now, Action<Notice> warn)
    {
        if (!IsOlder(directory, fileName, bound, now) || locks.TryTake(fileName) == LockAttempt.Busy)
        {
            // Whoever has the lock is about to replace the file.
            return false;
        }

        try
        {
            return IsOlder(directory, fileName, bound, now) && Remove(directory, fileName, warn);
        }
        finally
        {
            locks.Release(fileName);
        }
    }

    /// <summary>All leftovers of the directory.</summary>
    /// <returns>The paths of the removed files.</returns>
    public static List<string> Sweep(AuthDirectory directory, AuthFileLocks locks, DateTimeOffset now, Action<Notice> warn)
    {
        List<string> removed = [];
        var hasInUse = false;
        foreach (var name in directory.Names())
        {
            hasInUse |= name == InUse;
            if (IsAuthFile(name)
                ? RemoveIfOlderThan(directory, locks, name, LongestUntaken, now, warn)
                : IsTemporary(name) && IsOlder(directory, name, YoungestTemporary, now) && RemoveUnlocked(directory, name, warn))
            {
                removed.Add($"{directory.Path}/{name}");
            }
        }

        using var inUse = hasInUse ? directory.Inner(InUse) : null;
        foreach (var name in inUse?.Names() ?? [])
        {
            if (IsFileInUse(name) && IsOlder(inUse!, name, LongestPull, now) && Remove(inUse!, name, warn))
            {
                removed.Add($"{inUse!.Path}/{name}");
            }
        }

        return removed;
    }

    /// <summary>Also when it seems to come from the future by more than the bound: the clock was set back since.</summary>
    private static bool IsOlder(AuthDirectory directory, string name, TimeSpan bound, DateTimeOffset now) =>
        directory.Modified(name) is { } modified && (now - modified).Duration() > bound;

    private static bool Remove(AuthDirectory directory, string name, Action<Notice> warn)
    {
        if (Libc.Unlinkat(directory.Handle, name, 0) == 0)
        {
            return true;
        }

        if (Errno.Last != Errno.ENOENT)
        {
            warn(new Notice(
                Reasons.AuthFileNotWritten,
                $"Unable to remove old auth file \"{directory.Path}/{name}\": {Errno.Message}"));
        }

        return false;
    }

    /// <summary>A temporary file is its writer's as long as that lives: it holds a lock on it.</summary>
    private static bool RemoveUnlocked(AuthDirectory directory, string name, Action<Notice> warn)
    {
        using var file = Libc.OpenAt(
            directory.Handle, name, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        return !file.IsInvalid
            && Libc.Flock(file, Libc.LOCK_EX | Libc.LOCK_NB) == 0
            && Remove(directory, name, warn);
    }

    private static bool IsTemporary(string name) =>
        name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) && name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    /// <summary><c>NAMESPACE-SHA256.json</c></summary>
    private static bool IsAuthFile(string name) =>
        name.EndsWith(".json", StringComparison.Ordinal) && IsNamespaceAndDigest(name.AsSpan(0, name.Length - 5));

    /// <summary><c>NAMESPACE-SHA256-UUID.json</c>, the UUID with its dashes.</summary>
    private static bool IsFileInUse(string name) =>
        name.Length > 42
        && name.EndsWith(".json", StringComparison.Ordinal)
        && name[^42] == '-' && Guid.TryParseExact(name.AsSpan()[^41..^5], "D", out _)
        && IsNamespaceAndDigest(name.AsSpan()[..^42]);

    private static bool IsNamespaceAndDigest(ReadOnlySpan<char> name)
    {
        if (name.Length <= 65 || name[^65] != '-')
        {
            return false;
        }

        foreach (var c in name[^64..])
        {
            if (!char.IsAsciiHexDigitLower(c))
            {
                return false;
            }
        }

        return NamespaceName.IsValid(name[..^65].ToString());
    }
}
