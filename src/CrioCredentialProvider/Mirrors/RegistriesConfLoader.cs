using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Interop;

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
        var userDirectory = $"{paths.Home}/.config/containers";
        var userMain = $"{userDirectory}/registries.conf";
        var isUserMain = paths.MainFile is null && File.Exists(userMain);
        var main = paths.MainFile ?? (isUserMain ? userMain : $"{paths.SystemDirectory}/registries.conf");
        string[] dropInDirectories = paths.DropInDirectory is { } given ? [given]
            : isUserMain ? [$"{userDirectory}/registries.conf.d"]
            : [$"{paths.SystemDirectory}/registries.conf.d", $"{userDirectory}/registries.conf.d"];

        var registries = new SortedDictionary<string, RegistryEntry>(StringComparer.Ordinal);
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        IReadOnlyList<string> search = [];
        var found = false;
        if (ReadText(main) is { } text)
        {
            Merge(RegistriesConfParser.Parse(main, text, isDropIn: false));
        }

        foreach (var file in dropInDirectories.SelectMany(DropIns))
        {
            // A file that vanished since the directory was read is no drop-in any more.
            if (ReadText(file) is { } dropIn)
            {
                Merge(RegistriesConfParser.Parse(file, dropIn, isDropIn: true));
            }
        }

        if (found && ReadText(paths.ShortNameCache) is { } cache)
        {
            MergeAliases(RegistriesConfParser.Parse(paths.ShortNameCache, cache, isDropIn: true).Aliases);
        }

        return new RegistriesConf(main, found, registries.Values, search, aliases);

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

        void MergeAliases(IReadOnlyDictionary<string, string> more)
        {
            foreach (var (name, target) in more)
            {
                aliases[name] = target;
            }
        }
    }

    private static string[] DropIns(string directory)
    {
        if (Libc.IsMissing(directory))
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
    private static string? ReadText(string path)
    {
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
                    Reasons.RegistriesConfUnreadable, $"\"{path}\" is larger than {MaximumBytes} bytes", "check what it holds");
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
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException)
        {
            throw TomlDocument.Invalid(path, 1, 1, "the file is not UTF-8");
        }
    }

    private static ProviderException Unreadable(string path, Exception e) => new(
        Reasons.RegistriesConfUnreadable,
        $"\"{path}\" cannot be read: {OneLine.Of(e.Message)}",
        "make it readable for root");
}
