// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Matching;

public sealed class NearMissTests
{
    private const string Deep = "registry:a.b.example.com/team/app";
    private const string Address = "registry:[fd00::1]/team/app";

    /// <summary>Sources as in <see cref="MatchingCases"/>, a key that fits none, and what is told of it.</summary>
    public static TheoryData<string, string, int, string> Table =>
        new()
        {
            {
                MatchingCases.Team,
                "quay.io/tea",
                (int)NearMissKind.PathBoundary,
                "key \"quay.io/tea\" does not cover \"quay.io/team/app\": differs at a path boundary"
            },
            {
                MatchingCases.Team,
                "https://quay.io/v2/tea/",
                (int)NearMissKind.PathBoundary,
                "key \"https://quay.io/v2/tea/\" does not cover \"quay.io/team/app\": differs at a path boundary"
            },
            {
                MatchingCases.Team,
                "quay.io/team/apple",
                (int)NearMissKind.PathBoundary,
                "key \"quay.io/team/apple\" does not cover \"quay.io/team/app\": differs at a path boundary"
            },
            {
                MatchingCases.Apple,
                "quay.io/team",
                (int)NearMissKind.PathBoundary,
                "key \"quay.io/team\" does not cover \"quay.io/teamapple/app\": differs at a path boundary"
            },
            {
                MatchingCases.Hub,
                "m.io/hubba",
                (int)NearMissKind.PathBoundary,
                "key \"m.io/hubba\" does not cover \"m.io/hub/library/nginx\": differs at a path boundary"
            },
            {
                MatchingCases.Team,
                "quay.io/other",
                (int)NearMissKind.OtherPath,
                "key \"quay.io/other\" does not cover \"quay.io/team/app\": it is for another repository of this "
                    + "registry"
            },
            {
                MatchingCases.Team,
                "quay.io/team/other",
                (int)NearMissKind.OtherPath,
                "key \"quay.io/team/other\" does not cover \"quay.io/team/app\": it is for another repository of this "
                    + "registry"
            },
            {
                MatchingCases.Apple,
                "quay.io/teamapple/app/deeper",
                (int)NearMissKind.BelowSource,
                "key \"quay.io/teamapple/app/deeper\" does not cover \"quay.io/teamapple/app\": it is for repositories "
                    + "below that"
            },
            {
                MatchingCases.Team,
                "quay.io/Team",
                (int)NearMissKind.LetterCase,
                "key \"quay.io/Team\" does not cover \"quay.io/team/app\": differs in upper and lower case"
            },
            {
                MatchingCases.Article,
                "LOCALHOST:5000",
                (int)NearMissKind.LetterCase,
                "key \"LOCALHOST:5000\" does not cover \"localhost:5000/library/nginx\": differs in upper and lower "
                    + "case"
            },
            {
                MatchingCases.Article,
                "DOCKER.IO",
                (int)NearMissKind.LetterCase,
                "key \"DOCKER.IO\" does not cover \"docker.io/library/nginx\": differs in upper and lower case"
            },
            {
                MatchingCases.Article,
                "docker.io/nginx",
                (int)NearMissKind.LibraryPath,
                "key \"docker.io/nginx\" does not cover \"docker.io/library/nginx\": official images are below "
                    + "\"docker.io/library\": write \"docker.io/library/nginx\""
            },
            {
                MatchingCases.Article,
                "https://index.docker.io/v1/nginx",
                (int)NearMissKind.LibraryPath,
                "key \"https://index.docker.io/v1/nginx\" does not cover \"docker.io/library/nginx\": official images "
                    + "are below \"docker.io/library\": write \"docker.io/library/nginx\""
            },
            {
                MatchingCases.Article,
                "docker.io/lib",
                (int)NearMissKind.PathBoundary,
                "key \"docker.io/lib\" does not cover \"docker.io/library/nginx\": differs at a path boundary"
            },
            {
                MatchingCases.Article,
                "hub.docker.com",
                (int)NearMissKind.HubName,
                "key \"hub.docker.com\" does not cover \"docker.io/library/nginx\": Docker Hub is \"docker.io\", "
                    + "\"index.docker.io\" or \"registry-1.docker.io\""
            },
            {
                MatchingCases.Article,
                "https://docker.com/",
                (int)NearMissKind.HubName,
                "key \"https://docker.com/\" does not cover \"docker.io/library/nginx\": Docker Hub is \"docker.io\", "
                    + "\"index.docker.io\" or \"registry-1.docker.io\""
            },
            {
                MatchingCases.Article,
                "localhost",
                (int)NearMissKind.Port,
                "key \"localhost\" does not cover \"localhost:5000/library/nginx\": the key has no port, the registry "
                    + "port \"5000\""
            },
            {
                MatchingCases.Article,
                "localhost:50",
                (int)NearMissKind.Port,
                "key \"localhost:50\" does not cover \"localhost:5000/library/nginx\": the key has port \"50\", the "
                    + "registry port \"5000\""
            },
            {
                MatchingCases.Article,
                "localhost:*",
                (int)NearMissKind.Port,
                "key \"localhost:*\" does not cover \"localhost:5000/library/nginx\": the key has port \"*\", the "
                    + "registry port \"5000\""
            },
            {
                MatchingCases.Article,
                "local*",
                (int)NearMissKind.Port,
                "key \"local*\" does not cover \"localhost:5000/library/nginx\": the key has no port, the registry "
                    + "port \"5000\""
            },
            {
                MatchingCases.Team,
                "quay.io:443",
                (int)NearMissKind.Port,
                "key \"quay.io:443\" does not cover \"quay.io/team/app\": the key has port \"443\", the registry no "
                    + "port"
            },
            {
                MatchingCases.Team,
                "*.com",
                (int)NearMissKind.GlobLabels,
                "key \"*.com\" does not cover \"registry.example.com/team/app\": a glob matches one label, and the "
                    + "key has 2 labels, the registry 3 labels"
            },
            {
                MatchingCases.Hub,
                "*.m.io",
                (int)NearMissKind.GlobLabels,
                "key \"*.m.io\" does not cover \"m.io/hub/library/nginx\": a glob matches one label, and the key "
                    + "has 3 labels, the registry 2 labels"
            },
            {
                MatchingCases.Hub,
                "*",
                (int)NearMissKind.GlobLabels,
                "key \"*\" does not cover \"m.io/hub/library/nginx\": a glob matches one label, and the key has 1 "
                    + "label, the registry 2 labels"
            },
            {
                Deep,
                "*.example.com",
                (int)NearMissKind.GlobLabels,
                "key \"*.example.com\" does not cover \"a.b.example.com/team/app\": a glob matches one label, and "
                    + "the key has 3 labels, the registry 4 labels"
            },
            {
                MatchingCases.Team,
                "*.example.com:5000",
                (int)NearMissKind.Port,
                "key \"*.example.com:5000\" does not cover \"registry.example.com/team/app\": the key has port "
                    + "\"5000\", the registry no port"
            },
            {
                MatchingCases.Team,
                "quay.io/*",
                (int)NearMissKind.PathGlob,
                "key \"quay.io/*\" does not cover \"quay.io/team/app\": globs work in the host only, a path is "
                    + "compared letter by letter"
            },
            {
                MatchingCases.Team,
                "*.io/team/*",
                (int)NearMissKind.PathGlob,
                "key \"*.io/team/*\" does not cover \"quay.io/team/app\": globs work in the host only, a path is "
                    + "compared letter by letter"
            },
            {
                MatchingCases.Team,
                "registry.example.co",
                (int)NearMissKind.HostBoundary,
                "key \"registry.example.co\" does not cover \"registry.example.com/team/app\": the hosts only start "
                    + "the same way"
            },
            {
                MatchingCases.Team,
                "quay.io.evil.test",
                (int)NearMissKind.HostBoundary,
                "key \"quay.io.evil.test\" does not cover \"quay.io/team/app\": the hosts only start the same way"
            },
            {
                MatchingCases.Team,
                "example.com",
                (int)NearMissKind.SubDomain,
                "key \"example.com\" does not cover \"registry.example.com/team/app\": a host does not cover those "
                    + "below it: write \"registry.example.com\" or \"*.example.com\""
            },
            {
                MatchingCases.Team,
                "cdn.quay.io",
                (int)NearMissKind.SubDomain,
                "key \"cdn.quay.io\" does not cover \"quay.io/team/app\": it is for a host below that"
            },
            {
                MatchingCases.Team,
                "quey.io/team",
                (int)NearMissKind.SimilarHost,
                "key \"quey.io/team\" does not cover \"quay.io/team/app\": the hosts are only similar"
            },
            {
                MatchingCases.Team,
                "registry.exmaple.com",
                (int)NearMissKind.SimilarHost,
                "key \"registry.exmaple.com\" does not cover \"registry.example.com/team/app\": the hosts are only "
                    + "similar"
            },
            {
                MatchingCases.Team,
                "docker://quay.io/team",
                (int)NearMissKind.Scheme,
                "key \"docker://quay.io/team\" does not cover \"quay.io/team/app\": only the schemes \"https://\" and "
                    + "\"http://\" are known, not \"docker://\""
            },
            {
                MatchingCases.Team,
                "HTTPS://quay.io",
                (int)NearMissKind.Scheme,
                "key \"HTTPS://quay.io\" does not cover \"quay.io/team/app\": only the schemes \"https://\" and "
                    + "\"http://\" are known, not \"HTTPS://\""
            },
            {
                MatchingCases.Team,
                "docker://ghcr.io",
                (int)NearMissKind.OtherRegistry,
                "key \"docker://ghcr.io\" is for another registry"
            },
            {
                MatchingCases.Team,
                "ghcr.io",
                (int)NearMissKind.OtherRegistry,
                "key \"ghcr.io\" is for another registry"
            },
            {
                MatchingCases.Team,
                "://quay.io",
                (int)NearMissKind.OtherRegistry,
                "key \"://quay.io\" is for another registry"
            },
            { Deep, "*.other.com", (int)NearMissKind.OtherRegistry, "key \"*.other.com\" is for another registry" },
            {
                MatchingCases.Team,
                "http://quay.io/tea",
                (int)NearMissKind.PathBoundary,
                "key \"http://quay.io/tea\" does not cover \"quay.io/team/app\": differs at a path boundary"
            },
            {
                MatchingCases.Team,
                "quay.io/tea/x",
                (int)NearMissKind.PathBoundary,
                "key \"quay.io/tea/x\" does not cover \"quay.io/team/app\": differs at a path boundary"
            },
            {
                Address,
                "[fd00::1]/tea",
                (int)NearMissKind.PathBoundary,
                "key \"[fd00::1]/tea\" does not cover \"[fd00::1]/team/app\": differs at a path boundary"
            },
            {
                MatchingCases.Team,
                "myquay.io",
                (int)NearMissKind.SimilarHost,
                "key \"myquay.io\" does not cover \"quay.io/team/app\": the hosts are only similar"
            },
            {
                MatchingCases.Article,
                "127.0.0.1:5000",
                (int)NearMissKind.OtherRegistry,
                "key \"127.0.0.1:5000\" is for another registry"
            },
            {
                MatchingCases.Remap,
                "private.io",
                (int)NearMissKind.OtherRegistry,
                "key \"private.io\" is for another registry"
            },
        };

