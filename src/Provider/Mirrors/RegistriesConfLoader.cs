using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// Reads the main file and the drop-ins and merges them as containers/image does (sysregistriesv2 tryUpdatingCache,
/// dropInConfigs, updateWithConfigurationFrom). One bad file fails the whole: CRI-O's next load fails as well.
/// </summary>
internal static class RegistriesConfLoader
{
    private const int MaximumBytes = 4 * 1024 * 1024;

    /// <exception cref="ProviderException">A file cannot be read, or is invalid.</exception>
    public static RegistriesConf Load(RegistriesConfPaths paths)
    {
        var registries = new SortedDictionary<string, RegistryEntry>(StringComparer.Ordinal);
        var aliases = new Dictionary<string, RepositoryName?>(StringComparer.Ordinal);
        IReadOnlyList<string> search = [];
        string? shortNameProblem = null;
        var (found, mainFound) = (false, false);
        foreach (var (path, text, isDropIn) in ReadFiles(paths))
        {
            Merge(RegistriesConfParser.Parse(path, text, isDropIn));
            mainFound |= !isDropIn;
        }

        if (found)
        {
            try
            {
                MergeAliases(ReadShortNameCache(paths));
            }
            catch (ProviderException e)
            {
                // CRI-O reads this file for short names only: a pull by the full name does not need it.
                shortNameProblem = e.Problem;
            }
        }

        return new RegistriesConf(MainPath(paths, out _), found, registries.Values, search, aliases)
        {
            MainFound = mainFound,
            MissingMain = paths.MainFile is { } named && !mainFound
                ? $"registries.conf \"{OneLine.Printable(named)}\" (--registries-conf) does not exist, and CRI-O rejects such a path"
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

    /// <summary>The aliases that the machine remembers; none when there is no such file.</summary>
    /// <exception cref="ProviderException">The file cannot be read, or is invalid.</exception>
    public static IReadOnlyDictionary<string, RepositoryName?> ReadShortNameCache(RegistriesConfPaths paths) =>
        ReadText(paths.ShortNameCache, paths) is { } cache
            ? RegistriesConfParser.Parse(paths.ShortNameCache, cache, isDropIn: true).Aliases
            : new Dictionary<string, RepositoryName?>();

    /// <summary>The main file and the drop-ins that exist, in the order in which they are merged.</summary>
    /// <exception cref="ProviderException">A file cannot be read.</exception>
    public static IEnumerable<(string Path, string Text, bool IsDropIn)> ReadFiles(RegistriesConfPaths paths)
    {
        var main = MainPath(paths, out _);
        if (ReadText(main, paths) is { } text)
        {
            yield return (main, text, false);
        }

        foreach (var file in DropInDirectories(paths).SelectMany(DropIns))
        {
            // A file that vanished since the directory was read is no drop-in any more.
            if (ReadText(file, paths) is { } dropIn)
            {
                yield return (file, dropIn, true);
            }
        }
    }

    /// <summary>Where drop-ins are looked for, in this order: with a user's main file, the system's do not count.</summary>
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
        isUserMain = paths.MainFile is null && File.Exists(paths.Follow?.Invoke(userMain) ?? userMain);
        return paths.MainFile ?? (isUserMain ? userMain : $"{paths.SystemDirectory}/registries.conf");
    }

    private static string UserDirectory(RegistriesConfPaths paths) => $"{paths.Home}/.config/containers";

    private static string[] DropIns(string directory)
    {
        // CRI-O ignores a directory that is a link (filepath.WalkDir).
        if (!Libc.IsDirectory(directory))
        {
            return [];
        }

        try
        {
            var files = Directory.GetFiles(directory, "*.conf");
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(directory, e);
        }
    }

    /// <summary>The file's text, or null when there is no such file.</summary>
    private static string? ReadText(string name, RegistriesConfPaths paths)
    {
        var path = paths.Follow?.Invoke(name) ?? name;
        if (Libc.IsMissing(path))
        {
            return null;
        }

        try
        {
            if (Libc.IsSpecialFile(path))
            {
                throw new IOException("it is not a regular file");
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (file.Length > MaximumBytes)
            {
                throw new ProviderException(
                    Reasons.RegistriesConfUnreadable, $"\"{OneLine.Printable(path)}\" is larger than {MaximumBytes} bytes", "check what it holds");
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return Decode(path, bytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    private static string Decode(string path, byte[] bytes)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            text = text.StartsWith('\uFEFF') ? text[1..] : text;
            return text.StartsWith('\uFEFF')
                ? throw TomlDocument.Invalid(OneLine.Printable(path), 1, 1, "the file starts with two byte order marks")
                : text;
        }
        catch (DecoderFallbackException)
        {
            throw TomlDocument.Invalid(OneLine.Printable(path), 1, 1, "the file is not UTF-8");
        }
    }

    private static ProviderException Unreadable(string path, Exception e) => new(
        Reasons.RegistriesConfUnreadable,
        $"\"{OneLine.Printable(path)}\" cannot be read: {OneLine.Of(e.Message)}",
        "make it readable for root");
}
