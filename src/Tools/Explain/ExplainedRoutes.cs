// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>
/// Lists the locations from which CRI-O will try to pull, and what it finds in the auth file for each of them.
/// </summary>
internal static class ExplainedRoutes
{
    /// <param name="image">The image on the command line.</param>
    /// <param name="isRequest">Whether the image comes from a request, which contains neither a tag nor a digest nor a
    /// short name.</param>
    /// <param name="decision">The decision of the kubelet's run.</param>
    /// <param name="origins">The origins of the keys in the auth file.</param>
    /// <returns>The routes in CRI-O's order, and the rule that resolves a short name.</returns>
    public static (IReadOnlyList<ExplainedRoute> Routes, string? ShortNameRemark) Of(
        PodImage image,
        bool isRequest,
        PullDecision decision,
        Dictionary<string, CredentialOrigin> origins
    )
    {
        var conf = decision.Conf;
        MirrorUse? use =
            isRequest ? null
            : image.Digest is not null ? MirrorUse.DigestsOnly
            : MirrorUse.TagsOnly;
        var shortNames = image.ShortName is { } shortName ? [shortName] : PullSourceResolver.ShortNames(image.Name);
        RepositoryName[] candidates =
        [
            .. shortNames.SelectMany(name => PullSourceResolver.ShortNameCandidates(conf, name)).Distinct(),
        ];
        List<(PullRoute Route, bool IsCertain)> routes = [];
        if (image.ShortName is null || candidates.Length == 0)
        {
            routes.Add((PullSourceResolver.Route(conf, image.Name, use), true));
        }

        if (image.ShortName is not null || isRequest)
        {
            foreach (var candidate in candidates)
            {
                if (
                    (image.ShortName is not null || candidate != image.Name)
                    && TryRoute(conf, candidate, use) is { } route
                )
                {
                    routes.Add((route, image.ShortName is not null));
                }
            }
        }

        if (routes.Count == 0)
        {
            routes.Add((PullSourceResolver.Route(conf, image.Name, use), true));
        }

        var number = 0;
        return (
            [
                .. routes.Select(item => new ExplainedRoute(
                    item.Route,
                    item.IsCertain,
                    [
                        .. item.Route.Sources.Select(source =>
                            Place(++number, source, image, isRequest, decision, origins)
                        ),
                    ]
                )),
            ],
            image.ShortName is null ? null : Remark(image.ShortName, image.Name, conf, candidates)
        );
    }

    private static PullRoute? TryRoute(RegistriesConf conf, RepositoryName candidate, MirrorUse? use)
    {
        try
        {
            return PullSourceResolver.Route(conf, candidate, use);
        }
        catch (ProviderException)
        {
            // Applying a mirror gives an invalid repository name. CRI-O fails this candidate, so it has no locations.
            return null;
        }
    }

    private static ExplainedPlace Place(
        int number,
        PullSource source,
        PodImage image,
        bool isRequest,
        PullDecision decision,
        Dictionary<string, CredentialOrigin> origins
    )
    {
        var blocker = decision.Conf.Find(source.Reference) is { IsBlocked: true } entry ? entry.Origin : null;
        var use =
            blocker is not null ? PlaceUse.Blocked
            : source.Use == MirrorUse.Always ? PlaceUse.Tried
            : isRequest ? PlaceUse.Unknown
            : (source.Use == MirrorUse.DigestsOnly) == (image.Digest is not null) ? PlaceUse.Tried
            : PlaceUse.Skipped;
        return new ExplainedPlace(number, source, use, blocker, Find(source.Reference, decision.Content, origins));
    }

    private static FoundCredential? Find(
        RepositoryName reference,
        AuthFileContent content,
        Dictionary<string, CredentialOrigin> origins
    )
    {
        if (AuthFileLookup.Find(content, reference) is not { } hit)
        {
            return null;
        }

        IReadOnlyList<string> rivals =
            hit.Rule != LookupRule.Host
                ? []
                :
                [
                    .. AuthFileLookup
                        .KeysOfHost(content, reference.Host)
                        .Where(key => key != hit.Key)
                        .Select(key => Explanation.PrintableKey(key) ?? "one that names no registry"),
                ];
        return new FoundCredential(
            hit,
            hit.Rule == LookupRule.Helper ? new CredentialOrigin(null, hit.Key) : origins[hit.Key],
            rivals
        );
    }

    private static string Remark(
        string shortName,
        RepositoryName image,
        RegistriesConf conf,
        RepositoryName[] candidates
    ) =>
        $"\"{shortName}\" is a short name"
        + (
            conf.ShortNameProblem is { } problem ? $", and CRI-O refuses those: {problem}"
            : candidates.Length == 0
                ? ", and there is neither an alias nor an unqualified-search-registry for it: CRI-O refuses the pull"
            : conf.Aliases.ContainsKey(shortName) && candidates[0] != image ? ": its alias decides, not Docker Hub"
            : candidates.Length == 1 ? $": CRI-O resolves it to \"{candidates[0]}\""
            : ": CRI-O tries the unqualified-search-registries in their order, or refuses the pull unless its "
                + "short_name_mode is \"disabled\""
        );
}
