// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// Reads the main file and the drop-ins and merges them as containers/image does (sysregistriesv2 tryUpdatingCache,
/// dropInConfigs, updateWithConfigurationFrom). One invalid file fails the whole load, as it fails CRI-O's next load.
/// </summary>
internal static class RegistriesConfLoader
{
    private const int MaximumBytes = 4 * 1024 * 1024;

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
        foreach (var (path, text, isDropIn) in ReadFiles(paths))
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

        return new RegistriesConf(OneLine.Printable(MainPath(paths, out _)), found, registries.Values, search, aliases)
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
        ReadText(paths.ShortNameCache, paths) is { } cache
            ? RegistriesConfParser.Parse(paths.ShortNameCache, cache, isDropIn: true).Aliases
            : new Dictionary<string, RepositoryName?>();

    /// <summary>The main file and the existing drop-ins, in merge order.</summary>
    /// <exception cref="ProviderException">A file cannot be read.</exception>
    private static IEnumerable<(string Path, string Text, bool IsDropIn)> ReadFiles(RegistriesConfPaths paths)
    {
        var main = MainPath(paths, out _);
        if (ReadText(main, paths) is { } text)
        {
            yield return (main, text, false);
        }

        foreach (var file in DropInDirectories(paths).SelectMany(directory => DropIns(directory, paths)))
        {
            // The file was removed after the directory was read.
            if (ReadText(file, paths) is { } dropIn)
            {
                yield return (file, dropIn, true);
            }
        }
    }

    /// <summary>
    /// The drop-in directories, in search order. With a user's main file, the system's directories are not used.
    /// </summary>
    public static IReadOnlyList<string> DropInDirectories(RegistriesConfPaths paths)
    {
        var ofUser = $"{UserDirectory(paths)}/registries.conf.d";
        _ = MainPath(paths, out var isUserMain);
        return paths.DropInDirectory is { } given ? [given]
            : isUserMain ? [ofUser]
            : [$"{paths.SystemDirectory}/registries.conf.d", ofUser];
    }

    private static string MainPath(RegistriesConfPaths paths, out bool isUserMain)
    {
        var userMain = $"{UserDirectory(paths)}/registries.conf";
        isUserMain = paths.MainFile is null && Exists(userMain, paths);
        return paths.MainFile ?? (isUserMain ? userMain : $"{paths.SystemDirectory}/registries.conf");
    }

    private static bool Exists(string path, RegistriesConfPaths paths)
    {
        try
        {
            return paths.Files.Exists(path);
        }
        catch (UnreadableFileException e)
        {
            throw Unreadable(path, e);
        }
    }

    private static string UserDirectory(RegistriesConfPaths paths) => $"{paths.Home}/.config/containers";

    private static IEnumerable<string> DropIns(string directory, RegistriesConfPaths paths)
    {
        try
        {
            // CRI-O ignores a directory of drop-ins that is a link, and directories in it that are none
            // (filepath.WalkDir).
            return
            [
                .. (paths.Files.Names(directory) ?? [])
                    .Select(name => $"{directory}/{name}")
                    .Where(path => path.EndsWith(".conf", StringComparison.Ordinal) && !IsDirectory(path, paths)),
            ];
        }
        catch (UnreadableFileException e)
        {
            throw Unreadable(directory, e);
        }
    }

    /// <summary>Whether the path is a directory, but not a link to one.</summary>
    private static bool IsDirectory(string path, RegistriesConfPaths paths) => paths.Files.Names(path) is not null;

    /// <summary>The file's text, or null if the file does not exist.</summary>
    private static string? ReadText(string path, RegistriesConfPaths paths)
    {
        try
        {
            return paths.Files.ReadText(path, MaximumBytes) is not { } text ? null
                : text.StartsWith('\uFEFF')
                    ? throw TomlDocument.Invalid(
                        OneLine.Printable(path),
                        1,
                        1,
                        "the file starts with two byte order marks"
                    )
                : text;
        }
        catch (UnreadableFileException e)
        {
            throw Unreadable(path, e);
        }
        catch (DecoderFallbackException)
        {
            throw TomlDocument.Invalid(OneLine.Printable(path), 1, 1, "the file is not UTF-8");
        }
    }

    private static ProviderException Unreadable(string path, UnreadableFileException e) =>
        new(Reasons.RegistriesConfUnreadable, $"\"{OneLine.Printable(path)}\" cannot be read: {e.Message}", e.Hint);
}
