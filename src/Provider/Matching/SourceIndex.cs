// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Matching;

/// <summary>How a key relates to the pull sources.</summary>
internal enum KeyReach
{
    /// <summary>It fits none.</summary>
    None,

    /// <summary>It lies below a mirror's location, where CRI-O does not look in this pull.</summary>
    BelowMirror,

    /// <summary>CRI-O looks for it.</summary>
    LookedUp,
}

/// <summary>
/// The pull sources of an image, indexed so that a key is compared with all of them at once. A key fits a source when it
/// equals the source or is a parent of it, or when it lies below a mirror's location.
/// </summary>
internal sealed class SourceIndex
{
    /// <summary>
    /// Comparisons of a host with a glob that one pull makes at most, about two seconds of them. Real namespaces need a
    /// few hundred; thousands of globs against thousands of mirrors would take the kubelet's whole minute.
    /// </summary>
    private const int MaximumGlobComparisons = 20_000_000;

    /// <summary>What most keys get: nothing is allocated for them.</summary>
    private static readonly List<FittingSource> NoFits = [];

    private readonly Dictionary<string, List<PullSource>> byAncestor = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<PullSource>> byLocation = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> ranks = new(StringComparer.Ordinal);
    private readonly List<string> hosts = [];
    private readonly bool hasHubServer;
    private int globComparisons;

    public SourceIndex(IReadOnlyList<PullSource> sources)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (var i = 0; i < sources.Count; i++)
        {
            var source = sources[i];
            foreach (var name in source.Reference.SelfAndParents)
            {
                Put(byAncestor, name, source);
                ranks.TryAdd(name, i);
            }

            // A location behind which the image's port was put (example.com gives example.com:5000/app) is another registry.
            if (source.Kind == PullSourceKind.Mirror && RepositoryName.Covers(source.Location, source.Reference.Text))
            {
                Put(byLocation, source.Location, source);
            }

            if (seen.Add(source.Reference.Host))
            {
                hosts.Add(source.Reference.Host);
            }
        }

        hasHubServer = seen.Contains(DockerHub.Server);
    }

    /// <summary>Whether globs were ignored because there are too many of them.</summary>
    public bool HasIgnoredGlobs { get; private set; }

    /// <summary>The place, from 0, of the first source for which CRI-O looks for this registry; null when there is none.</summary>
    public int? RankOf(string registry) => ranks.TryGetValue(registry, out var rank) ? rank : null;

    /// <summary>The sources that the key fits.</summary>
    public IReadOnlyList<FittingSource> FitsOf(RegistryKey key)
    {
        var fits = NoFits;
        if (key.IsGlob)
        {
            foreach (var registry in ExpandGlob(key))
            {
                AddFits(ref fits, registry);
            }

            return fits;
        }

        AddFits(ref fits, key.ToString());
        if (IsForHubServer(key))
        {
            AddFits(ref fits, HubServerOf(key));
        }

        return fits;
    }

    /// <summary>The same, without a list.</summary>
    public KeyReach ReachOf(RegistryKey key)
    {
        if (!key.IsGlob)
        {
            var reach = ReachOf(key.ToString());
            return reach != KeyReach.LookedUp && IsForHubServer(key) && ReachOf(HubServerOf(key)) is not KeyReach.None and var other
                ? other
                : reach;
        }

        var best = KeyReach.None;
        foreach (var registry in ExpandGlob(key))
        {
            if (ReachOf(registry) is var reach && reach > best)
            {
                best = reach;
            }
        }

        return best;
    }

    private KeyReach ReachOf(string registry)
    {
        if (byAncestor.ContainsKey(registry))
        {
            return KeyReach.LookedUp;
        }

        var locations = byLocation.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var parent = registry.AsSpan(); !parent.IsEmpty; parent = RepositoryName.Parent(parent))
        {
            if (locations.ContainsKey(parent))
            {
                return KeyReach.BelowMirror;
            }
        }

        return KeyReach.None;
    }

    /// <summary>A Docker Hub key also applies to registry-1.docker.io, which a location may name.</summary>
    private bool IsForHubServer(RegistryKey key) => hasHubServer && key.Host == DockerHub.Name;

    private static string HubServerOf(RegistryKey key) => (key with { Host = DockerHub.Server }).ToString();

    /// <summary>The key with the host of each source that its globs match.</summary>
    private IEnumerable<string> ExpandGlob(RegistryKey key)
    {
        if (globComparisons > MaximumGlobComparisons - hosts.Count)
        {
            HasIgnoredGlobs = true;
            return [];
        }

        globComparisons += hosts.Count;
        return hosts.Where(host => HostGlob.Matches(key.Host, host)).Select(host => (key with { Host = host }).ToString());
    }

    private void AddFits(ref List<FittingSource> fits, string registry)
    {
        if (byAncestor.TryGetValue(registry, out var above))
        {
            foreach (var source in above)
            {
                Put(ref fits, new FittingSource(source, registry));
            }
        }

        // Each parent of the key is looked up, so that the number of mirrors does not matter.
        var locations = byLocation.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var parent = registry.AsSpan(); !parent.IsEmpty; parent = RepositoryName.Parent(parent))
        {
            if (!locations.TryGetValue(parent, out var inside))
            {
                continue;
            }

            foreach (var source in inside)
            {
                if (above is null || !above.Contains(source))
                {
                    Put(ref fits, new FittingSource(source, registry));
                }
            }
        }
    }

    private static void Put(ref List<FittingSource> fits, FittingSource fit)
    {
        if (ReferenceEquals(fits, NoFits))
        {
            fits = [];
        }

        fits.Add(fit);
    }

    private static void Put(Dictionary<string, List<PullSource>> index, string name, PullSource source)
    {
        if (!index.TryGetValue(name, out var list))
        {
            index.Add(name, list = []);
        }

        list.Add(source);
    }
}
