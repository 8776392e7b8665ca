namespace CrioCredentialProvider.Mirrors;

/// <summary>registries.conf and its drop-ins, merged.</summary>
/// <param name="MainPath">The main file's path, whether it exists or not.</param>
/// <param name="Found">Whether there is a main file or at least one drop-in.</param>
/// <param name="Registries">By prefix, in ordinal order.</param>
/// <param name="SearchRegistries">The <c>unqualified-search-registries</c>.</param>
/// <param name="Aliases">Short names and what they stand for.</param>
internal sealed record RegistriesConf(
    string MainPath,
    bool Found,
    IReadOnlyCollection<RegistryEntry> Registries,
    IReadOnlyList<string> SearchRegistries,
    IReadOnlyDictionary<string, string> Aliases)
{
    /// <summary>Whether the main file exists; drop-ins alone do as well.</summary>
    public bool MainFound { get; init; } = true;

    /// <summary>What is wrong with the machine's own file of short names, for which CRI-O refuses a short name; null when nothing is.</summary>
    public string? ShortNameProblem { get; init; }

    /// <summary>The entry with the longest matching prefix, the first in order among equals; null when none matches.</summary>
    public RegistryEntry? Find(string image)
    {
        RegistryEntry? longest = null;
        foreach (var entry in Registries)
        {
            if (entry.Prefix.Length > (longest?.Prefix.Length ?? 0) && entry.MatchedLength(image) >= 0)
            {
                longest = entry;
            }
        }

        return longest;
    }
}
