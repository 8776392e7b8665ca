// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class MatchImagesCheckTests : IDisposable
{
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Theory]
    [InlineData("docker.io", "docker.io")]
    [InlineData("docker.io", "docker.io/library|docker.io")]
    [InlineData("quay.io/team", "quay.io/te")]
    [InlineData("registry.test:5000", "*.test:5000")]
    [InlineData("a.b.example.com", "*.*.example.com")]
    [InlineData("[fd00::1]:5000", "[fd00::1]:5000")]
    [InlineData("*.example.com", "*.example.com")]
    public async Task A_registry_that_a_pattern_covers_is_ok(string registry, string patterns)
    {
        Mirror(registry);
        Match(patterns);
        var answer = await node.CheckAsync("CP004");
        Assert.Equal(("ok", $"every mirrored registry is matched ({registry})"), (answer.Outcome, answer.Summary));
    }

    [Theory]
    [InlineData("quay.io", "docker.io", "")]
    [InlineData("registry.test:5000", "registry.test", ": \"registry.test\" has no port, and the registry has :5000")]
    [InlineData("registry.test:5000", "registry.test:5001", ": \"registry.test:5001\" has another port than :5000")]
    [InlineData(
        "registry.test",
        "registry.test:5000",
        ": \"registry.test:5000\" has a port, and the registry has none"
    )]
    [InlineData(
        "a.b.example.com",
        "*.example.com",
        ": \"*.example.com\" matches hosts of 3 labels, and \"a.b.example.com\" has 4: each \"*\" matches one label"
    )]
    [InlineData(
        "docker.io",
        "*",
        ": \"*\" matches hosts of 1 labels, and \"docker.io\" has 2: each \"*\" matches one label"
    )]
    [InlineData(
        "172.18.0.10:5000",
        "*|*.*|*.*.*|*.*.*.*|*.*.*.*.*",
        ": \"*.*.*.*\" has no port, and the registry has :5000"
    )]
    [InlineData("quay.io/team", "quay.io/tool", ": \"quay.io/tool\" has another path")]
    [InlineData("*.example.com", "example.com", "")]
    public async Task A_registry_that_no_pattern_covers_is_a_failure_with_the_nearest_miss(
        string registry,
        string patterns,
        string why
    )
    {
        Mirror(registry);
        Match(patterns);
        var answer = await node.CheckAsync("CP004");
        Assert.Equal(
            ("fail", $"\"{registry}\" has mirrors ({NodeTree.RegistriesConf}:1), but no pattern matches it{why}"),
            (answer.Outcome, answer.Summary)
        );
        Assert.Equal(
            [$"# put under matchImages at {NodeTree.ConfigPath}:5:3, and restart the kubelet:", $"- '{registry}'"],
            answer.Fix
        );
    }

    [Theory]
    [InlineData("bare", "is not a host and path that an image without a tag can begin with")]
    [InlineData("quay.io/team:v1", "is not a host and path that an image without a tag can begin with")]
    [InlineData("[fd00::1]", "is an IPv6 address without a port, which the kubelet never matches")]
    public async Task A_registry_that_no_pattern_can_cover_is_a_warning_about_registries_conf(
        string registry,
        string why
    )
    {
        Mirror(registry);
        var answer = await node.CheckAsync("CP004");
        Assert.Equal(
            ("warn", $"no pattern can match \"{registry}\" ({NodeTree.RegistriesConf}:1): it {why}"),
            (answer.Outcome, answer.Summary)
        );
        Assert.Equal([$"# correct the prefix at {NodeTree.RegistriesConf}:1, or remove the entry"], answer.Fix);
    }

    [Theory]
    [InlineData(
        "docker.io/*",
        "it has no glob: a path is compared as a prefix, without globs, which work only in the host"
    )]
    [InlineData("https://docker.io", "it has a scheme: remove it")]
    [InlineData(
        "user:planted-secret@docker.io/*",
        "a path is compared as a prefix, without globs, which work only in the host"
    )]
    [InlineData("index.docker.io", "the kubelet writes Docker Hub as \"docker.io\"")]
    public async Task A_pattern_that_matches_nothing_is_a_failure_of_its_own(string pattern, string why)
    {
        Match($"docker.io|{pattern}");
        var answer = await node.CheckAsync("CP004");
        Assert.Equal(
            (
                "fail",
                $"pattern \"{pattern.Replace("user:planted-secret", "***", StringComparison.Ordinal)}\" matches no "
                    + $"image: {why.Replace("it has no glob: ", "", StringComparison.Ordinal)}"
            ),
            (answer.Outcome, answer.Summary)
        );
    }

    [Theory]
    [InlineData(
        "docker.io",
        "docker.io/library",
        "only some images of \"docker.io\" (/etc/containers/registries.conf:1) are matched, by \"docker.io/library\""
    )]
    [InlineData(
        "*.example.com",
        "a.example.com",
        "only some images of \"*.example.com\" (/etc/containers/registries.conf:1) are matched, by \"a.example.com\""
    )]
    public async Task A_registry_that_is_covered_in_part_is_a_warning(string registry, string patterns, string summary)
    {
        Mirror(registry);
        Match(patterns);
        var answer = await node.CheckAsync("CP004");
        Assert.Equal(("warn", summary), (answer.Outcome, answer.Summary));
        Assert.Equal($"- '{registry}'", answer.Fix[^1]);
    }

    [Fact]
    public async Task Another_provider_that_matches_the_same_registry_is_a_warning()
    {
        File.AppendAllText(
            node.Here(NodeTree.ConfigPath),
            "- name: other\n  matchImages: [\"docker.io/library\", quay.io]\n  defaultCacheDuration: 0s\n  apiVersion: "
                + "credentialprovider.kubelet.k8s.io/v1\n"
        );
        var answer = await node.CheckAsync("CP004");
        Assert.Equal("warn", answer.Outcome);
        Assert.StartsWith("provider \"other\" also matches \"docker.io\"", answer.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_moved_registry_counts_as_a_mirrored_one()
    {
        node.Write(
            NodeTree.RegistriesConf,
            "[[registry]]\nprefix = \"old.test\"\nlocation = \"new.test/old\"\n[[registry]]\nlocation = "
                + "\"plain.test\"\n"
        );
        var answer = await node.CheckAsync("CP004");
        Assert.Equal(
            ("fail", $"\"old.test\" has mirrors ({NodeTree.RegistriesConf}:1), but no pattern matches it"),
            (answer.Outcome, answer.Summary)
        );
    }

    [Theory]
    [InlineData("", "registries.conf mirrors no registry: see CP007")]
    [InlineData("[[registry]]\n", "registries.conf cannot be used: see CP007")]
    public async Task Without_mirrors_to_compare_with_it_is_skipped(string conf, string reason)
    {
        node.Write(NodeTree.RegistriesConf, conf);
        var answer = await node.CheckAsync("CP004");
        Assert.Equal(("skipped", reason), (answer.Outcome, answer.Summary));
    }

    private void Mirror(string registry) =>
        node.Write(
            NodeTree.RegistriesConf,
            $"[[registry]]\n{(registry[0] == '*' ? "prefix" : "location")} = "
                + $"\"{registry}\"\n[[registry.mirror]]\nlocation = \"m.test\"\n"
        );

    private void Match(string patterns) =>
        node.Edit(
            NodeTree.ConfigPath,
            "  - docker.io\n",
            string.Concat(patterns.Split('|').Select(pattern => $"  - \"{pattern}\"\n"))
        );
}
