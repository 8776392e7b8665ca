// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Matching;

/// <summary>How a key relates to the pull sources; later values are closer relations.</summary>
internal enum KeyReach
{
    /// <summary>It matches none.</summary>
    None,

    /// <summary>It is below a mirror's location, where CRI-O does not look during this pull.</summary>
    BelowMirror,

    /// <summary>CRI-O looks for it.</summary>
    LookedUp,
}

/// <summary>
/// The pull sources of an image, indexed to compare a key with all of them at once. A key matches a source if it equals
/// the source or is a parent of it, or if it is below a mirror's location.
/// </summary>
internal sealed class SourceIndex
{
    /// <summary>The result for most keys, shared to avoid an allocation.</summary>
    private static readonly List<FittingSource> NoFits = [];

    private readonly Dictionary<string, List<PullSource>> byAncestor = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<PullSource>> byLocation = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> ranks = new(StringComparer.Ordinal);
    private readonly SourceHosts hosts;

    public SourceIndex(IReadOnlyList<PullSource> sources)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            var source = sources[i];
            foreach (var name in source.Reference.SelfAndParents)
            {
                Put(byAncestor, name, source);
                ranks.TryAdd(name, i);
            }

            // If the image's port was appended to a location (example.com gives example.com:5000/app), the result is
            // another registry.
            if (source.Kind == PullSourceKind.Mirror && RepositoryName.Covers(source.Location, source.Reference.Text))
            {
                Put(byLocation, source.Location, source);
            }
        }

        hosts = new SourceHosts(sources.Select(source => source.Reference.Host));
    }

    /// <inheritdoc cref="SourceHosts.HasIgnoredGlobs"/>
    public bool HasIgnoredGlobs => hosts.HasIgnoredGlobs;

    /// <summary>
    /// The index, from 0, of the first source for which CRI-O looks up this registry; null if there is none.
    /// </summary>
    public int? RankOf(string registry) => ranks.TryGetValue(registry, out var rank) ? rank : null;

    /// <inheritdoc cref="CompactDockerConfig.IsForOthers"/>
    public bool HasOthersOnly(ReadOnlySpan<byte> document) => CompactDockerConfig.IsForOthers(document, hosts);

    /// <inheritdoc cref="SourceHosts.IsElsewhere"/>
    public bool IsElsewhere(ReadOnlySpan<byte> key) => hosts.IsElsewhere(key);

    /// <summary>The sources that the key matches.</summary>
    public IReadOnlyList<FittingSource> FitsOf(RegistryKey key)
    {
        var fits = NoFits;
        if (key.IsGlob)
        {
            foreach (var registry in hosts.Expand(key))
            {
                AddFits(ref fits, registry);
            }

            return fits;
        }

        AddFits(ref fits, key.ToString());
        if (hosts.AtHubServer(key) is { } server)
        {
            AddFits(ref fits, server);
        }

        return fits;
    }

    /// <summary>The closest relation of the key to a source, without allocating a list.</summary>
    public KeyReach ReachOf(RegistryKey key)
    {
        if (key.IsGlob)
        {
            return hosts.Expand(key).Select(ReachOf).DefaultIfEmpty().Max();
        }

        var reach = ReachOf(key.ToString());
        return hosts.AtHubServer(key) is { } server && ReachOf(server) is var other && other > reach ? other : reach;
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

    private void AddFits(ref List<FittingSource> fits, string registry)
    {
        if (byAncestor.TryGetValue(registry, out var above))
        {
            foreach (var source in above)
            {
                Put(ref fits, new FittingSource(source, registry));
            }
        }

        // Look up each parent of the key, so that the cost does not depend on the number of mirrors.
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
