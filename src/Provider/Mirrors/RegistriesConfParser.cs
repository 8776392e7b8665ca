// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// Reads and validates one registries.conf file as containers/image does (sysregistriesv2 system_registries_v2.go,
/// loadConfigFile and postProcessRegistries). It also validates values that this program does not use, because CRI-O
/// would reject the file.
/// </summary>
internal sealed class RegistriesConfParser
{
    private readonly TomlValues values;
    private readonly Dictionary<string, RegistryEntry> registries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (bool Insecure, bool Blocked)> flags = new(StringComparer.Ordinal);

    private RegistriesConfParser(string path) => values = new TomlValues(path);

    /// <param name="path">For messages and origins.</param>
    /// <param name="text">The file's text.</param>
    /// <param name="isDropIn">Whether the old format is an error.</param>
    /// <exception cref="ProviderException">The file is invalid; the message has file, line and column.</exception>
    public static RegistriesConfFile Parse(string path, string text, bool isDropIn)
    {
        var printable = OneLine.Printable(path);
        return Parse(printable, TomlDocument.Parse(printable, text), isDropIn);
    }

    /// <inheritdoc cref="Parse(string, string, bool)"/>
    public static RegistriesConfFile Parse(string printablePath, TomlMap root, bool isDropIn) =>
        new RegistriesConfParser(printablePath).Read(root, isDropIn);

    private RegistriesConfFile Read(TomlMap root, bool isDropIn)
    {
        var old = OldRegistriesConf.Read(root, values);
        var search = values.Strings(root, "unqualified-search-registries");
        foreach (var node in values.Tables(root, "registry"))
        {
            AddRegistry(node);
        }

        CheckShortNameMode(root);
        values.Strings(root, "credential-helpers");
        values.Text(root, "additional-layer-store-auth-helper");
        var aliases = ShortNameAliases.Read(root, values);
        if (old is not null)
        {
            old.Check(root, values, isDropIn);
            search = old.Search;
            foreach (var entry in old.Registries)
            {
                registries.TryAdd(entry.Prefix, entry);
            }
        }

        return new RegistriesConfFile([.. registries.Values], search?.Select(SearchRegistry).ToArray(), aliases);
    }

    private string SearchRegistry((string Text, TomlNode Node) item)
    {
        var host = values.Location(item.Node, item.Text);
        return RepositoryGrammar.IsHost(host)
            ? host
            : throw values.Invalid(
                item.Node,
                $"search registry \"{OneLine.WithoutUser(item.Text)}\" is not a host with an optional port"
            );
    }

    private void AddRegistry(TomlMap node)
    {
        var location = values.Location(node, "location");

        // A prefix of nothing but slashes is set, but matches no image.
        var hasPrefix = values.Text(node, "prefix") is { Length: > 0 };
        var prefix = hasPrefix ? values.Location(node, "prefix") : location;
        var isWildcard = prefix.StartsWith("*.", StringComparison.Ordinal);
        if (prefix.Length == 0 && location.Length == 0)
        {
            throw values.Invalid(node, "a registry needs a location");
        }

        if (location.Length == 0 && !isWildcard)
        {
            throw values.Invalid(
                node,
                $"registry \"{OneLine.WithoutUser(prefix)}\" needs a location: only a prefix with \"*.\" can do without"
            );
        }

        if (isWildcard && prefix.AsSpan().ContainsAny('/', '@', ':'))
        {
            throw values.Invalid(node, $"wildcard prefix \"{OneLine.WithoutUser(prefix)}\" must be \"*.\" and a host");
        }

        if (values.Text(node, "pull-from-mirror") is { Length: > 0 })
        {
            throw values.Invalid(
                node.Find("pull-from-mirror")!,
                "pull-from-mirror belongs to a mirror, not to a registry"
            );
        }

        CheckFlags(node, location.Length > 0 ? location : prefix);
        var mirrors = ReadMirrors(node, values.Flag(node, "mirror-by-digest-only"));

        // The first of two entries with the same prefix wins, without an error.
        registries.TryAdd(
            prefix,
            new RegistryEntry(prefix, location, mirrors, values.Origin(node))
            {
                IsBlocked = values.Flag(node, "blocked"),
            }
        );
    }

    private List<RegistryMirror> ReadMirrors(TomlMap registry, bool byDigestOnly)
    {
        List<RegistryMirror> mirrors = [];
        foreach (var mirror in values.Tables(registry, "mirror", "registry.mirror"))
        {
            var location = values.Location(mirror, "location");
            if (location.Length == 0)
            {
                throw values.Invalid(mirror, "a mirror needs a location");
            }

            values.Flag(mirror, "insecure");
            mirrors.Add(new RegistryMirror(location, ReadUse(mirror, byDigestOnly)));
        }

        return mirrors;
    }

    private MirrorUse ReadUse(TomlMap mirror, bool byDigestOnly)
    {
        var text = values.Text(mirror, "pull-from-mirror") ?? "";
        if (text is not ("" or "all" or "digest-only" or "tag-only"))
        {
            throw values.Invalid(
                mirror.Find("pull-from-mirror")!,
                $"pull-from-mirror is \"{OneLine.WithoutUser(text)}\", not \"all\", \"digest-only\" or \"tag-only\""
            );
        }

        if (text.Length > 0 && byDigestOnly)
        {
            throw values.Invalid(
                mirror.Find("pull-from-mirror")!,
                "pull-from-mirror cannot be combined with mirror-by-digest-only = true"
            );
        }

        return byDigestOnly || text == "digest-only" ? MirrorUse.DigestsOnly
            : text == "tag-only" ? MirrorUse.TagsOnly
            : MirrorUse.Always;
    }

    /// <summary>Entries for the same location must agree on whether it is insecure and whether it is blocked.</summary>
    private void CheckFlags(TomlMap node, string place)
    {
        var own = (Insecure: values.Flag(node, "insecure"), Blocked: values.Flag(node, "blocked"));
        if (!flags.TryAdd(place, own) && flags[place] is var before && before != own)
        {
            var what = before.Insecure != own.Insecure ? "insecure" : "blocked";
            throw values.Invalid(
                node,
                $"registry \"{OneLine.WithoutUser(place)}\" is set twice with different values of \"{what}\""
            );
        }
    }

    private void CheckShortNameMode(TomlMap root)
    {
        if (
            values.Text(root, "short-name-mode") is { Length: > 0 } mode
            && mode is not ("permissive" or "enforcing" or "disabled")
        )
        {
            throw values.Invalid(
                root.Find("short-name-mode")!,
                $"short-name-mode is \"{OneLine.WithoutUser(mode)}\", not \"permissive\", \"enforcing\" or \"disabled\""
            );
        }
    }
}
