using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Matching;

/// <summary>How a key that fits no source differs from the one that it is nearest to; the nearest kinds first.</summary>
internal enum NearMissKind
{
    /// <summary>Another scheme than <c>https</c> and <c>http</c> in front.</summary>
    Scheme,

    /// <summary>The same host, and a path that differs in the middle of a component.</summary>
    PathBoundary,

    /// <summary>An official image of Docker Hub without <c>library</c>.</summary>
    LibraryPath,

    /// <summary>Equal but for upper and lower case.</summary>
    LetterCase,

    /// <summary>The path of the source is only the beginning of the key's.</summary>
    BelowSource,

    /// <summary>A glob in the path, which is compared letter by letter.</summary>
    PathGlob,

    /// <summary>The same host, and another port or none.</summary>
    Port,

    /// <summary>A glob that would match if it stood for more labels than one, or for fewer.</summary>
    GlobLabels,

    /// <summary>A name of Docker's that no registry has.</summary>
    HubName,

    /// <summary>One host is the beginning of the other.</summary>
    HostBoundary,

    /// <summary>One host lies below the other.</summary>
    SubDomain,

    /// <summary>The hosts differ in one or two letters.</summary>
    SimilarHost,

    /// <summary>The same host, and another repository.</summary>
    OtherPath,

    /// <summary>Nothing in common.</summary>
    OtherRegistry,
}

/// <summary>Why a key fits none of an image's sources, told by the source that it nearly fits.</summary>
/// <param name="Kind">How it differs.</param>
/// <param name="Reference">The source's reference; for <see cref="NearMissKind.OtherRegistry"/> the first one's.</param>
/// <param name="Text">One sentence without a full stop, key and reference quoted.</param>
internal sealed record NearMiss(NearMissKind Kind, string Reference, string Text)
{
    private const int LongestHost = 253;

    private static readonly string[] NamesOfHub =
    [
        "docker.com", "www.docker.com", "hub.docker.com", "hub.docker.io", "registry.docker.io", "registry.docker.com",
        "registry.hub.docker.com", "index.docker.com", "auth.docker.io", "registry-2.docker.io", "docker",
    ];

    /// <summary>Whether somebody may have meant the source.</summary>
    public bool IsNear => Kind != NearMissKind.OtherRegistry;

    /// <param name="key">As written in the secret, printable; it fits none of the sources.</param>
    /// <param name="sources">At least one.</param>
    public static NearMiss Of(string key, IReadOnlyList<PullSource> sources)
    {
        NearMiss? nearest = null;
        foreach (var source in sources)
        {
            var (kind, difference) = Compare(key, source);
            if (nearest is null || kind < nearest.Kind)
            {
                nearest = new NearMiss(kind, source.Reference, kind == NearMissKind.OtherRegistry
                    ? $"key \"{key}\" is for another registry"
                    : $"key \"{key}\" does not cover \"{source.Reference}\": {difference}");
            }
        }

        return nearest!;
    }

    private static (NearMissKind Kind, string Difference) Compare(string written, PullSource source)
    {
        var scheme = written.IndexOf("://", StringComparison.Ordinal);
        var isStrange = scheme > 0 && written[..scheme] is not ("https" or "http");
        if (!RegistryKey.TryParse(isStrange ? written[(scheme + 3)..] : written, out var key))
        {
            return (NearMissKind.OtherRegistry, "");
        }

        var host = ImageReference.Domain(source.Reference).ToString();
        var path = source.Reference[(host.Length + 1)..];
        var isSameHost = key.IsGlob ? HostGlob.Matches(key.Host, host) : key.Host == host;
        if (isStrange)
        {
            return isSameHost
                ? (NearMissKind.Scheme, $"\"{written[..scheme]}://\" in front is not understood, only \"https://\" and \"http://\"")
                : (NearMissKind.OtherRegistry, "");
        }

        return isSameHost ? ComparePaths(key.Path, host, path) : CompareHosts(key.Host, host);
    }

