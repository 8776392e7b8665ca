using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// Reads and validates one registries.conf file as containers/image does (sysregistriesv2 system_registries_v2.go,
/// loadConfigFile and postProcessRegistries). What the program has no use for is validated all the same: CRI-O would
/// refuse the file.
/// </summary>
internal sealed class RegistriesConfParser
{
    private readonly string path;
    private readonly Dictionary<string, RegistryEntry> registries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (bool Insecure, bool Blocked)> flags = new(StringComparer.Ordinal);

    private RegistriesConfParser(string path) => this.path = path;

    /// <param name="path">For messages and origins.</param>
    /// <param name="text">The file's text.</param>
    /// <param name="isDropIn">The old format is taken for the main file only.</param>
    /// <exception cref="ProviderException">With file, line and column of what is wrong.</exception>
    public static RegistriesConfFile Parse(string path, string text, bool isDropIn)
    {
        var root = TomlDocument.Parse(path, text);
        return new RegistriesConfParser(path).Read(root, isDropIn);
    }

    private RegistriesConfFile Read(TomlMap root, bool isDropIn)
    {
        var old = ReadOldFormat(root);
        var search = Strings(root, "unqualified-search-registries");
        foreach (var node in Tables(root, "registry"))
        {
            AddRegistry(node);
        }

        ReadShortNameMode(root);
        Strings(root, "credential-helpers");
        Text(root, "additional-layer-store-auth-helper");
        var aliases = ReadAliases(root);
        if (old is not null)
        {
            if (isDropIn)
            {
                throw Invalid(old.Node, "the old format with [registries.…] tables is not taken in a drop-in");
            }

            if (HasNewFormat(root))
            {
                throw Invalid(old.Node, "the old and the new format stand in one file");
            }

            search = old.Search;
            foreach (var (location, node, isBlocked) in old.Registries)
            {
                var normal = Location(node, location);
                if (normal.Length == 0)
                {
                    throw Invalid(node, "a registry needs a location");
                }

                registries.TryAdd(normal, new RegistryEntry(normal, normal, [], Origin(node)) { IsBlocked = isBlocked });
            }
        }

        return new RegistriesConfFile([.. registries.Values], search?.Select(SearchRegistry).ToArray(), aliases);

        string SearchRegistry((string Text, TomlNode Node) item)
        {
            var domain = Location(item.Node, item.Text);
            return ImageReference.IsDomain(domain)
                ? domain
                : throw Invalid(item.Node, $"search registry \"{OneLine.Of(item.Text)}\" is not a host with an optional port");
        }
    }

    /// <summary>Version 1: lists of registries that are searched, insecure or blocked; it knows no mirrors.</summary>
    /// <returns>Null when none of the lists is there: a table without them is no version 1.</returns>
    private OldFormat? ReadOldFormat(TomlMap root)
    {
        if (Table(root, "registries") is not { } old)
        {
            return null;
        }

        var (block, insecure, search) = (List("block"), List("insecure"), List("search"));
        return block is null && insecure is null && search is null ? null : new OldFormat(
            old,
            search,
            [
                .. (block ?? []).Select(item => (item.Text, item.Node, true)),
                .. (insecure ?? []).Select(item => (item.Text, item.Node, false)),
            ]);

        List<(string Text, TomlNode Node)>? List(string section) =>
            Table(old, section) is { } table ? Strings(table, "registries") : null;
    }

    /// <summary>Whether anything of version 2 is set, be it to an empty list (V2RegistriesConf.hasSetField).</summary>
    private bool HasNewFormat(TomlMap root) =>
        root.Find("registry") is not null || root.Find("unqualified-search-registries") is not null
        || root.Find("credential-helpers") is not null || root.Find("aliases") is not null
        || Text(root, "short-name-mode") is { Length: > 0 } || Text(root, "additional-layer-store-auth-helper") is { Length: > 0 };

