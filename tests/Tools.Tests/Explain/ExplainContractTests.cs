// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Explain;

/// <summary>The published binary: with the API and a token, with a captured request, without changing or telling
/// anything.</summary>
public sealed class ExplainContractTests
{
    [Fact]
    public void The_API_is_asked_with_a_token_from_stdin_as_in_the_kubelets_run()
    {
        using var cluster = new Cluster();
        var run = Explain(cluster, cluster.Token + "\n", "nginx:1.27", "--token-file", "-");
        Assert.Equal(
            new RunResult(
                0,
                $"""
                image      nginx:1.27
                           docker.io/library/nginx, tag 1.27
                           "nginx" is a short name: CRI-O resolves it to "docker.io/library/nginx"
                namespace  default, service account "default", pod "test-pod"
                secrets    from API server 127.0.0.1:{cluster.Api.Port}, with the token of stdin
                mirrors    {cluster.At("registries.conf")}:2 decides: prefix "docker.io"
                read       {cluster.At("registries.conf")}

                CRI-O tries, in this order:
                  1  localhost:5000/library/nginx  mirror "localhost:5000"
                     key "localhost:5000" of secret "my-secret", stored as "http://localhost:5000": it covers the whole registry
                  2  docker.io/library/nginx  the registry
                     finds nothing in the file: pulls without credentials

                From the node's own {cluster.At("config.json")}:
                  nothing: it contains no credential, or does not exist

                Would write {cluster.AuthFile}, with
                  localhost:5000  from secret "my-secret"

                """,
                ""
            ),
            run
        );
        Assert.Equal(
            ["GET /api/v1/namespaces/default/secrets?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson&limit=500"],
            cluster.Api.Requests
        );
    }

    [Fact]
    public void What_explain_says_is_what_the_kubelets_run_then_writes()
    {
        using var cluster = new Cluster();
        File.WriteAllText(
            cluster.At("config.json"),
            """{"auths":{"localhost:5000/library":{"auth":"YTpi"},"ghcr.io":{"auth":"YTpi"},"docker.io":{"auth":"YTpi"}},"credHelpers":{"gcr.io":"gcr"}}"""
        );
        File.WriteAllBytes(cluster.At("request.json"), Requests.For("docker.io/library/nginx", cluster.Token));
        var result = JsonNode.Parse(
            Explain(cluster, "", "--request", cluster.At("request.json"), "--output=json").Stdout
        )!["result"]!;
        Assert.False(Directory.Exists(cluster.At("auth")));

        Assert.Equal(0, cluster.RunArticle().ExitCode);
        Assert.Equal(cluster.AuthFile, (string)result["path"]!);
        var file = JsonNode.Parse(File.ReadAllText(cluster.AuthFile))!;
        Assert.Equal(
            file["auths"]!
                .AsObject()
                .Select(entry => entry.Key)
                .Concat(file["credHelpers"]!.AsObject().Select(entry => entry.Key)),
            result["entries"]!.AsArray().Select(entry => (string)entry!["key"]!)
        );
    }

