// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Matching;

/// <summary>
/// The one credential of each registry key that goes into the auth file, bounded in bytes as the file is: when there is
/// no room, the credentials for the places that CRI-O tries last give way.
/// </summary>
/// <param name="rankOf">When CRI-O looks for a registry, from 0; null when it does not in this pull.</param>
internal sealed class Winners(Func<string, int?> rankOf)
{
    /// <summary>
    /// Bytes of keys and credentials, as the file holds them. The file may have 1 MiB; the rest is for the node's own
    /// entries and for base64 and punctuation.
    /// </summary>
    public const int MaximumSize = 640 * 1024;

    private readonly Dictionary<string, Winner> byRegistry = new(StringComparer.Ordinal);
    private readonly SortedSet<Winner> byRank = new(new RankOrder());
    private int size;

    /// <summary>In the order in which CRI-O looks for them, then those that it does not look for.</summary>
    public IReadOnlyCollection<Winner> All => byRank;

    /// <summary>Whether a credential was dropped because there is no room for it.</summary>
    public bool HasDropped { get; private set; }

    /// <summary>
    /// A literal key beats a glob; otherwise the later secret in name order wins, within one secret the later entry.
    /// </summary>
    /// <returns>The winner and the loser when there were two candidates; null otherwise.</returns>
    public (Candidate Winner, Candidate Loser)? Take(string registry, Candidate candidate)
    {
        if (!byRegistry.TryGetValue(registry, out var other))
        {
            Add(new Winner(registry, rankOf(registry) ?? int.MaxValue, candidate));
            return null;
        }

        if (ReferenceEquals(other.Candidate.Credential, candidate.Credential))
        {
            return null;
        }

        if (!candidate.Beats(other.Candidate))
        {
            return (other.Candidate, candidate);
        }

        Remove(other);
        Add(other with { Candidate = candidate });
        return (candidate, other.Candidate);
    }

    private void Add(Winner winner)
    {
        byRegistry.Add(winner.Registry, winner);
        byRank.Add(winner);
        size += winner.Size;
        while (size > MaximumSize)
        {
            HasDropped = true;
            Remove(byRank.Max!);
        }
    }

    private void Remove(Winner winner)
    {
        byRegistry.Remove(winner.Registry);
        byRank.Remove(winner);
        size -= winner.Size;
    }

    private sealed class RankOrder : IComparer<Winner>
    {
        public int Compare(Winner? x, Winner? y) =>
            x!.Rank != y!.Rank ? x.Rank.CompareTo(y.Rank) : string.CompareOrdinal(x.Registry, y.Registry);
    }
}

/// <summary>A credential that fits, and where it was found.</summary>
/// <param name="Credential">What would be written.</param>
/// <param name="SecretName">The secret.</param>
/// <param name="Key">The key in it, safe to print.</param>
/// <param name="IsGlob">Whether the key has globs.</param>
internal sealed record Candidate(Credential Credential, string SecretName, string Key, bool IsGlob)
{
    /// <summary>Whether this one, which was found later, goes before the other.</summary>
    public bool Beats(Candidate other) =>
        other.IsGlob != IsGlob ? other.IsGlob : string.CompareOrdinal(SecretName, other.SecretName) >= 0;
}

/// <summary>The candidate that goes into the auth file under a key.</summary>
/// <param name="Registry">The key.</param>
/// <param name="Rank">When CRI-O looks for it; the largest number when it does not in this pull.</param>
/// <param name="Candidate">The credential.</param>
internal sealed record Winner(string Registry, int Rank, Candidate Candidate)
{
    /// <summary>In bytes: key, base64 of user and password, token, and the punctuation around them.</summary>
    public int Size => Registry.Length + (Candidate.Credential.Size * 4 / 3) + 48;
}
