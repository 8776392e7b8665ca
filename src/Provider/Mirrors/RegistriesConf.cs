// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Mirrors;

/// <summary>registries.conf and its drop-ins, merged.</summary>
/// <param name="MainPath">The main file's path, whether it exists or not; fit to be printed.</param>
/// <param name="Found">Whether there is a main file or at least one drop-in.</param>
/// <param name="Registries">By prefix, in ordinal order.</param>
/// <param name="SearchRegistries">The <c>unqualified-search-registries</c>.</param>
/// <param name="Aliases">Short names and the names that they resolve to; null where a later file removes an
/// alias.</param>
internal sealed record RegistriesConf(
    string MainPath,
    bool Found,
    IReadOnlyCollection<RegistryEntry> Registries,
    IReadOnlyList<string> SearchRegistries,
    IReadOnlyDictionary<string, RepositoryName?> Aliases
)
{
    /// <summary>
    /// The main file and the drop-ins that were read, in the order in which they are merged; fit to be printed.
    /// </summary>
    public IReadOnlyList<string> FilesRead { get; init; } = [];

    /// <summary>Whether the main file exists; drop-ins alone are enough.</summary>
    public bool MainFound { get; init; } = true;

    /// <summary>
    /// Why CRI-O would fail with this configuration, although a pull without it needs nothing: an option names a main
    /// file that does not exist (containers/image demands a named file). Null otherwise.
    /// </summary>
    public string? MissingMain { get; init; }

    /// <summary>
    /// Why CRI-O refuses each short name: the machine's own file of short names is invalid; null when it is not.
    /// </summary>
    public string? ShortNameProblem { get; init; }

    /// <summary>For commands, which answer people: a mistyped path must not look like a node without mirrors.</summary>
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
    /// The entry with the longest matching prefix, the first in order among equals; null when none matches
    /// (containers/image sysregistriesv2 FindRegistry).
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