    private static (NearMissKind, string) ComparePaths(string key, string host, string path)
    {
        if (key.AsSpan().ContainsAny('*', '[', '?'))
        {
            return (NearMissKind.PathGlob, "a glob counts in the host only, a path is compared letter by letter");
        }

        if (host == DockerHub.Name && ($"{path}/").StartsWith($"library/{key}/", StringComparison.Ordinal))
        {
            return (NearMissKind.LibraryPath, $"official images lie below \"docker.io/library\": write \"docker.io/library/{key}\"");
        }

        if (key.StartsWith(path + "/", StringComparison.Ordinal))
        {
            return (NearMissKind.BelowSource, "it is for repositories below that");
        }

        if (($"{path}/").StartsWith(key + "/", StringComparison.OrdinalIgnoreCase))
        {
            return (NearMissKind.LetterCase, "differs in upper and lower case");
        }

        var (mine, its) = FirstDifference(key, path);
        return mine.StartsWith(its, StringComparison.Ordinal) || its.StartsWith(mine, StringComparison.Ordinal)
            ? (NearMissKind.PathBoundary, "differs at a path boundary")
            : (NearMissKind.OtherPath, "it is for another repository of this registry");
    }

    /// <summary>The first components that differ.</summary>
    private static (string Mine, string Its) FirstDifference(string key, string path)
    {
        var (mine, its) = (key.Split('/'), path.Split('/'));
        var i = 0;
        while (i < mine.Length - 1 && i < its.Length - 1 && mine[i] == its[i])
        {
            i++;
        }

        return (mine[i], its[i]);
    }

    private static (NearMissKind, string) CompareHosts(string key, string host)
    {
        var (name, port) = SplitPort(key);
        var (itsName, itsPort) = SplitPort(host);
        if (port != itsPort && (name == itsName || HostGlob.Matches(name, itsName)))
        {
            return (NearMissKind.Port, $"the key has {PortText(port)}, the registry {PortText(itsPort)}");
        }

        if (key.Equals(host, StringComparison.OrdinalIgnoreCase))
        {
            return (NearMissKind.LetterCase, "differs in upper and lower case");
        }

        var (labels, itsLabels) = (name.Split('.'), itsName.Split('.'));
        if (port == itsPort && name.AsSpan().ContainsAny('*', '?', '[') && labels.Length != itsLabels.Length)
        {
            var common = Math.Min(labels.Length, itsLabels.Length);
            if (HostGlob.Matches(string.Join('.', labels[^common..]), string.Join('.', itsLabels[^common..])))
            {
                return (NearMissKind.GlobLabels,
                    $"a glob stands for one label, and the key has {Count(labels.Length)}, the registry {Count(itsLabels.Length)}");
            }
        }

        if (host == DockerHub.Name && NamesOfHub.Contains(name))
        {
            return (NearMissKind.HubName, "Docker Hub is \"docker.io\", \"index.docker.io\" or \"registry-1.docker.io\"");
        }

        var (shorter, longer) = name.Length < itsName.Length ? (name, itsName) : (itsName, name);
        if (shorter.Length >= 4 && longer.StartsWith(shorter, StringComparison.Ordinal))
        {
            return (NearMissKind.HostBoundary, "the hosts only begin alike");
        }

        if (shorter.Contains('.', StringComparison.Ordinal) && longer.EndsWith("." + shorter, StringComparison.Ordinal))
        {
            return (NearMissKind.SubDomain, name.Length < itsName.Length
                ? $"a host does not cover those below it: write \"{host}\" or \"*.{key}\""
                : "it is for a host below that");
        }

        return shorter.Length >= 4 && longer.Length <= LongestHost && longer.Length - shorter.Length <= 2
            && NearestWord.Slips(name, itsName) <= 2
            ? (NearMissKind.SimilarHost, "the hosts are only similar")
            : (NearMissKind.OtherRegistry, "");
    }

    private static (string Name, string Port) SplitPort(string host)
    {
        var colon = host.LastIndexOf(':');
        return colon < 0 || host.EndsWith(']') ? (host, "") : (host[..colon], host[(colon + 1)..]);
    }

    private static string PortText(string port) => port.Length == 0 ? "no port" : $"port \"{port}\"";

    private static string Count(int labels) => labels == 1 ? "1 label" : $"{labels} labels";
}