    /// <summary>In a PID namespace of its own, where a script stands for the kubelet.</summary>
    [Fact]
    public void The_kubeconfig_of_the_running_kubelet_is_found()
    {
        using var cluster = new Cluster();
        File.WriteAllText(
            cluster.At("kubelets.conf"),
            "apiVersion: v1\nkind: Config\nclusters:\n- name: c\n  cluster: {server: "
                + $"\"https://127.0.0.1:{cluster.Api.Port}\", certificate-authority: {cluster.At("ca.crt")}}}\n"
                + "contexts:\n- name: x\n  context: {cluster: c, user: u}\ncurrent-context: x\n"
        );
        File.WriteAllText(cluster.At("kubelet"), "#!/bin/bash\nsleep 1000\nexit\n");
        File.SetUnixFileMode(cluster.At("kubelet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var flags = FlagsOf(cluster)
            .Where(f =>
                !f.StartsWith("--api-server", StringComparison.Ordinal)
                && !f.StartsWith("--certificate-authority", StringComparison.Ordinal)
            );
        var run = PublishedBinary.RunIn(
            "/usr/bin/unshare",
            Encoding.ASCII.GetBytes(cluster.Token),
            [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")],
            [
                "-rpf",
                "--mount-proc",
                "bash",
                "-c",
                $"'{cluster.At("kubelet")}' --kubeconfig '{cluster.At("kubelets.conf")}' >/dev/null 2>&1 & "
                    + $"until [ \"$(cat /proc/$!/comm)\" = kubelet ]; do sleep 0.05; done; "
                    + $"'{PublishedBinary.FilePath}' explain nginx --token-file=- {string.Join(' ', flags)} "
                    + $"--api-server-env-file={cluster.At("none")}; exit",
            ]
        );
        Assert.True(run.ExitCode == 0, run.Stderr);
        Assert.Contains(
            $"secrets    from API server 127.0.0.1:{cluster.Api.Port}, with the token of stdin",
            run.Stdout,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_annotation_names_the_secrets_by_option_or_in_the_request()
    {
        using var cluster = new Cluster();
        var token = cluster.Api.Issue("default", "puller");
        cluster.Api.AllowGet("default", "puller", "default", "my-secret");
        var run = Explain(cluster, token, "docker.io/nginx", "--token-file=-", "--pull-secrets=my-secret,other");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(
            "service account \\\"puller\\\" may not get secret \\\"other\\\"".Replace(
                "\\\"",
                "\"",
                StringComparison.Ordinal
            ),
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.Equal(
            ["GET /api/v1/namespaces/default/secrets/my-secret", "GET /api/v1/namespaces/default/secrets/other"],
            cluster.Api.Requests
        );

        File.WriteAllBytes(
            cluster.At("request.json"),
            Requests.Annotated("docker.io/library/nginx", token, "my-secret")
        );
        Assert.Equal(0, Explain(cluster, "", "--request", cluster.At("request.json")).ExitCode);
        Assert.Equal(3, Explain(cluster, token, "docker.io/nginx", "--token-file=-").ExitCode);
    }

    [Fact]
    public void When_the_API_refuses_it_is_undetermined_with_the_line_of_the_kubelets_run()
    {
        using var cluster = new Cluster();
        var run = Explain(cluster, cluster.Api.Issue("team-b"), "nginx", "--token-file=-");
        Assert.Equal((3, ""), (run.ExitCode, run.Stdout));
        Assert.StartsWith(
            "crio-credential-provider: service account \"default\" may not list secrets in namespace \"team-b\": ",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.EndsWith(" [CP408]\n", run.Stderr, StringComparison.Ordinal);
        File.WriteAllBytes(cluster.At("request.json"), Requests.Captured("request-plain.json"));
        Assert.EndsWith(
            " [CP407]\n",
            Explain(cluster, "", "--request", cluster.At("request.json")).Stderr,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Nothing_on_disk_changes()
    {
        using var cluster = new Cluster();
        using var world = new ExplainWorld();
        world.Write("/etc/crio/auth/" + Cluster.ArticleFileName, "left over");
        File.SetLastWriteTimeUtc(world.At("/etc/crio/auth/" + Cluster.ArticleFileName), DateTime.UtcNow.AddDays(-2));
        Directory.CreateDirectory(world.At("/etc/crio/auth/in-use"));
        world.Write(ExplainWorld.Conf, Cluster.ArticleRegistriesConf);
        world.Write("secrets.json", ExplainWorld.Manifest("default", "pull=localhost:5000"));
        world.Write("none.json", ExplainWorld.Manifest("default", "pull=ghcr.io"));
        var before = world.Snapshot();
        string[] flags =
        [
            .. world.Flags([]),
            $"--api-server=127.0.0.1:{cluster.Api.Port}",
            $"--certificate-authority={cluster.At("ca.crt")}",
        ];
        RunResult[] runs =
        [
            PublishedBinary.Run([], ["explain", "nginx", "--secrets", world.At("secrets.json"), .. flags]),
            PublishedBinary.Run(
                [],
                ["explain", "nginx", "--secrets", world.At("none.json"), "--output=json", .. flags]
            ),
            PublishedBinary.Run(
                Encoding.UTF8.GetBytes(cluster.Token),
                ["explain", "nginx", "--token-file=-", .. flags]
            ),
            PublishedBinary.Run(
                Requests.For("docker.io/library/nginx", cluster.Token),
                ["explain", "--request=-", .. flags]
            ),
            PublishedBinary.Run(
                Encoding.UTF8.GetBytes(cluster.Api.Issue("team-b")),
                ["explain", "nginx", "--token-file=-", .. flags]
            ),
            PublishedBinary.Run([], ["explain", "--secrets", world.At("secrets.json"), .. flags]),
        ];
        Assert.Equal([0, 1, 0, 0, 3, 2], runs.Select(run => run.ExitCode));
        Assert.Equal(before, world.Snapshot());
        Assert.Empty(cluster.Journal.Messages);
    }

    /// <summary>Two manifests near each limit are read within the program's heap; one more is refused unread.</summary>
    [Fact]
    public void The_largest_manifests_are_read_and_a_larger_sum_is_refused()
    {
        using var cluster = new Cluster();
        var manyValues = new StringBuilder(Manifest("values", "data:"));
        for (var i = 0; i < 124_000; i++)
        {
            manyValues.Append($"\n  k{i:0000000}: dmFsdWUtb2YtdGhlLXNlY3JldC1rZXktaW4tdGhl{i:000000}");
        }

        var entries = string.Join(
            ',',
            Enumerable.Range(0, 110_000).Select(i => $"\"docker.io/library/r{i}\": {{\"auth\": \"YTpi\"}}")
        );
        var config = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{{\"auths\": {{{entries}}}}}"));
        File.WriteAllText(cluster.At("values.yaml"), manyValues.ToString());
        File.WriteAllText(cluster.At("entries.yaml"), Manifest("entries", $"data: {{.dockerconfigjson: {config}}}"));
        Assert.All((string[])["values.yaml", "entries.yaml"], name =>
            Assert.InRange(new FileInfo(cluster.At(name)).Length, 6_500_000, 8 * 1024 * 1024)
        );
        string[] two = ["--secrets", cluster.At("values.yaml"), "--secrets", cluster.At("entries.yaml")];
        foreach (var output in (string[])["--output=text", "--output=json"])
        {
            var run = Explain(cluster, "", ["nginx", .. two, output]);
            Assert.Equal((1, ""), (run.ExitCode, run.Stderr));
            Assert.Contains("CP510", run.Stdout, StringComparison.Ordinal);
        }

        Assert.Equal(
            new RunResult(
                3,
                "",
                $"crio-credential-provider: \"{cluster.At("entries.yaml")}\" cannot be used: together with the manifests "
                    + "before it, it has more than 16777216 characters; pass fewer manifests [CP801]\n"
            ),
            Explain(cluster, "", ["nginx", .. two, "--secrets", cluster.At("entries.yaml")])
        );
    }

    private static string Manifest(string name, string data) =>
        $"apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: default}}\n"
        + $"type: kubernetes.io/dockerconfigjson\n{data}";

    [Fact]
    public void No_secret_reaches_any_output_whatever_is_wrong_with_it()
    {
        using var cluster = new Cluster();
        string[] planted =
        [
            "hunter2",
            "aHVudGVyMg",
            "aHVudGVy",
            "mypassword",
            "bXl1c2VyOm15cGFzc3dvcmQ",
            "eyJhdXRocyI6",
            cluster.Token,
            cluster.Token.Split('.')[1],
            "planted-user",
        ];
        static string Config(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        string[] manifests =
        [
            ExplainInputTests.Secret(
                "a",
                "default",
                data: Config(
                    """{"auths":{"localhost:5000":{"username":"planted-user","password":"hunter2"},"planted-user:hunter2@quay.io":{"auth":"aHVudGVyMg=="},"quay.io/tea?hunter2":{"auth":"x"}}}"""
                )
            ),
            ExplainInputTests.Secret(
                "a",
                "default",
                data: Config("""{"auths":{"localhost:5000":{"auth":"hunter2"}}}""")
            ),
            ExplainInputTests.Secret(
                "a",
                "default",
                data: Config("""{"auths":{"localhost:5000":{"username":"a:b","password":"hunter2"}}}""")
            ),
            ExplainInputTests.Secret(
                "a",
                "default",
                data: Config("{\"auths\":{\"localhost:5000\":{\"password\":\"hunter2")
            ),
            ExplainInputTests.Secret("a", "default", data: "hunter2%"),
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  "
                + ".dockerconfigjson: '{\"auths\":{\"localhost:5000\":{\"password\":\"hunter2\"\n",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {x: hunter2: y}\n",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {x: !hunter2 y}\n",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {x: *hunter2 }\n",
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"password\":\"hunter2",
            "hunter2",
        ];
        File.WriteAllText(
            cluster.At("config.json"),
            """{"auths":{"planted-user:hunter2@localhost:5000":{"auth":"YTpodW50ZXIy"},"https://docker.io/?hunter2":{"username":"planted-user","password":"hunter2"},"https://index.docker.io/v1/":{"auth":"eDp5"},"https://docker.io/z":{"auth":"eDp5"},"quay.io":{"auth":"hunter2"}},"credHelpers":{"planted-user:hunter2@x":"y"}}"""
        );
        List<RunResult> runs = [];
        foreach (var output in (string[])["--output=text", "--output=json"])
        {
            runs.AddRange(manifests.Select(manifest => Explain(cluster, manifest, "nginx", "--secrets=-", output)));
            runs.Add(Explain(cluster, cluster.Token, "nginx", "--token-file=-", output));
            runs.Add(Explain(cluster, cluster.Token + "x.y", "nginx", "--token-file=-", output));
            runs.Add(Explain(cluster, "hunter2", "nginx", "--token-file=-", output));
            runs.Add(
                Explain(
                    cluster,
                    Encoding.UTF8.GetString(Requests.For("docker.io/library/nginx", cluster.Token)),
                    "--request=-",
                    output
                )
            );
            runs.Add(
                Explain(
                    cluster,
                    Encoding.UTF8.GetString(Requests.For("docker.io/library/nginx", cluster.Token))[..^3],
                    "--request=-",
                    output
                )
            );
            runs.Add(Explain(cluster, manifests[0], "other.io/x", "--secrets=-", output));
            runs.Add(Explain(cluster, "", cluster.Token, "--secrets=-", output));
            runs.Add(Explain(cluster, "", "planted-user:hunter2@localhost:5000/x", "--secrets=-", output));
        }

        Assert.Equal([0, 1, 2, 3], runs.Select(run => run.ExitCode).Distinct().Order());
        Assert.All(runs, run => Assert.True(run.Stdout.Length + run.Stderr.Length > 0));
        foreach (var secret in planted)
        {
            Assert.All(runs, run => Assert.DoesNotContain(secret, run.Stdout + run.Stderr, StringComparison.Ordinal));
        }
    }

    /// <summary>Without those that only a run of the kubelet has.</summary>
    private static IEnumerable<string> FlagsOf(Cluster cluster) =>
        cluster.Flags.Where(flag =>
            !new[] { "--journal-socket", "--run-dir", "--kubelet-root-dir" }.Any(only =>
                flag.StartsWith(only, StringComparison.Ordinal)
            )
        );

    private static RunResult Explain(Cluster cluster, string stdin, params string[] words) =>
        PublishedBinary.Run(Encoding.UTF8.GetBytes(stdin), ["explain", .. words, .. FlagsOf(cluster)]);
}
