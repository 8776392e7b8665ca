// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Matching;

/// <summary>Describes how the host of a key differs from that of a source.</summary>
internal static class HostDifference
{
    /// <summary>Maximum length of a host name in DNS; a longer one is not a misspelled host.</summary>
    private const int LongestHost = 253;

    /// <summary>Shorter hosts are similar to too many others.</summary>
    private const int ShortestSimilar = 4;

    private static readonly string[] NamesOfHub =
    [
        "docker.com",
        "www.docker.com",
        "hub.docker.com",
        "hub.docker.io",
        "registry.docker.io",
        "registry.docker.com",
        "registry.hub.docker.com",
        "index.docker.com",
        "auth.docker.io",
        "registry-2.docker.io",
        "docker",
    ];

    public static (NearMissKind Kind, string Difference) Of(string key, string host)
    {
        RepositoryName.SplitPort(key, out var keyName, out var port);
        RepositoryName.SplitPort(host, out var hostName, out var itsPort);
        var (name, itsName) = (keyName.ToString(), hostName.ToString());
        var isSamePort = port.SequenceEqual(itsPort);
        if (!isSamePort && (name == itsName || HostGlob.Matches(name, itsName)))
        {
            return (NearMissKind.Port, $"the key has {PortText(port)}, the registry {PortText(itsPort)}");
        }

        if (key.Equals(host, StringComparison.OrdinalIgnoreCase))
        {
            return (NearMissKind.LetterCase, "differs in upper and lower case");
        }

        if (isSamePort && GlobLabels(name, itsName) is { } labels)
        {
            return (NearMissKind.GlobLabels, labels);
        }

        if (host == DockerHub.Name && NamesOfHub.Contains(name))
        {
            return (
                NearMissKind.HubName,
                "Docker Hub is \"docker.io\", \"index.docker.io\" or \"registry-1.docker.io\""
            );
        }

        return OfNames(key, host, name, itsName);
    }

    private static (NearMissKind Kind, string Difference) OfNames(string key, string host, string name, string itsName)
    {
        var (shorter, longer) = name.Length < itsName.Length ? (name, itsName) : (itsName, name);
        if (shorter.Length >= ShortestSimilar && longer.StartsWith(shorter, StringComparison.Ordinal))
        {
            return (NearMissKind.HostBoundary, "the hosts only start the same way");
        }

        if (shorter.Contains('.', StringComparison.Ordinal) && longer.EndsWith("." + shorter, StringComparison.Ordinal))
        {
            return (
                NearMissKind.SubDomain,
                name.Length < itsName.Length
                    ? $"a host does not cover those below it: write \"{host}\" or \"*.{key}\""
                    : "it is for a host below that"
            );
        }

        return
            shorter.Length >= ShortestSimilar
            && longer.Length <= LongestHost
            && longer.Length - shorter.Length <= 2
            && NearestWord.Slips(name, itsName) <= 2
            ? (NearMissKind.SimilarHost, "the hosts are only similar")
            : (NearMissKind.OtherRegistry, "");
    }

    /// <summary>Explains a glob that would match if it could match more labels than one, or fewer.</summary>
    private static string? GlobLabels(string name, string itsName)
    {
        var (labels, itsLabels) = (name.Split('.'), itsName.Split('.'));
        if (!name.AsSpan().ContainsAny('*', '?', '[') || labels.Length == itsLabels.Length)
        {
            return null;
        }

        var common = Math.Min(labels.Length, itsLabels.Length);
        return HostGlob.Matches(string.Join('.', labels[^common..]), string.Join('.', itsLabels[^common..]))
            ? $"a glob matches one label, and the key has {Count(labels.Length)}, "
                + $"the registry {Count(itsLabels.Length)}"
            : null;
    }

    private static string PortText(ReadOnlySpan<char> port) => port.IsEmpty ? "no port" : $"port \"{port}\"";

    private static string Count(int labels) => labels == 1 ? "1 label" : $"{labels} labels";
}