    private void AddRegistry(TomlMap node)
    {
        var givenPrefix = Location(node, Text(node, "prefix") ?? "", "prefix");
        var location = Location(node, Text(node, "location") ?? "", "location");
        var prefix = givenPrefix.Length > 0 ? givenPrefix : location;
        var isWildcard = prefix.StartsWith("*.", StringComparison.Ordinal);
        if (prefix.Length == 0)
        {
            throw Invalid(node, "a registry needs a location");
        }

        if (location.Length == 0 && !isWildcard)
        {
            throw Invalid(node, $"registry \"{OneLine.Of(prefix)}\" needs a location: only a prefix with \"*.\" can do without");
        }

        if (isWildcard && prefix.AsSpan().ContainsAny('/', '@', ':'))
        {
            throw Invalid(node, $"wildcard prefix \"{OneLine.Of(prefix)}\" must be \"*.\" and a host");
        }

        if (Text(node, "pull-from-mirror") is { Length: > 0 })
        {
            throw Invalid(node.Find("pull-from-mirror")!, "pull-from-mirror belongs to a mirror, not to a registry");
        }

        CheckFlags(node, location.Length > 0 ? location : prefix);
        var mirrors = ReadMirrors(node, Flag(node, "mirror-by-digest-only"));

        // The first of two entries for one prefix wins, without an error.
        registries.TryAdd(
            prefix, new RegistryEntry(prefix, location, mirrors, Origin(node)) { IsBlocked = Flag(node, "blocked") });
    }

    private List<RegistryMirror> ReadMirrors(TomlMap registry, bool byDigestOnly)
    {
        List<RegistryMirror> mirrors = [];
        foreach (var mirror in Tables(registry, "mirror", "registry.mirror"))
        {
            var location = Location(mirror, Text(mirror, "location") ?? "", "location");
            if (location.Length == 0)
            {
                throw Invalid(mirror, "a mirror needs a location");
            }

            Flag(mirror, "insecure");
            var pullFrom = Text(mirror, "pull-from-mirror") ?? "";
            if (pullFrom is not ("" or "all" or "digest-only" or "tag-only"))
            {
                throw Invalid(
                    mirror.Find("pull-from-mirror")!,
                    $"pull-from-mirror is \"{OneLine.Of(pullFrom)}\", not \"all\", \"digest-only\" or \"tag-only\"");
            }

            if (pullFrom.Length > 0 && byDigestOnly)
            {
                throw Invalid(
                    mirror.Find("pull-from-mirror")!, "pull-from-mirror cannot stand beside mirror-by-digest-only = true");
            }

            mirrors.Add(new RegistryMirror(
                location,
                byDigestOnly || pullFrom == "digest-only" ? MirrorUse.DigestsOnly
                : pullFrom == "tag-only" ? MirrorUse.TagsOnly
                : MirrorUse.Always));
        }

        return mirrors;
    }

    /// <summary>Two entries for one place must agree whether it is insecure and whether it is blocked.</summary>
    private void CheckFlags(TomlMap node, string place)
    {
        var own = (Insecure: Flag(node, "insecure"), Blocked: Flag(node, "blocked"));
        if (!flags.TryAdd(place, own))
        {
            var before = flags[place];
            if (before != own)
            {
                var what = before.Insecure != own.Insecure ? "insecure" : "blocked";
                throw Invalid(node, $"registry \"{OneLine.Of(place)}\" stands twice with different values of \"{what}\"");
            }
        }
    }

    private void ReadShortNameMode(TomlMap root)
    {
        if (Text(root, "short-name-mode") is { Length: > 0 } mode && mode is not ("permissive" or "enforcing" or "disabled"))
        {
            throw Invalid(
                root.Find("short-name-mode")!,
                $"short-name-mode is \"{OneLine.Of(mode)}\", not \"permissive\", \"enforcing\" or \"disabled\"");
        }
    }

    private Dictionary<string, string> ReadAliases(TomlMap root)
    {
        Dictionary<string, string> aliases = new(StringComparer.Ordinal);
        if (Table(root, "aliases") is not { } table)
        {
            return aliases;
        }

        foreach (var (name, value) in table.Members)
        {
            if (value is not TomlScalar { Text: { } target })
            {
                throw Invalid(value, $"alias \"{OneLine.Of(name)}\" is not a string");
            }

            if (!IsShortName(name))
            {
                throw Invalid(value, $"alias \"{OneLine.Of(name)}\" is not a short name without registry and tag");
            }

            aliases[name] = target.Length == 0 ? "" : Normalized(target)
                ?? throw Invalid(value, $"alias \"{OneLine.Of(name)}\" stands for \"{OneLine.Of(target)}\", which names no registry");
        }

        return aliases;
    }

