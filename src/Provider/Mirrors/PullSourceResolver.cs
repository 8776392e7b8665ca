using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// Says from where CRI-O will pull an image: mirrors in order, then the registry, each as the physical reference that
/// credentials are looked up for (containers/image PullSourcesFromReference, rewriteReference).
/// </summary>
internal static class PullSourceResolver
{
    /// <param name="conf">The merged configuration.</param>
    /// <param name="image">A canonical name, as the kubelet gives it.</param>
    /// <exception cref="ProviderException">A mirror of every pull, or the location, makes an invalid reference: CRI-O's pull fails too.</exception>
    public static PullSources Resolve(RegistriesConf conf, string image)
    {
        var entry = conf.Find(image);
        List<PullSource> sources = [];
        AddSources(sources, entry, image);
        var isRemapped = sources[^1].Reference != image;
        foreach (var shortName in ShortNames(image))
        {
            foreach (var candidate in ShortNameCandidates(conf, shortName))
            {
                // The pod may have used a short name, which the request does not tell: what CRI-O may try, we look up too.
                if (candidate != image && conf.Find(candidate) is { } other)
                {
                    List<PullSource> more = [];
                    if (TryAddSources(more, other, candidate)
                        && (more.Count > 1 || more[0].Reference != candidate))
                    {
                        isRemapped |= more.Count == 1;
                        sources.AddRange(more.Where(source => !sources.Contains(source)));
                    }
                }
            }
        }

        return new PullSources(image, sources, entry?.Origin, isRemapped);
    }

    /// <summary>The places of one image, without what a short name could stand for besides.</summary>
    /// <param name="conf">The merged configuration.</param>
    /// <param name="image">A canonical name.</param>
    /// <param name="use">Which mirrors have a part in the pull besides those of every pull; null when that is not known.</param>
    /// <exception cref="ProviderException">A mirror of the pull, or the location, makes an invalid reference.</exception>
    public static PullRoute Route(RegistriesConf conf, string image, MirrorUse? use)
    {
        var entry = conf.Find(image);
        List<PullSource> sources = [];
        AddSources(sources, entry, image, use);
        return new PullRoute(image, entry, sources);
    }

    /// <summary>The names without a registry that the kubelet makes this image of: <c>nginx</c>, and <c>library/nginx</c>.</summary>
    public static IReadOnlyList<string> ShortNames(string image)
    {
        const string Hub = DockerHub.Name + "/";
        if (!image.StartsWith(Hub, StringComparison.Ordinal))
        {
            return [];
        }

        var name = image[Hub.Length..];
        return name.StartsWith(DockerHub.Library, StringComparison.Ordinal) && !name.AsSpan(DockerHub.Library.Length).Contains('/')
            ? [name[DockerHub.Library.Length..], name]
            : [name];
    }

    /// <summary>What CRI-O tries when the pod has a short name.</summary>
    /// <returns>Canonical names in CRI-O's order, which may or may not hold the image; empty when CRI-O knows none.</returns>
    public static IEnumerable<string> ShortNameCandidates(RegistriesConf conf, string shortName) =>
        conf.Aliases.TryGetValue(shortName, out var target) && target.Length > 0
            ? [target]
            : conf.SearchRegistries.Select(registry =>
                registry != DockerHub.Name ? $"{registry}/{shortName}"
                : shortName.Contains('/', StringComparison.Ordinal) ? $"{DockerHub.Name}/{shortName}"
                : $"{DockerHub.Name}/{DockerHub.Library}{shortName}");

    private static void AddSources(List<PullSource> sources, RegistryEntry? entry, string image, MirrorUse? use = null)
    {
        if (entry is null)
        {
            sources.Add(new PullSource(PullSourceKind.Registry, ImageReference.Domain(image).ToString(), image));
            return;
        }

        foreach (var mirror in entry.Mirrors)
        {
            // A mirror for digests only has no part in a pull by tag: what it makes of the name spoils that pull as little.
            if (mirror.Use == MirrorUse.Always || mirror.Use == use || IsRewritable(entry, mirror.Location, image))
            {
                sources.Add(new PullSource(PullSourceKind.Mirror, mirror.Location, Rewrite(entry, mirror.Location, image))
                {
                    Use = mirror.Use,
                });
            }
        }

        sources.Add(new PullSource(
            PullSourceKind.Registry,
            entry.Location.Length > 0 ? entry.Location : ImageReference.Domain(image).ToString(),
            Rewrite(entry, entry.Location, image)));
    }

    private static bool TryAddSources(List<PullSource> sources, RegistryEntry entry, string image)
    {
        try
        {
            AddSources(sources, entry, image);
            return true;
        }
        catch (ProviderException)
        {
            // Only a candidate: when the pod did not use the short name, this entry has no part in the pull.
            return false;
        }
    }

    private static string Rewrite(RegistryEntry entry, string location, string image)
    {
        if (location.Length == 0)
        {
            return image;
        }

        var reference = Rewritten(entry, location, image);
        if (!ImageReference.IsCanonicalName(reference))
        {
            throw new ProviderException(
                Reasons.PullSourceInvalid,
                $"location \"{OneLine.Of(location)}\" makes \"{OneLine.Of(reference)}\" of \"{image}\", which is no repository name",
                $"correct the registry at {entry.Origin}");
        }

        return reference;
    }

    private static bool IsRewritable(RegistryEntry entry, string location, string image) =>
        ImageReference.IsCanonicalName(Rewritten(entry, location, image));

    private static string Rewritten(RegistryEntry entry, string location, string image) =>
        location + image[entry.MatchedLength(image)..];
}