    [Theory]
    [MemberData(nameof(Table))]
    public void A_key_that_nearly_matches_is_reported_with_the_difference(
        string sources,
        string key,
        int kind,
        string text
    )
    {
        var miss = NearMiss.Of(key, MatchingSupport.Sources(sources).Sources);
        Assert.Equal(((NearMissKind)kind, text), (miss.Kind, miss.Text));
        Assert.Equal((NearMissKind)kind != NearMissKind.OtherRegistry, miss.IsNear);
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Each_key_of_the_table_fits_nothing(string sources, string key, int kind, string text)
    {
        Assert.NotEqual((-1, ""), (kind, text));
        var places = MatchingSupport.Sources(sources);
        Assert.Empty(MatchingSupport.Match(places, ("s", MatchingSupport.Config((key, "u", "p")))).Credentials);
    }

    [Fact]
    public void The_table_has_each_kind() =>
        Assert.Equal(
            Enum.GetValues<NearMissKind>(),
            Table.Select(row => (NearMissKind)row.Data.Item3).Distinct().Order()
        );

    [Fact]
    public void Every_miss_of_the_matching_table_that_names_a_registry_is_reported()
    {
        var told = 0;
        foreach (
            var (sources, key, _) in MatchingCases.All.Where(row =>
                row.Expected == "-" && RegistryKey.TryParse(row.Key, out _)
            )
        )
        {
            var miss = NearMiss.Of(key, MatchingSupport.Sources(sources).Sources);
            Assert.StartsWith($"key \"{key}\" ", miss.Text, StringComparison.Ordinal);
            told++;
        }

        Assert.InRange(told, 25, 100);
    }

    [Fact]
    public void Of_several_sources_the_nearest_one_is_named()
    {
        const string Both = "mirror:quay.io.test=quay.io.test/team/app registry:quay.io/team/app";
        Assert.Contains(
            "does not cover \"quay.io/team/app\"",
            NearMiss.Of("quay.io/tea", MatchingSupport.Sources(Both).Sources).Text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "does not cover \"quay.io.test/team/app\"",
            NearMiss.Of("quay.io.test/tea", MatchingSupport.Sources(Both).Sources).Text,
            StringComparison.Ordinal
        );
    }
}