    /// <summary>What names a repository, but no registry: no part in front of a slash that could only be one (validateShortName).</summary>
    private static bool IsShortName(string name)
    {
        var first = ImageReference.Domain(name);
        if (first.Length == name.Length || !ImageReference.IsDomain(first))
        {
            return ImageReference.IsPath(name);
        }

        return !IsRegistry(first) && ImageReference.IsPath(name.AsSpan(first.Length + 1));
    }

    /// <summary>A repository as the library prints it, Docker Hub's names in full; null when it names no registry (parseShortNameValue).</summary>
    private static string? Normalized(string target)
    {
        var domain = ImageReference.Domain(target);
        if (domain.Length == target.Length || !IsRegistry(domain))
        {
            return null;
        }

        var path = target[(domain.Length + 1)..];
        var name = domain is not (DockerHub.Name or DockerHub.Index) ? target
            : path.Contains('/', StringComparison.Ordinal) ? $"{DockerHub.Name}/{path}"
            : $"{DockerHub.Name}/{DockerHub.Library}{path}";
        return ImageReference.IsCanonicalName(name) ? name : null;
    }

    private static bool IsRegistry(ReadOnlySpan<char> domain) => domain.ContainsAny('.', ':') || domain is "localhost";

    /// <summary>Cuts trailing slashes; a scheme is an error (parseLocation).</summary>
    private string Location(TomlNode node, string text, string? key = null)
    {
        var place = key is not null && node is TomlMap map && map.Find(key) is { } value ? value : node;
        if (text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal))
        {
            throw Invalid(place, $"location \"{OneLine.Of(text)}\" must not have a scheme");
        }

        return text.TrimEnd('/');
    }

    private IEnumerable<TomlMap> Tables(TomlMap parent, string key, string? fullName = null)
    {
        if (parent.Find(key) is not { } node)
        {
            return [];
        }

        if (node is not TomlList list || list.Items.Exists(item => item is not TomlMap))
        {
            throw Invalid(node, $"\"{key}\" is not an array of tables: write [[{fullName ?? key}]]");
        }

        return list.Items.Cast<TomlMap>();
    }

    private TomlMap? Table(TomlMap parent, string key) => parent.Find(key) switch
    {
        null => null,
        TomlMap map => map,
        var other => throw Invalid(other, $"\"{key}\" is not a table"),
    };

    private List<(string Text, TomlNode Node)>? Strings(TomlMap parent, string key)
    {
        if (parent.Find(key) is not { } node)
        {
            return null;
        }

        if (node is not TomlList list || list.Items.Exists(item => item is not TomlScalar { Text: not null }))
        {
            throw Invalid(node, $"\"{key}\" is not an array of strings");
        }

        return list.Items.ConvertAll(item => (((TomlScalar)item).Text!, node));
    }

    private string? Text(TomlMap parent, string key) => parent.Find(key) switch
    {
        null => null,
        TomlScalar { Text: { } text } => text,
        var other => throw Invalid(other, $"\"{key}\" is not a string"),
    };

    private bool Flag(TomlMap parent, string key) => parent.Find(key) switch
    {
        null => false,
        TomlScalar { Flag: { } flag } => flag,
        var other => throw Invalid(other, $"\"{key}\" is not true or false"),
    };

    private string Origin(TomlNode node) => $"{path}:{node.Line}";

    private ProviderException Invalid(TomlNode node, string problem) =>
        TomlDocument.Invalid(path, node.Line, node.Column, problem);

    /// <summary>What a file of version 1 holds.</summary>
    /// <param name="Node">For its place.</param>
    /// <param name="Search">Null when it is not set.</param>
    /// <param name="Registries">The blocked ones first.</param>
    private sealed record OldFormat(
        TomlNode Node,
        List<(string Text, TomlNode Node)>? Search,
        IReadOnlyList<(string Location, TomlNode Node, bool IsBlocked)> Registries);
}
