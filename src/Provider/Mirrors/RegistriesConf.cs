// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Mirrors;

/// <summary>registries.conf and its drop-ins, merged.</summary>
/// <param name="MainPath">The main file's path, whether it exists or not; safe to print.</param>
/// <param name="Found">Whether there is a main file or at least one drop-in.</param>
/// <param name="Registries">By prefix, in ordinal order.</param>
/// <param name="SearchRegistries">The <c>unqualified-search-registries</c>.</param>
/// <param name="Aliases">
/// Short names and the names that they resolve to; null if a later file removes the alias.
/// </param>
internal sealed record RegistriesConf(
    string MainPath,
    bool Found,
    IReadOnlyCollection<RegistryEntry> Registries,
    IReadOnlyList<string> SearchRegistries,
    IReadOnlyDictionary<string, RepositoryName?> Aliases
)
{
    /// <summary>The main file and drop-ins that were read, in merge order; safe to print.</summary>
    public IReadOnlyList<string> FilesRead { get; init; } = [];

    /// <summary>Whether the main file exists; drop-ins alone are enough.</summary>
    public bool MainFound { get; init; } = true;

    /// <summary>
    /// Why CRI-O would fail with this configuration, although a pull with no configuration needs nothing: an option
    /// names a main file that does not exist (containers/image requires a named file). Null otherwise.
    /// </summary>
    public string? MissingMain { get; init; }

    /// <summary>
    /// Why CRI-O rejects every short name: the machine's cache of short names is invalid. Null otherwise.
    /// </summary>
    public string? ShortNameProblem { get; init; }

    /// <summary>For commands that people run: a mistyped path must not look like a node without mirrors.</summary>
    /// <exception cref="ProviderException">The option names a main file that does not exist.</exception>
    public void RequireNamedMain()
    {
        if (MissingMain is { } problem)
        {
            throw new ProviderException(
                Reasons.RegistriesConfNotThere,
                problem,
                "correct the path, or leave the option out"
            );
        }
    }

    /// <summary>
    /// The entry with the longest matching prefix, the first among equals; null if none matches (containers/image
    /// sysregistriesv2 FindRegistry).
    /// </summary>
    public RegistryEntry? Find(RepositoryName image)
    {
        RegistryEntry? longest = null;
        foreach (var entry in Registries)
        {
            if (entry.Prefix.Length > (longest?.Prefix.Length ?? 0) && entry.MatchedLength(image.Text) >= 0)
            {
                longest = entry;
            }
        }

        return longest;
    }
}
