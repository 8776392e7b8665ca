// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// Resolves where CRI-O will pull an image from: mirrors in order, then the registry, each as the physical reference
/// for which CRI-O looks up credentials (containers/image PullSourcesFromReference, rewriteReference).
/// </summary>
internal static class PullSourceResolver
{
    /// <param name="conf">The merged configuration.</param>
    /// <param name="image">As the kubelet names it.</param>
    /// <exception cref="ProviderException">
    /// Applying the location, or a mirror that all pulls use, gives an invalid name, so CRI-O's pull fails too.
    /// </exception>
    public static PullSources Resolve(RegistriesConf conf, RepositoryName image)
    {
        var entry = conf.Find(image);
        List<PullSource> sources = [];
        AddSources(sources, entry, image);
        var isRemapped = sources[^1].Reference != image;
        foreach (var candidate in ShortNames(image).SelectMany(shortName => ShortNameCandidates(conf, shortName)))
        {
            // The pod may have used a short name, which the request does not show, so include whatever CRI-O may try.
            if (candidate != image && conf.Find(candidate) is { } other)
            {
                List<PullSource> more = [];
                if (TryAddSources(more, other, candidate) && (more.Count > 1 || more[0].Reference != candidate))
                {
                    isRemapped |= more.Count == 1;
                    sources.AddRange(more.Where(source => !sources.Contains(source)));
                }
            }
        }

        return new PullSources(sources, entry?.Origin, isRemapped);
    }

    /// <summary>The pull sources of one image, without those that a short name could add.</summary>
    /// <param name="conf">The merged configuration.</param>
    /// <param name="image">As the kubelet names it.</param>
    /// <param name="use">Which mirrors to include besides those for every pull; null if unknown.</param>
    /// <exception cref="ProviderException">
    /// Applying a mirror of the pull, or the location, gives an invalid name.
    /// </exception>
    public static PullRoute Route(RegistriesConf conf, RepositoryName image, MirrorUse? use)
    {
        var entry = conf.Find(image);
        List<PullSource> sources = [];
        AddSources(sources, entry, image, use);
        return new PullRoute(image, entry, sources);
    }

    /// <summary>
    /// The short names that the kubelet expands to this image: <c>nginx</c> and <c>library/nginx</c>.
    /// </summary>
    public static IReadOnlyList<string> ShortNames(RepositoryName image)
    {
        if (image.Host != DockerHub.Name)
        {
            return [];
        }

        var name = image.Path;
        return
            name.StartsWith(DockerHub.Library, StringComparison.Ordinal)
            && !name.AsSpan(DockerHub.Library.Length).Contains('/')
            ? [name[DockerHub.Library.Length..], name]
            : [name];
    }

    /// <summary>The names that CRI-O tries for a short name in the pod (containers/image shortnames Resolve).</summary>
    /// <returns>In CRI-O's order; may include the image itself; empty if CRI-O cannot resolve the name.</returns>
    public static IEnumerable<RepositoryName> ShortNameCandidates(RegistriesConf conf, string shortName)
    {
        if (conf.Aliases.GetValueOrDefault(shortName) is { } target)
        {
            yield return target;
            yield break;
        }

        foreach (var registry in conf.SearchRegistries)
        {
            if (RepositoryName.TryNormalize($"{registry}/{shortName}", out var candidate, out _))
            {
                yield return candidate;
            }
        }
    }

    private static void AddSources(
        List<PullSource> sources,
        RegistryEntry? entry,
        RepositoryName image,
        MirrorUse? use = null
    )
    {
        if (entry is null)
        {
            sources.Add(new PullSource(PullSourceKind.Registry, image.Host, image));
            return;
        }

        foreach (var mirror in entry.Mirrors)
        {
            if (Rewrite(entry, mirror.Location, image) is { } reference)
            {
                sources.Add(new PullSource(PullSourceKind.Mirror, mirror.Location, reference) { Use = mirror.Use });
            }
            else if (mirror.Use == MirrorUse.Always || mirror.Use == use)
            {
                // CRI-O ignores a digest-only mirror in a pull by tag, so it cannot fail that pull.
                throw Invalid(entry, mirror.Location, image);
            }
        }

        sources.Add(
            new PullSource(
                PullSourceKind.Registry,
                entry.Location.Length > 0 ? entry.Location : image.Host,
                Rewrite(entry, entry.Location, image) ?? throw Invalid(entry, entry.Location, image)
            )
        );
    }

    private static bool TryAddSources(List<PullSource> sources, RegistryEntry entry, RepositoryName image)
    {
        try
        {
            AddSources(sources, entry, image);
            return true;
        }
        catch (ProviderException)
        {
            // Only a candidate: this entry is not used unless the pod has the short name.
            return false;
        }
    }

    private static RepositoryName? Rewrite(RegistryEntry entry, string location, RepositoryName image) =>
        location.Length == 0 ? image
        : RepositoryName.TryParse(Rewritten(entry, location, image), out var reference) ? reference
        : null;

    private static string Rewritten(RegistryEntry entry, string location, RepositoryName image) =>
        location + image.Text[entry.MatchedLength(image.Text)..];

    private static ProviderException Invalid(RegistryEntry entry, string location, RepositoryName image) =>
        new(
            Reasons.PullSourceInvalid,
            $"applying location \"{OneLine.WithoutUser(location)}\" to \"{image}\" gives "
                + $"\"{OneLine.WithoutUser(Rewritten(entry, location, image))}\", which is not a repository name",
            OneLine.HasUser(location)
                ? $"remove the credentials from the registry at {entry.Origin}, and put them into a pull secret"
                : $"correct the registry at {entry.Origin}"
        );
}
