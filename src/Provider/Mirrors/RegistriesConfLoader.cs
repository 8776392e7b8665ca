// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// Parses the main file and the drop-ins and merges them as containers/image does (sysregistriesv2 tryUpdatingCache,
/// updateWithConfigurationFrom). One invalid file fails the whole load, as it fails CRI-O's next load.
/// </summary>
internal static class RegistriesConfLoader
{
    /// <param name="paths">Where to look.</param>
    /// <param name="documents">
    /// Receives each file, in merge order, for a review. A run passes none, so that it does not keep the trees in
    /// memory.
    /// </param>
    /// <exception cref="ProviderException">A file cannot be read or is invalid.</exception>
    public static RegistriesConf Load(RegistriesConfPaths paths, ICollection<RegistriesConfDocument>? documents = null)
    {
        var registries = new SortedDictionary<string, RegistryEntry>(StringComparer.Ordinal);
        var aliases = new Dictionary<string, RepositoryName?>(StringComparer.Ordinal);
        IReadOnlyList<string> search = [];
        string? shortNameProblem = null;
        var (found, mainFound) = (false, false);
        List<string> filesRead = [];
        foreach (var (path, text, isDropIn) in RegistriesConfFiles.Read(paths))
        {
            var printable = OneLine.Printable(path);
            var root = TomlDocument.Parse(printable, text);
            Merge(RegistriesConfParser.Parse(printable, root, isDropIn));
            mainFound |= !isDropIn;
            filesRead.Add(printable);
            documents?.Add(new RegistriesConfDocument(path, text, root));
        }

        if (found)
        {
            try
            {
                MergeAliases(ReadShortNameCache(paths));
            }
            catch (ProviderException e)
            {
                // CRI-O reads this file for short names only; a pull by the full name does not need it.
                shortNameProblem = e.Problem;
            }
        }

        return new RegistriesConf(
            OneLine.Printable(RegistriesConfFiles.MainPath(paths, out _)),
            found,
            registries.Values,
            search,
            aliases
        )
        {
            FilesRead = filesRead,
            MainFound = mainFound,
            MissingMain =
                paths.MainFile is { } named && !mainFound
                    ? $"registries.conf \"{OneLine.Printable(named)}\" (--registries-conf) does not exist, "
                        + "and CRI-O rejects such a path"
                    : null,
            ShortNameProblem = shortNameProblem,
        };

        void Merge(RegistriesConfFile file)
        {
            found = true;
            search = file.SearchRegistries ?? search;
            MergeAliases(file.Aliases);
            foreach (var registry in file.Registries)
            {
                registries[registry.Prefix] = registry;
            }
        }

        void MergeAliases(IReadOnlyDictionary<string, RepositoryName?> more)
        {
            foreach (var (name, target) in more)
            {
                aliases[name] = target;
            }
        }
    }

    /// <summary>The aliases in the machine's cache; empty if the file does not exist.</summary>
    /// <exception cref="ProviderException">The file cannot be read or is invalid.</exception>
    public static IReadOnlyDictionary<string, RepositoryName?> ReadShortNameCache(RegistriesConfPaths paths) =>
        RegistriesConfFiles.ReadText(paths.ShortNameCache, paths) is { } cache
            ? RegistriesConfParser.Parse(paths.ShortNameCache, cache, isDropIn: true).Aliases
            : new Dictionary<string, RepositoryName?>();
}
