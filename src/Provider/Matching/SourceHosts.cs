// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Matching;

/// <summary>The hosts of the pull sources, each once, to which a key with globs is expanded.</summary>
internal sealed class SourceHosts
{
    /// <summary>
    /// Comparisons of a host with a glob that one pull makes at most, about two seconds of them. Real namespaces need a
    /// few hundred; thousands of globs against thousands of mirrors would take the kubelet's whole minute.
    /// </summary>
    private const int MaximumComparisons = 20_000_000;

    private readonly List<string> hosts;
    private readonly bool hasHubServer;
    private int comparisons;

    public SourceHosts(IEnumerable<string> all)
    {
        hosts = [.. all.Distinct(StringComparer.Ordinal)];
        hasHubServer = hosts.Contains(DockerHub.Server);
    }

    /// <summary>Whether globs were ignored because there are too many of them.</summary>
    public bool HasIgnoredGlobs { get; private set; }

    /// <summary>The key with the host of each source that its globs match.</summary>
    public IEnumerable<string> Expand(RegistryKey key)
    {
        if (comparisons > MaximumComparisons - hosts.Count)
        {
            HasIgnoredGlobs = true;
            return [];
        }

        comparisons += hosts.Count;
        return hosts
            .Where(host => HostGlob.Matches(key.Host, host))
            .Select(host => (key with { Host = host }).ToString());
    }

    /// <summary>
    /// The key with Docker Hub's server as its host, when a location names that server: a Docker Hub key applies to it
    /// as well. Null otherwise.
    /// </summary>
    public string? AtHubServer(RegistryKey key) =>
        hasHubServer && key.Host == DockerHub.Name ? (key with { Host = DockerHub.Server }).ToString() : null;
}
