// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

public sealed class WantedStateTests
{
    [Fact]
    public void The_example_of_the_page_sets_every_field_to_its_default()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "install.md"));
        var start = page.IndexOf("```yaml\n", StringComparison.Ordinal) + 8;
        var example = page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
        var otherwise = new WantedState
        {
            IsPresent = false,
            BinDir = "/x",
            ConfigPath = "/y",
            MatchImages = ["z"],
            Profile = "openshift",
            KubeletUnit = "k.service",
            SetsFlags = false,
            AnnotationKeys = ["a"],
            Args = ["b"],
            Env = [("c", "d")],
            HasSweepTimer = false,
            WatchFor = TimeSpan.FromSeconds(1),
            UndoAfter = TimeSpan.FromSeconds(1),
        };
        var state = WantedStateParser.Parse("example", example, otherwise);
        var defaults = new WantedState { Audience = "https://kubernetes.default.svc.cluster.local" };
        Assert.Equal(
            defaults with
            {
                MatchImages = state.MatchImages,
                AnnotationKeys = state.AnnotationKeys,
                Args = state.Args,
                Env = state.Env,
            },
            state
        );
        Assert.Empty(
            state
                .MatchImages.Concat(state.AnnotationKeys)
                .Concat(state.Args)
                .Concat(state.Env.Select(pair => pair.Name))
        );
    }

    /// <summary>The file in the packages, which people copy.</summary>
    [Fact]
    public void The_packages_example_sets_only_defaults() =>
        Assert.Equivalent(
            new WantedState(),
            WantedStateParser.Parse(
                "state.yaml",
                File.ReadAllText(Path.Combine(Repository.Root, "packaging/state.yaml")),
                new WantedState()
            ),
            strict: true
        );

    [Theory]
    [InlineData("matchImages: [docker.io]\nmatchimages: [quay.io]\n", 2, 1, "unknown field \"matchimages\"")]
    [InlineData("binDir: /a\nbinDir: /b\n", 2, 1, "binDir is set twice")]
    [InlineData("ensure: gone\n", 1, 9, "ensure must be present or absent")]
    [InlineData("matchImages: docker.io\n", 1, 14, "matchImages must be a list of strings")]
    [InlineData("sweepTimer: \"true\"\n", 1, 13, "sweepTimer must be true or false")]
    [InlineData("binDir: relative\n", 1, 9, "binDir: want an absolute path")]
    [InlineData("configPath: /etc/../x\n", 1, 13, "configPath: want an absolute path")]
    [InlineData("watchFor: 60\n", 1, 11, "watchFor: want a duration")]
    [InlineData("watchFor: 2h\n", 1, 11, "watchFor: want a duration")]
    [InlineData("kubeletUnit: kubelet\n", 1, 14, "kubeletUnit: want the name of a service")]
    [InlineData("env:\n- name: A\n  valu: b\n", 2, 3, "a variable of env must have name and value")]
    [InlineData("fromRegistriesConf: true\nmatchImages: [docker.io]\n", 1, 1, "cannot be used together")]
    [InlineData("fromRegistriesConf: false\n", 1, 1, "requires matchImages")]
    [InlineData("- a\n", 1, 1, "it must be a mapping")]
    [InlineData("", 1, 1, "it is empty")]
    [InlineData("a: 1\n---\nb: 2\n", 3, 1, "only one document")]
    [InlineData("binDir: [\n", 2, 1, "not")]
    public void A_bad_file_is_refused_with_its_place(string text, int line, int column, string problem)
    {
        var e = Assert.Throws<ProviderException>(() =>
            WantedStateParser.Parse("\"wanted.yaml\"", text, new WantedState())
        );
        Assert.StartsWith($"\"wanted.yaml\", line {line}, column {column}: ", e.Problem, StringComparison.Ordinal);
        Assert.Contains(problem, e.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_that_the_file_lacks_keep_their_values()
    {
        var state = WantedStateParser.Parse(
            "x",
            "{\"matchImages\": [\"docker.io\"], \"env\": [{\"name\": \"A\", \"value\": \"\"}]}",
            new WantedState { BinDir = "/opt/bin" }
        );
        Assert.Equal(
            ("/opt/bin", "docker.io", ("A", "")),
            (state.BinDir, Assert.Single(state.MatchImages), Assert.Single(state.Env))
        );
    }
}
