// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Mirrors;

/// <summary>Finds and reads the main file and the drop-ins (containers/image newConfigWrapperWithHomeDir,
/// dropInConfigs).</summary>
internal static class RegistriesConfFiles
{
    private const int MaximumBytes = 4 * 1024 * 1024;

    /// <summary>The main file and the existing drop-ins, in merge order.</summary>
    /// <exception cref="ProviderException">A file cannot be read.</exception>
    public static IEnumerable<(string Path, string Text, bool IsDropIn)> Read(RegistriesConfPaths paths)
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

    /// <param name="paths">Where to look.</param>
    /// <param name="isUserMain">Whether it is the file in the home directory.</param>
    public static string MainPath(RegistriesConfPaths paths, out bool isUserMain)
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
            // CRI-O ignores a drop-in directory that is a link, and directories inside it (filepath.WalkDir).
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
    private static bool IsDirectory(string path, RegistriesConfPaths paths)
    {
        try
        {
            return paths.Files.Names(path) is not null;
        }
        catch (UnreadableFileException e)
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>The file's text, or null if the file does not exist.</summary>
    /// <exception cref="ProviderException">The file cannot be read or is not UTF-8.</exception>
    public static string? ReadText(string path, RegistriesConfPaths paths)
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
