// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Mirrors;

public sealed class PullSourceResolverTests
{
    /// <summary>The vectors of containers/image's rewriting, and near misses: configuration, image, sources in
    /// order.</summary>
    public static TheoryData<string, string, string> Vectors =>
        new()
        {
            {
                "location='docker.io' mirror=localhost:5000",
                "docker.io/library/nginx",
                "localhost:5000/library/nginx docker.io/library/nginx"
            },
            {
                "prefix='docker.io/library' location='real.io/lib' mirror=m.io/hub/",
                "docker.io/library/nginx",
                "m.io/hub/nginx real.io/lib/nginx"
            },
            { "prefix='*.example.com' mirror=m.io/y", "a.b.example.com/x/y", "m.io/y/x/y a.b.example.com/x/y" },
            { "prefix='*.example.com' mirror=m.io/y", "example.com/x", "example.com/x" },
            { "prefix='*.example.com' mirror=m.io/y", "notexample.com/x", "notexample.com/x" },
            { "prefix='*.example.com' mirror=m.io/y", "q.io/a.example.com/x", "q.io/a.example.com/x" },
            { "prefix='*.example.com' mirror=m.io/y", "a.example.community/x", "a.example.community/x" },
            { "prefix='*.example.com' location='real.io'", "a.b.example.com:5000/x/y", "real.io:5000/x/y" },
            { "location='example.com' mirror=m.io", "example.com:5000/a", "m.io:5000/a example.com:5000/a" },
            { "location='example.com' mirror=m.io", "example.com.evil.test/a", "example.com.evil.test/a" },
            { "location='example.co' mirror=m.io", "example.com/a", "example.com/a" },
            { "prefix='docker.io/library/nginx' location='m.io/x/nginx'", "docker.io/library/nginx", "m.io/x/nginx" },
            {
                "prefix='docker.io/nginx' location='m.io/x/nginx'",
                "docker.io/library/nginx",
                "docker.io/library/nginx"
            },
            { "prefix='quay.io/tea' location='m.io/x' mirror=n.io", "quay.io/team/app", "quay.io/team/app" },
            { "location='quay.io/team' mirror=m.io/t", "quay.io/team/app", "m.io/t/app quay.io/team/app" },
            {
                "location='quay.io' mirror=a.io mirror=b.io/x",
                "quay.io/t/app",
                "a.io/t/app b.io/x/t/app quay.io/t/app"
            },
            { "location='quay.io/' mirror=m.io//", "quay.io/t", "m.io/t quay.io/t" },
        };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Sources_are_those_that_CRIO_tries(string registry, string image, string expected) =>
        Assert.Equal(expected.Split(' '), References(Resolve(Toml(registry), image)));

    [Fact]
    public void The_longest_prefix_decides_and_is_named()
    {
        var sources = Resolve(
            """
            [[registry]]
            location = "quay.io"
            [[registry.mirror]]
            location = "short.io"
            [[registry]]
            prefix = "quay.io/team"
            location = "quay.io/team"
            [[registry.mirror]]
            location = "long.io"
            """,
            "quay.io/team/app"
        );
        Assert.Equal(["long.io/app", "quay.io/team/app"], References(sources));
        Assert.Equal("r.conf:6", sources.DecidedBy);
        Assert.Equal(["long.io", "quay.io/team"], sources.Sources.Select(source => source.Location));
    }

    [Fact]
    public void One_mirror_is_enough_and_each_is_named_once()
    {
        var sources = MatchingSupport.Sources(
            "mirror:m.io=m.io/a mirror:m.io=m.io/b mirror:n.io=n.io/a registry:r.io/a"
        );
        Assert.True(sources.HasMirrorOrRemap);
        Assert.Equal(["m.io", "n.io"], sources.MirrorLocations);
        Assert.False(MatchingSupport.Sources("registry:r.io/a").HasMirrorOrRemap);
    }

    [Fact]
    public void The_first_of_two_equal_prefixes_wins() =>
        Assert.Equal(
            ["a.io/x", "quay.io/x"],
            References(
                Resolve(
                    "registry=[{location='quay.io',mirror=[{location='a.io'}]},{location='quay.io',mirror=[{location='b.io'}]}]",
                    "quay.io/x"
                )
            )
        );

    [Fact]
    public void Blocked_registries_and_mirrors_for_digests_or_tags_only_count()
    {
        var sources = Resolve(
            """
            [[registry]]
            prefix = ""
            location = "quay.io/team"
            blocked = true
            [[registry.mirror]]
            location = "a.io/team"
            pull-from-mirror = "digest-only"
            [[registry.mirror]]
            location = "b.io/team"
            pull-from-mirror = "tag-only"
            """,
            "quay.io/team/app"
        );
        Assert.Equal(["a.io/team/app", "b.io/team/app", "quay.io/team/app"], References(sources));
    }

