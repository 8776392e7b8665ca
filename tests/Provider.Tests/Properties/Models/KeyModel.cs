// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.Properties.Models;

/// <summary>
/// What a docker config's key means and applies to: the kubelet's keyring (BasicDockerKeyring.Add, URLsMatch) with
/// boundaries at slashes, and Docker Hub under one name.
/// </summary>
internal sealed partial record KeyModel(string Host, string Path)
{
    /// <summary>Null for a key that names no registry.</summary>
    public static KeyModel? Of(string key)
    {
        if (Url().Match(key) is not { Success: true } url)
        {
            return null;
        }

        var (host, path) = (url.Groups["host"].Value, url.Groups["path"].Value);
        if (ApiPath().IsMatch(path) || (url.Groups["scheme"].Success && path is "/v1" or "/v2"))
        {
            path = path[3..];
        }

        return new KeyModel(host is "index.docker.io" or "registry-1.docker.io" ? "docker.io" : host, path.Trim('/'));
    }

    public bool IsAddress => Address().IsMatch(Host);

    public bool IsGlob => !IsAddress && Host.IndexOfAny(['*', '?', '[']) >= 0;

    /// <summary>The registry that is written for a host of a source; null when the key is not for this host.</summary>
    public string? For(string host) =>
        (IsGlob ? HostMatches(Host, host) : Host == host || (Host, host) == ("docker.io", "registry-1.docker.io"))
            ? (Path.Length == 0 ? host : $"{host}/{Path}")
            : null;

    /// <summary>The kubelet's rule: equal ports, equally many labels, and each label by
    /// <c>filepath.Match</c>.</summary>
    public static bool HostMatches(string pattern, string host)
    {
        var ((patternName, patternPort), (name, port)) = (Split(pattern), Split(host));
        var (patternLabels, labels) = (patternName.Split('.'), name.Split('.'));
        return patternPort == port
            && patternLabels.Length == labels.Length
            && patternLabels.Zip(labels).All(pair => GoPathMatch.Matches(pair.First, pair.Second));
    }

    public static bool IsSameOrBelow(string name, string ancestor) =>
        name.Split('/') is var parts
        && ancestor.Split('/') is var above
        && parts.Take(above.Length).SequenceEqual(above);

    /// <summary>The registries below which this key's credential is written for the sources.</summary>
    public IEnumerable<string> AppliesTo(PullSources sources)
    {
        foreach (var host in sources.Sources.Select(source => source.Reference.Host).Distinct())
        {
            if (For(host) is { } registry && sources.Sources.Any(source => Applies(registry, source)))
            {
                yield return registry;
            }
        }
    }

    private static bool Applies(string registry, PullSource source) =>
        IsSameOrBelow(source.Reference.Text, registry)
        || (
            source.Kind == PullSourceKind.Mirror
            && IsSameOrBelow(source.Reference.Text, source.Location)
            && IsSameOrBelow(registry, source.Location)
        );

    /// <summary>In front of a port, what stands in one pair of brackets is taken out of it
    /// (net.SplitHostPort).</summary>
    private static (string Name, string Port) Split(string host) =>
        host.LastIndexOf(':') is >= 0 and var colon && !host.EndsWith(']')
            ? (InBrackets().Replace(host[..colon], "${inside}"), host[(colon + 1)..])
            : (host, "");

    [GeneratedRegex(@"\A\[(?<inside>[^\]]*)\]\z", RegexOptions.CultureInvariant)]
    private static partial Regex InBrackets();

    [GeneratedRegex(
        @"\A(?<scheme>https?://)?(?<host>(?=[^/]*[^./:-])[-A-Za-z0-9.:*?\[\]^\\_]+)(?<path>/[^@?#\p{Cc}\s]*)?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Url();

    [GeneratedRegex(@"\A/v[12]/", RegexOptions.CultureInvariant)]
    private static partial Regex ApiPath();

    [GeneratedRegex(@"\A\[[0-9a-fA-F:]*:[0-9a-fA-F:]*\](:[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
