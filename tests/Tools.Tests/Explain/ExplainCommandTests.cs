// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Explain;

public sealed class ExplainCommandTests : IDisposable
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string QuayFile =
        "/etc/crio/auth/team-a-3aec51a61d13d17bb49232c144638bcd4f6c5a35e648122f2e633dd5c634e76b.json";

    private readonly ExplainWorld world = new();

    public ExplainCommandTests() =>
        world.Write(
            ExplainWorld.Conf,
            """
            [[registry]]
            location = "quay.io"
            [[registry.mirror]]
            location = "mirror.example.com:5000/quay"

            """
        );

    public void Dispose() => world.Dispose();

    /// <summary>CRI-O makes a name for each mirror that has a part in the pull, and fails when one is none.</summary>
    [Theory]
    [InlineData(
        "docker.io/library/nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "digest-only",
        false
    )]
    [InlineData("docker.io/library/nginx:1", "tag-only", false)]
    [InlineData("docker.io/library/nginx:1", "digest-only", true)]
    public void A_mirror_that_makes_no_name_of_the_image_fails_the_pull_that_it_is_for(
        string image,
        string use,
        bool isPulled
    )
    {
        world.Write(
            ExplainWorld.Conf,
            $$"""
            [[registry]]
            prefix = "docker.io/library/nginx"
            location = "real.io/x/nginx"
            mirror = [{location = "m.io", pull-from-mirror = "{{use}}"}, {location = "m.io/x/nginx"}]
            """
        );
        world.Write("s.json", ExplainWorld.Manifest("default", "a=m.io"));
        var run = world.Run($"{image} --secrets s.json");
        Assert.Equal(isPulled ? 0 : 3, run.ExitCode);
        Assert.Equal(
            isPulled
                ? ""
                : "crio-credential-provider: applying location \"m.io\" to \"docker.io/library/nginx\" gives \"m.io\", "
                    + "which is not a repository name; correct the registry at /etc/containers/registries.conf:1 "
                    + "[CP303]\n",
            run.Stderr
        );
    }

    [Fact]
    public void Credentials_in_a_location_are_not_printed()
    {
        world.Write(ExplainWorld.Conf, "[[registry]]\nprefix = 'quay.io'\nlocation = 'robot:planted-secret@m.test'\n");
        Assert.Equal(
            new RunResult(
                3,
                "",
                "crio-credential-provider: applying location \"***@m.test\" to \"quay.io/team/app\" gives "
                    + "\"***@m.test/team/app\", which is not a repository name; remove the credentials from the registry at "
                    + "/etc/containers/registries.conf:1, and put them into a pull secret [CP303]\n"
            ),
            world.Run("quay.io/team/app:1.2")
        );
    }

    [Fact]
    public void Entry_places_credentials_and_file_are_reported()
    {
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=https://mirror.example.com:5000"));
        Assert.Equal(
            new RunResult(
                0,
                $"""
                image      quay.io/team/app:1.2
                           quay.io/team/app, tag 1.2
                namespace  team-a
                secrets    from "secrets.yaml"
                mirrors    /etc/containers/registries.conf:1 decides: prefix "quay.io"
                read       /etc/containers/registries.conf

                CRI-O tries, in this order:
                  1  mirror.example.com:5000/quay/team/app  mirror "mirror.example.com:5000/quay"
                     key "mirror.example.com:5000" of secret "pull", stored as "https://mirror.example.com:5000": it covers the whole registry
                  2  quay.io/team/app  the registry
                     finds nothing in the file: pulls without credentials

                From the node's own /var/lib/kubelet/config.json:
                  nothing: it contains no credential, or does not exist

                Would write {QuayFile}, with
                  mirror.example.com:5000  from secret "pull"

                """,
                ""
            ),
            world.Run("quay.io/team/app:1.2 --secrets secrets.yaml")
        );
    }

    [Fact]
    public void An_image_without_an_entry_names_the_files_that_were_read()
    {
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=quay.io"));
        world.Write("/etc/containers/registries.conf.d/a.conf", "unqualified-search-registries = ['docker.io']\n");
        var run = world.Run("docker.io/library/app --secrets secrets.yaml");
        Assert.Contains(
            "\nmirrors    no entry of /etc/containers/registries.conf and its drop-ins is for this image\n",
            run.Stdout,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Skipped_keys_are_reported_with_the_reason()
    {
        world.Write(
            "secrets.yaml",
            ExplainWorld.Manifest(
                "team-a",
                "a=mirror.example.com",
                "a=quay.io/tea",
                "b=quay.io",
                "c=https://quay.io/",
                "c=quay.io/team",
                "d=*.example.com:5000",
                "e=mirror.example.com:5000/other",
                "e=mirror.example.com:5000/quay/other",
                "f=ghcr.io",
                "f=registry.redhat.io",
                "f=",
                "g=mirror.example.com:5000"
            )
        );
        var run = world.Run("quay.io/team/app --secrets secrets.yaml");
        Assert.Equal(
            """
              secret "b": key "quay.io" is not written: secret "c" has "https://quay.io/" for the same registry: the secret whose name sorts last is used
              secret "d": key "*.example.com:5000" is not written: secret "g" has "mirror.example.com:5000" for the same registry: a key without globs takes precedence
              secret "a": key "mirror.example.com" does not cover "mirror.example.com:5000/quay/team/app": the key has no port, the registry port "5000"
              secret "a": key "quay.io/tea" does not cover "quay.io/team/app": differs at a path boundary
              secret "e": key "mirror.example.com:5000/other" does not cover "mirror.example.com:5000/quay/team/app": it is for another repository of this registry
              secret "f": an entry has no effect: its key is empty
              2 keys for other registries: ghcr.io, registry.redhat.io
            """.ReplaceLineEndings("\n"),
            Section(run.Stdout, "Not used for this image:", except: " is written: ")
        );
        Assert.Equal(
            """
              secret "c": key "https://quay.io/" is written: "quay.io/team" takes precedence, because it is more specific
              secret "e": key "mirror.example.com:5000/quay/other" is written: it is below a mirror's location, but is not a parent of this image
            """.ReplaceLineEndings("\n"),
            Section(run.Stdout, "Not used for this image:", only: " is written: ")
        );
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
    }

    [Fact]
    public void The_later_key_of_one_secret_counts_and_a_literal_one_before_a_glob()
    {
        world.Write(
            "secrets.yaml",
            ExplainWorld.Manifest(
                "team-a",
                "a=quay.io",
                "a=https://quay.io",
                "b=mirror.example.com:5000",
                "b=mirror.*.com:5000"
            )
        );
        Assert.Equal(
            """
              secret "a": key "quay.io" is not written: secret "a" has "https://quay.io" for the same registry: the last of two keys for one registry is used
              secret "b": key "mirror.*.com:5000" is not written: secret "b" has "mirror.example.com:5000" for the same registry: a key without globs takes precedence
            """.ReplaceLineEndings("\n"),
            Section(world.Run("quay.io/team/app --secrets secrets.yaml").Stdout, "Not used for this image:")
        );
    }

    [Fact]
    public void The_nodes_own_credentials_are_kept_or_omitted_with_the_reason()
    {
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=mirror.example.com:5000"));
        world.Write(
            ExplainWorld.NodeFile,
            """
            {"auths":{"https://mirror.example.com:5000":{"auth":"YTpi"},"mirror.example.com:5000/quay/team":{"auth":"YTpi"},
            "mirror.example.com:5000":{"auth":"YTpi"},"https://mirror.example.com:5000/v2/quay":{"auth":"YTpi"},
            "quay.io/":{"auth":"YTpi"},"https://quay.io/v1/":{"auth":"YTpi"},"https://quay.io/v2/":{"auth":"YTpi"},
            "registry.redhat.io":{"auth":"YTpi"},"user:hunter2@quay.io":{"auth":"YTpi"}},
            "credHelpers":{"mirror.example.com:5000":"ecr-login","gcr.io":"gcr"}}
            """
        );
        var run = world.Run("quay.io/team/app --secrets secrets.yaml");
        Assert.Equal(
            """
              key "https://mirror.example.com:5000" is left out: secret "pull" has "mirror.example.com:5000" for the same registry
              key "https://mirror.example.com:5000/v2/quay" is kept, but not used: "mirror.example.com:5000" takes precedence
              key "https://quay.io/v1/" is kept; used by 2
              key "https://quay.io/v2/" is kept, but not used: "https://quay.io/v1/" takes precedence
              key "mirror.example.com:5000" is left out: secret "pull" has "mirror.example.com:5000" for the same registry
              key "mirror.example.com:5000/quay/team" is left out: it would hide "mirror.example.com:5000" of secret "pull", which is less specific
              key "quay.io/" is kept, but not used: CRI-O finds no key that is written like this: write "quay.io"
              helper of "mirror.example.com:5000" is left out: CRI-O asks a helper first, and a secret has a credential for this host
              3 keys for other registries, kept: gcr.io, registry.redhat.io
            """.ReplaceLineEndings("\n"),
            Section(run.Stdout, "From the node's own /var/lib/kubelet/config.json:")
        );
        Assert.Contains(
            "     key \"https://quay.io/v1/\" of the node's /var/lib/kubelet/config.json: it is another way to write "
                + "the registry, as are \"https://quay.io/v2/\": CRI-O takes any of them\n",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("hunter2", run.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "hunter2",
            world.Run("quay.io/team/app --secrets secrets.yaml --output json").Stdout,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_helper_and_an_entry_without_credentials_are_reported_where_CRIO_encounters_them()
    {
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=quay.io/x"));
        world.Write(
            ExplainWorld.NodeFile,
            """{"auths":{"quay.io":{"auth":"YTpi"},"quay.io/team":{}},"credHelpers":{"mirror.example.com:5000":"ecr-login"}}"""
        );
        var run = world.Run("quay.io/team/app --secrets secrets.yaml");
        Assert.Contains(
            "     asks the credential helper of \"mirror.example.com:5000\", from the node's "
                + "/var/lib/kubelet/config.json\n",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "     key \"quay.io/team\" of the node's /var/lib/kubelet/config.json: it covers all below it; it contains "
                + "no credential, so the pull is anonymous\n",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "  key \"quay.io\" is kept, but not used: \"quay.io/team\" takes precedence\n",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData(":1.2", "     for digests only: CRI-O skips it for this image", "     for tags only, which this is")]
    [InlineData("", "     for digests only: CRI-O skips it for this image", "     for tags only, which this is")]
    [InlineData(
        "@" + Digest,
        "     for digests only, which this is",
        "     for tags only: CRI-O skips it for this image"
    )]
    [InlineData(
        ":1.2@" + Digest,
        "     for digests only, which this is",
        "     for tags only: CRI-O skips it for this image"
    )]
    public void A_mirror_for_digests_or_tags_only_is_distinguished_by_the_image(
        string suffix,
        string digests,
        string tags
    )
    {
        world.Write(
            ExplainWorld.Conf,
            "[[registry]]\nlocation = 'quay.io'\nmirror = [{location = 'd.io', pull-from-mirror = 'digest-only'}, "
                + "{location = 't.io', pull-from-mirror = 'tag-only'}]\n"
        );
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=d.io"));
        var lines = world.Run($"quay.io/team/app{suffix} --secrets secrets.yaml").Stdout.Split('\n');
        Assert.Equal(
            (digests, tags),
            (
                lines[Array.FindIndex(lines, l => l.Contains("mirror \"d.io\"", StringComparison.Ordinal)) + 1],
                lines[Array.FindIndex(lines, l => l.Contains("mirror \"t.io\"", StringComparison.Ordinal)) + 1]
            )
        );
    }

    [Fact]
    public void A_blocked_place_is_reported_with_the_entry_that_blocks_it()
    {
        world.Write(
            ExplainWorld.Conf,
            "[[registry]]\nlocation = 'quay.io'\nblocked = true\n[[registry.mirror]]\nlocation = 'm.io'\n"
        );
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=m.io"));
        Assert.Contains(
            "  2  quay.io/team/app  the registry\n     blocked by /etc/containers/registries.conf:1: CRI-O does not go "
                + "there\n",
            world.Run("quay.io/team/app --secrets secrets.yaml").Stdout,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "search = []",
        "\"app\" is a short name, and there is neither an alias nor an unqualified-search-registry for it: CRI-O "
            + "refuses the pull",
        "docker.io/library/app",
        1
    )]
    [InlineData(
        "search = ['docker.io']",
        "\"app\" is a short name: CRI-O resolves it to \"docker.io/library/app\"",
        "m.io/library/app docker.io/library/app",
        0
    )]
    [InlineData(
        "search = ['quay.io', 'docker.io']",
        "\"app\" is a short name: CRI-O tries the unqualified-search-registries in their order, or refuses the pull "
            + "unless its short_name_mode is \"disabled\"",
        "quay.io/app m.io/library/app docker.io/library/app",
        0
    )]
    [InlineData(
        "search = ['docker.io']\naliases = {app = 'real.io/team/app'}",
        "\"app\" is a short name: its alias decides, not Docker Hub",
        "real.io/team/app",
        1
    )]
    public void A_short_name_is_followed_where_CRIO_resolves_it(
        string conf,
        string remark,
        string references,
        int exitCode
    )
    {
        world.Write(
            ExplainWorld.Conf,
            conf.Replace("search", "unqualified-search-registries", StringComparison.Ordinal)
                + (
                    references.Contains("m.io", StringComparison.Ordinal)
                        ? "\n[[registry]]\nlocation = 'docker.io'\n[[registry.mirror]]\nlocation = 'm.io'\n"
                        : "\n"
                )
        );
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=m.io"));
        var run = world.Run("app --secrets secrets.yaml");
        Assert.Contains(
            $"image      app\n           docker.io/library/app\n           {remark}\n",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.Equal(
            references.Split(' '),
            Json("app --secrets secrets.yaml", exitCode)["routes"]!
                .AsArray()
                .SelectMany(route => route!["places"]!.AsArray())
                .Select(place => (string)place!["reference"]!)
        );
    }

    [Fact]
    public void A_bad_file_of_short_names_is_reported_if_the_image_is_a_short_name()
    {
        const string Problem =
            ExplainWorld.ShortNameCache
            + ":1:1: short-name-mode is \"x\", not \"permissive\", \"enforcing\" or \"disabled\"";
        world.Write(
            ExplainWorld.Conf,
            "unqualified-search-registries = ['docker.io']\n[[registry]]\nlocation = "
                + "'docker.io'\n[[registry.mirror]]\nlocation = 'm.io'\n"
        );
        world.Write(ExplainWorld.ShortNameCache, "short-name-mode = 'x'\n");
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=m.io"));
        Assert.Contains(
            $"           \"app\" is a short name, and CRI-O refuses those: {Problem}\n",
            world.Run("app --secrets secrets.yaml").Stdout,
            StringComparison.Ordinal
        );
        Assert.Equal(Problem, (string?)Json("app --secrets secrets.yaml")["registriesConf"]!["shortNameProblem"]);
        Assert.DoesNotContain(
            "short-name-aliases",
            world.Run("docker.io/library/app --secrets secrets.yaml").Stdout,
            StringComparison.Ordinal
        );
        Assert.Null(Json("docker.io/library/app --secrets secrets.yaml")["registriesConf"]!["shortNameProblem"]);
    }

    [Fact]
    public void A_short_name_of_two_parts_keeps_both()
    {
        world.Write(
            ExplainWorld.Conf,
            "unqualified-search-registries = ['quay.io', 'docker.io']\n[[registry]]\nlocation = "
                + "'docker.io'\n[[registry.mirror]]\nlocation = 'm.io'\n"
        );
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=m.io"));
        Assert.Equal(
            ["quay.io/library/app", "m.io/library/app", "docker.io/library/app"],
            Json("library/app --secrets secrets.yaml")["routes"]!
                .AsArray()
                .SelectMany(route => route!["places"]!.AsArray())
                .Select(place => (string)place!["reference"]!)
        );
        world.Write("request.json", System.Text.Encoding.UTF8.GetString(Requests.For("docker.io/library/app", null)));
        Assert.Equal(
            ["docker.io/library/app", "quay.io/app", "quay.io/library/app"],
            Json("--request request.json", 1)["routes"]!.AsArray().Select(route => (string)route!["image"]!)
        );
    }

    [Fact]
    public void A_full_name_does_not_go_where_a_short_one_would()
    {
        world.Write(
            ExplainWorld.Conf,
            "unqualified-search-registries = ['quay.io', 'docker.io']\n[[registry]]\nlocation = "
                + "'quay.io'\n[[registry.mirror]]\nlocation = "
                + "'m.io'\n[[registry]]\nlocation='docker.io'\n[[registry.mirror]]\nlocation = 'hub.io'\n"
        );
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "hub=hub.io", "pull=m.io"));
        var json = Json("docker.io/app --secrets secrets.yaml");
        Assert.Equal(
            ["hub.io/library/app", "docker.io/library/app"],
            json["routes"]!
                .AsArray()
                .SelectMany(route => route!["places"]!.AsArray())
                .Select(place => (string)place!["reference"]!)
        );
        Assert.Equal(
            ["used: used by 1", "written: it is for a place that CRI-O tries when a pod uses the short name"],
            json["secretKeys"]!.AsArray().Select(key => $"{key!["result"]}: {key["text"]}")
        );

        world.Write("request.json", System.Text.Encoding.UTF8.GetString(Requests.For("docker.io/library/app", null)));
        Assert.Equal(
            [("docker.io/library/app", true), ("quay.io/app", false), ("quay.io/library/app", false)],
            Json("--request request.json", 1)["routes"]!
                .AsArray()
                .Select(route => ((string)route!["image"]!, (bool)route["certain"]!))
        );
    }

    [Fact]
    public void A_mistyped_path_of_registries_conf_ends_with_exit_code_3()
    {
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=ghcr.io"));
        var run = world.Run("quay.io/x --registries-conf=/nonexistent --secrets secrets.yaml");
        Assert.Equal(
            (
                3,
                "",
                "crio-credential-provider: registries.conf \"/nonexistent\" (--registries-conf) does not exist, and "
                    + "CRI-O rejects such a path; correct the path, or leave the option out [CP304]\n"
            ),
            (run.ExitCode, run.Stdout, run.Stderr)
        );
    }

    [Theory]
    [InlineData("other.io/x", 1, "No file would be written: the image has no mirror [CP311]")]
    [InlineData("quay.io/x", 1, "No file would be written: no secret fits the image [CP510]")]
    public void When_nothing_would_be_written_the_exit_code_and_the_reason_say_so(string line, int exitCode, string end)
    {
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=ghcr.io"));
        var run = world.Run(line + " --secrets secrets.yaml");
        Assert.Equal((exitCode, end, ""), (run.ExitCode, run.Stdout.TrimEnd('\n').Split('\n')[^1], run.Stderr));
        var result = Json(line + " --secrets secrets.yaml", exitCode)["result"]!;
        Assert.Equal((false, end[^6..^1]), ((bool)result["writes"]!, (string)result["reason"]!));
    }

    [Theory]
    [InlineData("", "argument IMAGE is missing")]
    [InlineData(
        "quay.io/x --secrets a.yaml --token-file t.token",
        "--token-file and --secrets cannot be used together"
    )]
    [InlineData("--request r.json --secrets a.yaml", "--request and --secrets cannot be used together")]
    [InlineData("--secrets a.yaml", "argument IMAGE is missing")]
    [InlineData("quay.io/x --request r.json", "leave out IMAGE: the request names it")]
    [InlineData(
        "quay.io/x --token-file - --namespace a",
        "--namespace requires --secrets: a token contains its own namespace"
    )]
    [InlineData("quay.io/x --secrets - --pull-secrets a", "--pull-secrets requires --token-file")]
    [InlineData("quay.io/x --secrets - --secrets -", "stdin can be read only once")]
    [InlineData(
        "quay.io/x --secrets - --namespace Team",
        "bad value \"Team\" of flag --namespace: want the name of a namespace, for example \"team-a\""
    )]
    [InlineData(
        "quay.io/Team/x --secrets -",
        "image \"quay.io/Team/x\" cannot be used: a repository has no upper-case letters"
    )]
    [InlineData(
        "https://quay.io/x --secrets -",
        "image \"https://quay.io/x\" cannot be used: an image has no scheme: leave out \"https://\""
    )]
    [InlineData(
        "user:hunter2@quay.io/x --secrets -",
        "the image cannot be used: its digest must be \"sha256:\" and 64 lower-case hexadecimal digits, or a sha384 or "
            + "sha512 one"
    )]
    [InlineData(
        "eyJhbGciOiJSUzI1NiJ9.eyJhIjoiQiJ9.c2ln --secrets -",
        "the image cannot be used: a repository has no upper-case letters"
    )]
    [InlineData("quay.io/x --secrte a.yaml", "unknown flag \"--secrte\"; did you mean \"--secrets\"?")]
    [InlineData("quay.io/x --log-level debug --secrets -", "unknown flag \"--log-level\"")]
    [InlineData("quay.io/x --output yaml --secrets -", "bad value \"yaml\" of flag --output: want text or json")]
    public void Misuse_ends_with_2_and_one_line(string line, string problem)
    {
        var run = world.Run(line);
        Assert.Equal((2, ""), (run.ExitCode, run.Stdout));
        Assert.StartsWith($"crio-credential-provider: {problem}", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(1, run.Stderr.Count(c => c == '\n'));
    }

    [Fact]
    public void What_cannot_be_found_out_ends_with_3_and_one_line()
    {
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=quay.io"));
        world.Write(ExplainWorld.Conf, "[[registry]]\nlocation = 5\n");
        Assert.Equal(
            ExplainWorld.Ended(
                3,
                "/etc/containers/registries.conf:2:1: \"location\" is not a string; correct the file: CRI-O rejects it "
                    + "as well [CP302]"
            ),
            world.Run("quay.io/team/app --secrets secrets.yaml")
        );
    }

    [Fact]
    public void Colours_are_for_terminals_only_and_say_nothing_that_the_words_do_not()
    {
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=mirror.example.com:5000", "tea=quay.io/tea"));
        const string Line = "quay.io/team/app --secrets secrets.yaml";
        var plain = world.Run(Line).Stdout;
        var coloured = world.Run(Line, isTerminal: true).Stdout;
        Assert.DoesNotContain('\u001b', plain);
        Assert.Contains("\u001b[33mkey \"quay.io/tea\" does not cover", coloured, StringComparison.Ordinal);
        Assert.Equal(plain, System.Text.RegularExpressions.Regex.Replace(coloured, "\u001b\\[\\d+m", ""));
        Assert.Equal(plain, world.Run(Line, "", isTerminal: true, "NO_COLOR=1").Stdout);
        Assert.Equal(plain, world.Run(Line, "", isTerminal: true, "TERM=dumb").Stdout);
        Assert.DoesNotContain('\u001b', world.Run(Line + " --output json", isTerminal: true).Stdout);
    }

    [Fact]
    public void Settings_count_as_in_the_kubelets_run_also_from_variables()
    {
        world.Write("secrets.yaml", ExplainWorld.Manifest("team-a", "pull=quay.io"));
        var run = world.Run(
            ["quay.io/team/app", "--secrets", "secrets.yaml", "--auth-dir=/run/other/"],
            "",
            false,
            $"CRIO_CP_KUBELET_AUTH_FILE=/nowhere.json"
        );
        Assert.Contains("Would write /run/other/team-a-", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public void Thousands_of_keys_are_counted_in_the_text_and_whole_in_the_JSON()
    {
        world.Write(
            "secrets.yaml",
            ExplainWorld.Manifest(
                "team-a",
                [
                    .. Enumerable.Range(0, 2000).Select(i => $"s{i}=r{i}.example.org"),
                    .. Enumerable.Range(0, 100).Select(i => $"t{i}=quay.io/t{i}"),
                    "z=quay.io",
                ]
            )
        );
        var run = world.Run("quay.io/team/app --secrets secrets.yaml");
        Assert.InRange(run.Stdout.Count(c => c == '\n'), 40, 70);
        Assert.Contains("  and 70 more like these: --output json has them all\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains(
            "  2000 keys for other registries: r0.example.org, r1.example.org, r10.example.org, r100.example.org, "
                + "r1000.example.org, ...\n",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.Equal(2101, Json("quay.io/team/app --secrets secrets.yaml")["secretKeys"]!.AsArray().Count);
    }

    private JsonNode Json(string line, int exitCode = 0)
    {
        var run = world.Run(line + " --output json");
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Stderr));
        return JsonNode.Parse(run.Stdout)!;
    }

    /// <summary>The lines below a heading.</summary>
    private static string Section(string text, string heading, string? except = null, string? only = null)
    {
        var rest = text[(text.IndexOf(heading, StringComparison.Ordinal) + heading.Length + 1)..];
        return string.Join(
            '\n',
            rest[..rest.IndexOf("\n\n", StringComparison.Ordinal)]
                .Split('\n')
                .Where(line =>
                    (except is null || !line.Contains(except, StringComparison.Ordinal))
                    && (only is null || line.Contains(only, StringComparison.Ordinal))
                )
        );
    }

    [Fact]
    public void Without_secrets_the_places_and_the_keys_that_fit_them_are_listed()
    {
        var run = world.Run("quay.io/team/app:1.2");
        Assert.Equal(
            new RunResult(
                0,
                """
                image      quay.io/team/app:1.2
                           quay.io/team/app, tag 1.2
                namespace  unknown
                secrets    none: not asked for
                mirrors    /etc/containers/registries.conf:1 decides: prefix "quay.io"
                read       /etc/containers/registries.conf

                CRI-O tries, in this order:
                  1  mirror.example.com:5000/quay/team/app  mirror "mirror.example.com:5000/quay"
                     a pull secret fits with key "mirror.example.com:5000/quay/team/app", "mirror.example.com:5000/quay/team", "mirror.example.com:5000/quay" or "mirror.example.com:5000"
                  2  quay.io/team/app  the registry
                     a pull secret fits with key "quay.io/team/app", "quay.io/team" or "quay.io"

                No secrets were read. To see which of a namespace's keys are used:
                  kubectl create token -n NAMESPACE default | crio-credential-provider explain quay.io/team/app:1.2 --token-file -
                  kubectl get secrets -n NAMESPACE -o yaml | crio-credential-provider explain quay.io/team/app:1.2 --secrets -

                """,
                ""
            ),
            run
        );
        var result = Json("quay.io/team/app:1.2", 0)["result"]!;
        Assert.Null(result["writes"]);
        Assert.Equal(1, world.Run("ghcr.io/x").ExitCode);
    }

    /// <summary>A copy of another node's file: this machine's drop-ins have nothing to do with it.</summary>
    [Fact]
    public void With_a_named_file_and_no_directory_no_drop_in_is_read()
    {
        world.Write("/etc/containers/registries.conf.d/a.conf", "[[registry]]\nlocation = 'quay.io'\nblocked = true\n");
        world.Write(
            "/copy/registries.conf",
            "[[registry]]\nlocation = 'quay.io'\n[[registry.mirror]]\nlocation = 'm.io'\n"
        );
        var run = world.RunAsIs("quay.io/x", "--registries-conf", world.At("/copy/registries.conf"));
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("\nread       /copy/registries.conf\n", run.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("blocked", run.Stdout, StringComparison.Ordinal);

        run = world.Run("quay.io/x");
        Assert.Contains(
            "\nread       /etc/containers/registries.conf, /etc/containers/registries.conf.d/a.conf\n",
            run.Stdout,
            StringComparison.Ordinal
        );
    }
}
