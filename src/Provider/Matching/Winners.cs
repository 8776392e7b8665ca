// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Matching;

/// <summary>
/// The one credential of each registry key that is written to the auth file. Like the file, it is limited in bytes:
/// when it is full, it drops the credentials for the places that CRI-O tries last.
/// </summary>
/// <param name="rankOf">
/// The position at which CRI-O looks for a registry, from 0; null if it does not in this pull.
/// </param>
internal sealed class Winners(Func<string, int?> rankOf)
{
    /// <summary>
    /// Maximum size of keys and credentials, in bytes as written to the file. The file may have 1 MiB; the rest is for
    /// the node's own entries, base64 and punctuation.
    /// </summary>
    public const int MaximumSize = 640 * 1024;

    private readonly Dictionary<string, Winner> byRegistry = new(StringComparer.Ordinal);
    private readonly SortedSet<Winner> byRank = new(new RankOrder());
    private int size;

    /// <summary>In the order in which CRI-O looks for them, followed by those that it does not look for.</summary>
    public IReadOnlyCollection<Winner> All => byRank;

    /// <summary>Whether a credential was dropped because of the size limit.</summary>
    public bool HasDropped { get; private set; }

    /// <summary>
    /// A literal key wins over a glob; otherwise the secret that is later by name wins, and within one secret the later
    /// entry.
    /// </summary>
    /// <returns>The winner and the loser if there were two different credentials; null otherwise.</returns>
    public (Candidate Winner, Candidate Loser)? Take(string registry, Candidate candidate)
    {
        if (!byRegistry.TryGetValue(registry, out var other))
        {
            Add(new Winner(registry, rankOf(registry) ?? int.MaxValue, candidate));
            return null;
        }

        var (winner, loser) = candidate.Beats(other.Candidate)
            ? (candidate, other.Candidate)
            : (other.Candidate, candidate);
        if (winner != other.Candidate)
        {
            Remove(other);
            Add(other with { Candidate = winner });
        }

        // Copies of one secret, and one credential under several names of a registry, are common and no conflict.
        return winner.Credential == loser.Credential ? null : (winner, loser);
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

/// <summary>A matching credential, and where it was found.</summary>
/// <param name="Credential">The credential that would be written.</param>
/// <param name="SecretName">The secret.</param>
/// <param name="Key">The key in it, safe to print.</param>
/// <param name="IsGlob">Whether the key has globs.</param>
internal sealed record Candidate(Credential Credential, string SecretName, string Key, bool IsGlob)
{
    /// <summary>Whether this candidate, which was found later, wins over the other.</summary>
    public bool Beats(Candidate other) =>
        other.IsGlob != IsGlob ? other.IsGlob : string.CompareOrdinal(SecretName, other.SecretName) >= 0;
}

/// <summary>The winning candidate for a key of the auth file.</summary>
/// <param name="Registry">The key.</param>
/// <param name="Rank">
/// The position at which CRI-O looks for it; the largest integer if it does not in this pull.
/// </param>
/// <param name="Candidate">The credential.</param>
internal sealed record Winner(string Registry, int Rank, Candidate Candidate)
{
    /// <summary>In bytes: key, base64 of user and password, token, and the punctuation around them.</summary>
    public int Size => Registry.Length + (Candidate.Credential.Size * 4 / 3) + 48;
}