    [Fact]
    public void A_remap_without_mirrors_is_something_to_do()
    {
        var sources = Resolve(Toml("prefix='private.io' location='real.io/x'"), "private.io/app");
        Assert.Equal(["real.io/x/app"], References(sources));
        Assert.True(sources.HasMirrorOrRemap);
    }

    /// <summary>The pod may have written "app", which CRI-O then takes for what the alias says.</summary>
    [Theory]
    [InlineData("", "docker.io/library/app", "docker.io/library/app real.io/app", true)]
    [InlineData(
        "{location='docker.io',mirror=[{location='m.io'}]}",
        "quay.io/library/app",
        "quay.io/library/app",
        false
    )]
    [InlineData("{prefix='docker.io/library',location='d.io'}", "docker.io/library/app", "d.io/app real.io/app", true)]
    public void A_short_names_remap_counts_as_one(string registry, string image, string expected, bool isRemapped)
    {
        var sources = Resolve(
            $"registry=[{{prefix='private.io',location='real.io'}},{registry}]\n[aliases]\napp='private.io/app'",
            image
        );
        Assert.Equal(expected.Split(' '), References(sources));
        Assert.Equal(isRemapped, sources.IsRemapped);
    }

    [Theory]
    [InlineData("location='a.io'")]
    [InlineData("prefix='a.io/app',location='bare'")]
    public void A_short_names_registry_that_changes_nothing_or_cannot_be_used_does_not_count(string registry)
    {
        var sources = Resolve($"registry=[{{{registry}}}]\n[aliases]\napp='a.io/app'", "docker.io/library/app");
        Assert.Equal(["docker.io/library/app"], References(sources));
        Assert.False(sources.HasMirrorOrRemap);
    }

    [Fact]
    public void A_registry_without_a_location_is_named_by_the_images_host() =>
        Assert.Equal(
            ["m.io", "a.x.io"],
            Resolve(Toml("prefix='*.x.io' mirror=m.io"), "a.x.io/app").Sources.Select(source => source.Location)
        );

    [Fact]
    public void The_route_of_a_pull_has_its_mirrors_and_their_use()
    {
        var file = RegistriesConfParser.Parse(
            "r.conf",
            "registry=[{location='q.io',mirror=[{location='m.io',pull-from-mirror='tag-only'},{location='n.io'}]}]",
            isDropIn: false
        );
        var conf = new RegistriesConf("r.conf", true, file.Registries, [], file.Aliases);
        var route = PullSourceResolver.Route(conf, RepositoryName.OfLocation("q.io/app"), MirrorUse.DigestsOnly);
        Assert.Equal(
            [("m.io/app", MirrorUse.TagsOnly), ("n.io/app", MirrorUse.Always), ("q.io/app", MirrorUse.Always)],
            route.Sources.Select(source => (source.Reference.Text, source.Use))
        );
    }

    [Fact]
    public void A_registry_without_mirrors_is_nothing_to_do() =>
        Assert.False(Resolve(Toml("location='quay.io'"), "quay.io/app").HasMirrorOrRemap);

    [Theory]
    [InlineData("location='docker.io' mirror=m.io/Upper", "docker.io/library/nginx", "m.io/Upper/library/nginx")]
    [InlineData("prefix='quay.io/x' location='bare'", "quay.io/x/y", "bare/y")]
    [InlineData("prefix='docker.io/library' location='docker.io'", "docker.io/library/nginx", "docker.io/nginx")]
    public void A_rewrite_to_an_invalid_name_fails_as_the_pull_would(string registry, string image, string made)
    {
        var e = Assert.Throws<ProviderException>(() => Resolve(Toml(registry), image));
        Assert.Equal(Reasons.PullSourceInvalid, e.Reason);
        Assert.Contains(
            $" to \"{image}\" gives \"{made}\", which is not a repository name",
            e.Problem,
            StringComparison.Ordinal
        );
        Assert.Equal("correct the registry at r.conf:1", e.Hint);
    }

    [Theory]
    [InlineData("location='docker.io' mirror=user:pw-of-user@m.io", "***@m.io")]
    [InlineData("prefix='docker.io' location='pw-of-user@m.io/x'", "***@m.io/x")]
    public void Credentials_in_a_location_are_not_printed(string registry, string location)
    {
        var e = Assert.Throws<ProviderException>(() => Resolve(Toml(registry), "docker.io/library/nginx"));
        Assert.Equal(
            (
                $"applying location \"{location}\" to \"docker.io/library/nginx\" gives "
                    + $"\"{location}/library/nginx\", which is not a repository name",
                "remove the credentials from the registry at r.conf:1, and put them into a pull secret"
            ),
            (e.Problem, e.Hint)
        );
    }

