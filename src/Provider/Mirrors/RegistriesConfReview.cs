// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Mirrors;

/// <summary>A part of registries.conf that CRI-O does not read as its author meant it.</summary>
/// <param name="Origin"><c>FILE:LINE</c>.</param>
/// <param name="Text">What is wrong, and what to write instead.</param>
internal sealed record RegistriesConfRemark(string Origin, string Text)
{
    /// <summary>As one line.</summary>
    public string Line => $"{Origin}: {Text}";
}

/// <summary>
/// Finds keys that containers/image silently ignores: misspelled keys, and keys below the wrong table header. Only
/// commands use this; a run does not need it.
/// </summary>
internal static class RegistriesConfReview
{
    /// <summary>Maximum edit distance between a key and the one that was probably meant.</summary>
    private const int MaximumSlips = 2;

    private static readonly string[] TopKeys =
    [
        "unqualified-search-registries",
        "registry",
        "credential-helpers",
        "short-name-mode",
        "additional-layer-store-auth-helper",
        "aliases",
    ];

    private static readonly string[] RegistryKeys =
    [
        "prefix",
        "location",
        "insecure",
        "blocked",
        "mirror-by-digest-only",
        "mirror",
    ];

    private static readonly string[] MirrorKeys = ["location", "insecure", "pull-from-mirror"];

    private static readonly string[] OldLists = ["search", "insecure", "block"];

    /// <returns>In the order of files and lines.</returns>
    public static IEnumerable<RegistriesConfRemark> IgnoredKeys(IEnumerable<RegistriesConfDocument> documents) =>
        documents.SelectMany(file => IgnoredKeys(OneLine.Printable(file.Path), file.Root));

    /// <returns>The TOML features that CRI-O 1.34 and 1.35.0 reject, in the order of files and lines.</returns>
    public static IEnumerable<RegistriesConfRemark> NewerForms(IEnumerable<RegistriesConfDocument> documents) =>
        documents.SelectMany(file =>
            NewerToml
                .Find(file.Text)
                .Select(form => new RegistriesConfRemark(
                    $"{OneLine.Printable(file.Path)}:{form.Line}",
                    $"{form.Form} is TOML 1.1"
                ))
        );

    private static IEnumerable<RegistriesConfRemark> IgnoredKeys(string path, TomlMap root) =>
        Ignored(path, root, "the file", TopKeys.Append("registries"))
            .Concat(
                Tables(root, "registry")
                    .SelectMany(registry =>
                        Ignored(path, registry, "[[registry]]", RegistryKeys)
                            .Concat(
                                Tables(registry, "mirror")
                                    .SelectMany(mirror => Ignored(path, mirror, "[[registry.mirror]]", MirrorKeys))
                            )
                    )
            )
            .Concat(root.Find("registries") is TomlMap old ? Ignored(path, old, "[registries]", OldLists) : [])
            .OrderBy(found => found.Line)
            .Select(found => found.Remark);

    private static IEnumerable<TomlMap> Tables(TomlMap parent, string key) =>
        (parent.Find(key) as TomlList)?.Items.OfType<TomlMap>() ?? [];

    private static IEnumerable<(int Line, RegistriesConfRemark Remark)> Ignored(
        string path,
        TomlMap table,
        string header,
        IEnumerable<string> known
    )
    {
        foreach (var (key, node) in table.Members)
        {
            if (!known.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                yield return (
                    node.Line,
                    new RegistriesConfRemark(
                        $"{path}:{node.Line}",
                        $"CRI-O ignores \"{OneLine.WithoutUser(key)}\", which is not a key of {header}"
                            + Advice(key, header, known)
                    )
                );
            }
        }
    }

    private static string Advice(string key, string header, IEnumerable<string> known)
    {
        var isTop = header == "the file";
        if (!isTop && TopKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
        {
            return ": write it before the first table header";
        }

        if (header == "[[registry.mirror]]" && RegistryKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
        {
            return ": write it below [[registry]], before [[registry.mirror]]";
        }

        if (isTop && RegistryKeys.Concat(MirrorKeys).Contains(key, StringComparer.OrdinalIgnoreCase))
        {
            return ": write it below [[registry]] or [[registry.mirror]]";
        }

        return Nearest(key, known) switch
        {
            null => "",
            "mirror" => "; did you mean [[registry.mirror]]?",
            "registry" => "; did you mean [[registry]]?",
            var near => $"; did you mean \"{near}\"?",
        };
    }

    private static string? Nearest(string key, IEnumerable<string> known) =>
        known
            .Where(word => Math.Abs(word.Length - key.Length) <= MaximumSlips)
            .Select(word => (Word: word, Slips: NearestWord.Slips(key, word)))
            .Where(candidate => candidate.Slips <= MaximumSlips)
            .OrderBy(candidate => candidate.Slips)
            .FirstOrDefault()
            .Word;
}
