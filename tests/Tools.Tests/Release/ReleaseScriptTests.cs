// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Release;

/// <summary>The scripts that the workflows call, as far as they need no network.</summary>
public sealed class ReleaseScriptTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_tag_that_is_not_the_version_is_refused()
    {
        var run = Script("release-check", "v99.0.0");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"release-check: the tag is \"v99.0.0\", but Directory.Build.props has the version {BuildInfo.Version}\n",
            run.Stderr,
            StringComparison.Ordinal
        );
    }

    /// <summary>A release has the date in both places; before that the changelog has none.</summary>
    [Fact]
    public void The_man_pages_date_is_that_of_the_changelogs_heading()
    {
        var heading = File.ReadLines(Path.Combine(Repository.Root, "CHANGELOG.md"))
            .Single(line => line.StartsWith($"## {BuildInfo.Version} (", StringComparison.Ordinal));
        var date = heading[(heading.IndexOf('(') + 1)..^1];
        Assert.Contains(date, (string[])["unreleased", BuildInfo.ReleaseDate]);
        Assert.Matches(@"^\d{4}-\d{2}-\d{2}$", BuildInfo.ReleaseDate);
    }

    [Fact]
    public void The_text_of_a_draft_is_the_versions_part_of_the_changelog()
    {
        var run = InProcess.Execute("env", "NOTES_ONLY=1", At("release-draft"), $"v{BuildInfo.Version}");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("* **Mirrors:** ", run.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("\n## ", run.Stdout, StringComparison.Ordinal);
        Assert.EndsWith("verify-a-download.md\n", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_builds_are_the_same_only_if_each_byte_is()
    {
        var (one, other) = (Folder("one"), Folder("other"));
        Array.ForEach([one, other], each => File.WriteAllText(each + "/file", "the same"));
        Assert.Equal(0, Script("compare-packages", one, other).ExitCode);

        File.WriteAllText(other + "/file", "the sane");
        var run = Script("compare-packages", one, other);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("compare-packages: file differs\n", run.Stderr, StringComparison.Ordinal);

        File.WriteAllText(other + "/file", "the same");
        File.WriteAllText(other + "/more", "");
        Assert.Equal(1, Script("compare-packages", one, other).ExitCode);
    }

    [Fact]
    public void A_library_with_a_newer_version_asks_for_a_release()
    {
        var (released, current) = (Folder("released"), Folder("current"));
        const string Name = "/crio-credential-provider-linux-amd64.cdx.json";
        File.WriteAllText(released + Name, Sbom("3.0.19-1~deb12u1"));
        File.WriteAllText(current + Name, Sbom("3.0.19-1~deb12u1"));
        Assert.Equal(new CommandResult(0, "", ""), Script("compare-sbom", released, current));

        File.WriteAllText(current + Name, Sbom("3.0.19-1~deb12u2"));
        var run = Script("compare-sbom", released, current);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "> openssl 3.0.19 pkg:deb/debian/openssl@3.0.19-1~deb12u2",
            run.Stdout,
            StringComparison.Ordinal
        );

        // A release without documents must not look like one that is up to date.
        Assert.Equal(2, Script("compare-sbom", Folder("empty"), current).ExitCode);

        static string Sbom(string package) =>
            $$"""{"components":[{"name":"openssl","version":"3.0.19","purl":"pkg:deb/debian/openssl@{{package}}"}]}""";
    }

    [Fact]
    public void The_provenance_names_repository_commit_workflow_and_run()
    {
        string[] variables =
        [
            "GITHUB_SERVER_URL=https://github.com",
            "GITHUB_REPOSITORY=team/provider",
            "GITHUB_REF=refs/tags/v1.0.0",
            "GITHUB_SHA=0123456789abcdef",
            "GITHUB_EVENT_NAME=push",
            "GITHUB_WORKFLOW_REF=team/provider/.github/workflows/release.yml@refs/tags/v1.0.0",
            "GITHUB_RUN_ID=7",
            "GITHUB_RUN_ATTEMPT=2",
        ];
        var run = InProcess.Execute("env", [.. variables, At("provenance")]);
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        var predicate = JsonNode.Parse(run.Stdout)!;
        var definition = predicate["buildDefinition"]!;
        Assert.Equal(".github/workflows/release.yml", (string?)definition["externalParameters"]!["workflow"]!["path"]);
        var source = definition["resolvedDependencies"]![0]!;
        Assert.Equal("git+https://github.com/team/provider@refs/tags/v1.0.0", (string?)source["uri"]);
        Assert.Equal("0123456789abcdef", (string?)source["digest"]!["gitCommit"]);
        Assert.Equal(
            "https://github.com/team/provider/actions/runs/7/attempts/2",
            (string?)predicate["runDetails"]!["metadata"]!["invocationId"]
        );

        // A variable that is missing is an error, not an empty fact.
        Assert.NotEqual(0, InProcess.Execute("env", [.. variables[1..], At("provenance")]).ExitCode);
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    private static string At(string script) => Path.Combine(Repository.Root, "scripts", script);

    private static CommandResult Script(string script, params string[] arguments) =>
        InProcess.Execute(At(script), arguments);
}