    [Theory]
    [InlineData("digest-only")]
    [InlineData("tag-only")]
    public void A_mirror_that_is_not_for_every_pull_spoils_none_that_it_is_not_for(string use) =>
        Assert.Equal(
            ["m.io/x/nginx", "real.io/x/nginx"],
            References(
                Resolve(
                    $$"""
                    [[registry]]
                    prefix = "docker.io/library/nginx"
                    location = "real.io/x/nginx"
                    mirror = [{location = "m.io", pull-from-mirror = "{{use}}"}, {location = "m.io/x/nginx"}]
                    """,
                    "docker.io/library/nginx"
                )
            )
        );

    [Theory]
    [InlineData("docker.io/library/fedora", "docker.io/library/fedora m.io/fedora registry.fedoraproject.org/fedora")]
    [InlineData("docker.io/team/fedora", "docker.io/team/fedora")]
    [InlineData("docker.io/library/busybox", "docker.io/library/busybox s.io/busybox search.io/busybox")]
    public void What_a_short_name_could_mean_counts_when_it_is_mirrored(string image, string expected) =>
        Assert.Equal(
            expected.Split(' '),
            References(
                Resolve(
                    """
                    unqualified-search-registries = ["plain.io", "search.io"]
                    registry = [
                      {location = "registry.fedoraproject.org", mirror = [{location = "m.io"}]},
                      {prefix = "search.io/busybox", location = "search.io/busybox", mirror = [{location = "s.io/busybox"}]},
                    ]
                    [aliases]
                    fedora = "registry.fedoraproject.org/fedora"
                    busybox = ""
                    """,
                    image
                )
            )
        );

    [Theory]
    [InlineData("docker.io/library/app", "docker.io/library/app a.io/app search.io/app b.io/app search.io/library/app")]
    [InlineData("docker.io/library/tool", "docker.io/library/tool c.io/tool")]
    [InlineData("docker.io/library/app/x", "docker.io/library/app/x b.io/app/x search.io/library/app/x")]
    public void A_short_name_of_Docker_Hubs_library_may_have_one_part_or_two(string image, string expected) =>
        Assert.Equal(
            expected.Split(' '),
            References(
                Resolve(
                    """
                    unqualified-search-registries = ["search.io"]
                    registry = [
                      {location = "search.io", mirror = [{location = "a.io"}]},
                      {prefix = "search.io/library", location = "search.io/library", mirror = [{location = "b.io"}]},
                      {prefix = "alias.io", location = "c.io"},
                    ]
                    [aliases]
                    tool = "plain.io/tool"
                    "library/tool" = "alias.io/tool"
                    """,
                    image
                )
            )
        );

    [Theory]
    [InlineData("docker.io/library/nginx", true)]
    [InlineData("localhost/x", true)]
    [InlineData("host:5000/x", true)]
    [InlineData("[fd00::1]:5000/x", true)]
    [InlineData("Example.com/a__b/c-d", true)]
    [InlineData("docker.io/nginx", false)]
    [InlineData("index.docker.io/library/nginx", false)]
    [InlineData("registry-1.docker.io/library/nginx", true)]
    [InlineData("nginx", false)]
    [InlineData("library/nginx", false)]
    [InlineData("quay.io/", false)]
    [InlineData("quay.io/a//b", false)]
    [InlineData("quay.io/a:1", false)]
    [InlineData("quay.io/-a", false)]
    [InlineData("quay.io/a..b", false)]
    [InlineData("quay.io/a___b", false)]
    [InlineData("-quay.io/a", false)]
    [InlineData("quay.io:/a", false)]
    public void Canonical_names_are_distinguished_from_others(string name, bool isCanonical) =>
        Assert.Equal(isCanonical, RepositoryName.TryParse(name, out _));

    private static string Toml(string registry)
    {
        var words = registry.Split(' ');
        var mirrors = words
            .Where(w => w.StartsWith("mirror=", StringComparison.Ordinal))
            .Select(w => $"{{location='{w[7..]}'}}");
        return $"registry=[{{{string.Join(',', words.Where(w => !w.StartsWith("mirror=", StringComparison.Ordinal)))},mirror=[{string.Join(',', mirrors)}]}}]";
    }

    private static PullSources Resolve(string toml, string image)
    {
        var file = RegistriesConfParser.Parse("r.conf", toml, isDropIn: false);
        return PullSourceResolver.Resolve(
            new RegistriesConf("r.conf", true, file.Registries, file.SearchRegistries ?? [], file.Aliases),
            RepositoryName.OfLocation(image)
        );
    }

    private static IEnumerable<string> References(PullSources sources) =>
        sources.Sources.Select(source => source.Reference.Text);
}
