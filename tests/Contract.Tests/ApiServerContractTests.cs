// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using CrioCredentialProvider.TestSupport;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>The published binary against an API server over TLS: addresses, trust, answers, faults.</summary>
public sealed class ApiServerContractTests
{
    private const string ListTarget =
        "/api/v1/namespaces/default/secrets?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson&limit=500";

    [Fact]
    public void One_list_is_asked_for_in_protobuf_without_cookies_or_tracing()
    {
        using var cluster = new Cluster();
        cluster.RunArticle();
        Assert.Equal([$"GET {ListTarget}"], cluster.Api.Requests);
        Assert.Equal(
            [
                "Accept: application/vnd.kubernetes.protobuf",
                $"Host: 127.0.0.1:{cluster.Api.Port}",
                "User-Agent: crio-credential-provider/0.1.0",
            ],
            cluster.Api.LastHeaders.Split('\n').Order()
        );
    }

    [Fact]
    public void A_thousand_secrets_come_in_pages()
    {
        using var cluster = new Cluster();
        for (var i = 0; i < 1000; i++)
        {
            cluster.Api.Add(
                Cluster
                    .ArticleSecret.Replace("my-secret", $"other-{i:0000}", StringComparison.Ordinal)
                    .Replace("bG9jYWxob3N0OjUwMDA", "bG9jYWxob3N0OjUwMDE", StringComparison.Ordinal)
            );
        }

        Assert.Equal(0, cluster.RunArticle().ExitCode);
        Assert.Equal(
            [$"GET {ListTarget}", $"GET {ListTarget}&continue=500", $"GET {ListTarget}&continue=1000"],
            cluster.Api.Requests
        );
        Assert.Contains("Got 1001 secret(s)", cluster.Journal.Messages);
    }

    [Fact]
    public void The_captured_list_and_its_pages_are_read()
    {
        using var cluster = new Cluster();
        cluster.Api.Allow("team-a", "default", "team-a");
        var token = cluster.Api.Issue("team-a");
        cluster.Api.Script.Enqueue(Captured("list-200.pb.http"));
        Assert.Equal(0, cluster.Run(Requests.For("docker.io/library/nginx", token)).ExitCode);
        var file = Assert.Single(cluster.LeftInAuthDirectory);
        Assert.Equal(
            "{\n\t\"auths\": {\n\t\t\"docker.io\": {\n\t\t\t\"auth\": "
                + "\"aHVidXNlcjpodWJwYXNzd29yZA==\"\n\t\t},\n\t\t\"localhost:5000\": {\n\t\t\t\"auth\": "
                + "\"bXl1c2VyOm15cGFzc3dvcmQ=\"\n\t\t}\n\t}\n}\n",
            File.ReadAllText(cluster.At("auth/" + file))
        );
        cluster.Api.Script.Enqueue(Captured("list-page1-200.pb.http"));
        cluster.Api.Script.Enqueue(Captured("list-page2-200.pb.http"));
        cluster.Api.Script.Enqueue(Captured("list-empty-200.pb.http"));
        Assert.Equal(0, cluster.Run(Requests.For("docker.io/library/nginx", token)).ExitCode);
        Assert.Contains("Got 2 secret(s)", cluster.Journal.Messages);
    }

    [Fact]
    public void An_expired_continue_token_starts_over_once()
    {
        using var cluster = new Cluster();
        var page = """{"kind":"SecretList","apiVersion":"v1","metadata":{"continue":"next"},"items":[]}""";
        cluster.Api.Script.Enqueue(Answer.Protobuf(200, page));
        cluster.Api.Script.Enqueue(Answer.Of(410, """{"kind":"Status","reason":"Expired"}"""));
        Assert.Equal(0, cluster.RunArticle().ExitCode);
        Assert.Equal(
            [$"GET {ListTarget}", $"GET {ListTarget}&continue=next", $"GET {ListTarget}"],
            cluster.Api.Requests
        );
        foreach (var _ in new int[2])
        {
            cluster.Api.Script.Enqueue(Answer.Protobuf(200, page));
            cluster.Api.Script.Enqueue(Answer.Of(410, "{}"));
        }

        Assert.Contains(
            "answers 410: the continue token expired twice; see its log [CP410]",
            cluster.RunArticle().Stderr,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_continue_token_that_comes_again_ends_the_listing()
    {
        using var cluster = new Cluster();
        var page = """{"kind":"SecretList","apiVersion":"v1","metadata":{"continue":"next"},"items":[]}""";
        cluster.Api.Script.Enqueue(Answer.Protobuf(200, page));
        cluster.Api.Script.Enqueue(Answer.Protobuf(200, page));
        Assert.EndsWith(
            "is unusable: it repeats a continue token; check that the address names the Kubernetes API [CP411]\n",
            cluster.RunArticle().Stderr,
            StringComparison.Ordinal
        );
    }

    public static TheoryData<string, Answer, string> Refusals =>
        new()
        {
            {
                "wrong audience",
                Captured("list-401-wrong-audience.pb.http"),
                "--api-audiences of the API server names [CP407]"
            },
            {
                "forbidden",
                Captured("list-403.pb.http"),
                "kubectl create rolebinding -n default crio-credential-provider:default "
                    + "--role=crio-credential-provider:default --serviceaccount=default:default # or, for its "
                    + "imagePullSecrets only: crio-credential-provider generate rbac --namespace default "
                    + "--service-account default --pull-secrets NAME,NAME | kubectl apply -f - [CP408]"
            },
            { "not found", Captured("get-404.pb.http"), "[CP409]" },
            {
                "bad continue",
                Captured("list-400-bad-continue.pb.http"),
                "answers 400: invalid continue token: continue key is not valid: invalid character '\\u009e' looking "
                    + "for beginning of value; see its log [CP410]"
            },
            {
                "HTML",
                Answer.Of(200, "<html>", "text/html"),
                "is unusable: its content type is \"text/html\"; check that the address names the Kubernetes API "
                    + "[CP411]"
            },
            {
                "HTML error",
                Answer.Of(404, "<html>planted", "text/html"),
                "has no secrets of namespace \"default\" (404): its content type is \"text/html\"; check that option "
                    + "--api-server names the Kubernetes API [CP409]"
            },
            {
                "JSON",
                Answer.Of(200, """{"kind":"SecretList","apiVersion":"v1","items":[]}"""),
                "is unusable: its content type is \"application/json\";"
            },
            {
                "no protobuf",
                Answer.Of(200, "planted", KubernetesProtobuf.MediaType),
                "is unusable: it does not start with \"k8s\\0\";"
            },
            {
                "JSON error",
                Answer.Of(400, "{}"),
                "answers 400: its content type is \"application/json\"; see its log [CP410]"
            },
            {
                "other kind",
                Answer.Protobuf(200, """{"kind":"ServiceAccount","apiVersion":"v1"}"""),
                "is unusable: it has kind \"ServiceAccount\" of \"v1\" instead of \"SecretList\" of \"v1\";"
            },
            {
                "redirect",
                Answer.Of(302, "", "text/html", "Location: https://evil.test/x"),
                "redirects (302): to evil.test; the token is not sent anywhere else: give the final address with "
                    + "--api-server [CP410]"
            },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Each_refusal_is_one_line_that_says_what_to_do(string what, Answer answer, string expected)
    {
        using var cluster = new Cluster();
        cluster.Api.Script.Enqueue(answer);
        var run = cluster.RunArticle();
        Assert.True(run.ExitCode == 1, what);
        Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
        Assert.Equal(1, run.Stderr.Count(c => c == '\n'));
        Assert.DoesNotContain("planted", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(what == "forbidden" ? 2 : 1, cluster.Api.Requests.Count);
        Assert.Empty(cluster.LeftInAuthDirectory);
    }

    public static TheoryData<string, Answer> Transients =>
        new()
        {
            { "429", Answer.Of(429, "{}", "application/json", "Retry-After: 1") },
            { "500", Answer.Of(500, "{}") },
            { "502", Answer.Of(502, "<html>", "text/html") },
            { "503", Answer.Of(503, "{}") },
            { "504", Answer.Of(504, "{}") },
            { "reset", new Answer(null) },
            {
                "truncated",
                new Answer(
                    Encoding.UTF8.GetBytes(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.kubernetes.protobuf\r\nContent-Length: "
                            + "500\r\nConnection: close\r\n\r\nk8s\0\n"
                    )
                )
            },
        };

    [Theory]
    [MemberData(nameof(Transients))]
    public void What_may_pass_is_retried(string what, Answer answer)
    {
        using var cluster = new Cluster();
        cluster.Api.Script.Enqueue(answer);
        if (what == "truncated")
        {
            cluster.Api.HangUpAfterScript = true;
        }

        var run = cluster.RunArticle();
        Assert.True(run == run with { ExitCode = 0, Stderr = "" }, $"{what}: {run.Stderr}");
        Assert.Equal(2, cluster.Api.Requests.Count);
        Assert.True(File.Exists(cluster.AuthFile));
    }

    [Fact]
    public void The_time_that_the_server_asks_for_is_waited()
    {
        using var cluster = new Cluster();
        cluster.Api.Script.Enqueue(Answer.Of(429, "{}", "application/json", "Retry-After: 1"));
        var start = Stopwatch.GetTimestamp();
        Assert.Equal(0, cluster.RunArticle().ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 1, 10);
    }

    [Fact]
    public void But_no_longer_than_the_budget()
    {
        using var cluster = new Cluster();
        cluster.Api.Script.Enqueue(Answer.Of(429, "{}", "application/json", "Retry-After: 86400"));
        var start = Stopwatch.GetTimestamp();
        Assert.Contains(
            "did not return the list within 1 s: it answers 429;",
            cluster.RunArticle("--timeout=1s").Stderr,
            StringComparison.Ordinal
        );
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 1, 10);
        Assert.Single(cluster.Api.Requests);
    }

    [Fact]
    public void What_does_not_pass_ends_within_the_budget_and_says_what_was_met()
    {
        using var cluster = new Cluster();
        for (var i = 0; i < 100; i++)
        {
            cluster.Api.Script.Enqueue(Answer.Of(503, "{}"));
        }

        Assert.Equal(
            $"API server 127.0.0.1:{cluster.Api.Port} (option --api-server) did not return the list within 1 s: it "
                + "answers 503; "
                + "check the address, or set --api-server [CP406]\n",
            cluster.RunArticle("--timeout=1s").Stderr
        );
    }

    [Fact]
    public void Nobody_listening_ends_within_the_budget_and_says_so()
    {
        using var cluster = new Cluster();
        Assert.Equal(
            "API server 127.0.0.1:1 (option --api-server) did not return the list within 0.5 s: Connection refused; "
                + "check the "
                + "address, or set --api-server [CP406]\n",
            cluster.RunArticle("--timeout=500ms", "--api-server=127.0.0.1:1").Stderr
        );
    }

    [Fact]
    public void Gzip_and_chunked_answers_are_read_though_not_asked_for()
    {
        using var cluster = new Cluster();
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(List("my-zipped"));
        }

        cluster.Api.Script.Enqueue(
            new Answer([
                .. Encoding.UTF8.GetBytes(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.kubernetes.protobuf\r\nContent-Encoding: "
                        + $"gzip\r\nContent-Length: {zipped.Length}\r\n\r\n"
                ),
                .. zipped.ToArray(),
            ])
        );
        Assert.Equal(0, cluster.RunArticle().ExitCode);
        var chunks =
            string.Concat(Encoding.Latin1.GetString(List("my-chunked")).Select(c => $"1\r\n{c}\r\n")) + "0\r\n\r\n";
        cluster.Api.Script.Enqueue(
            new Answer(
                Encoding.Latin1.GetBytes(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.kubernetes.protobuf\r\nTransfer-Encoding: "
                        + "chunked\r\n\r\n"
                        + chunks
                )
            )
        );
        Assert.Equal(0, cluster.RunArticle().ExitCode);
        Assert.Contains("Parsing secret: my-zipped", cluster.Journal.Messages);
        Assert.Contains("Parsing secret: my-chunked", cluster.Journal.Messages);
    }

    [Fact]
    public void Lies_about_namespace_type_and_names_are_skipped_with_a_line()
    {
        using var cluster = new Cluster();
        var item = Cluster.ArticleSecret;
        cluster.Api.Script.Enqueue(
            Answer.Protobuf(
                200,
                $$"""{"apiVersion":"v1","items":[{{string.Join(',',
            item.Replace("\"namespace\":\"default\"", "\"namespace\":\"team-b\"", StringComparison.Ordinal),
            item.Replace("kubernetes.io/dockerconfigjson", "Opaque", StringComparison.Ordinal),
            item.Replace("my-secret", "My\\nsecret", StringComparison.Ordinal),
            """{"metadata":null,"data":null,"type":null}""")}}],"kind":"SecretList"}"""
            )
        );
        var run = cluster.RunArticle();
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.Empty(cluster.LeftInAuthDirectory);
        Assert.Equal(
            [
                "Skipping secret \"my-secret\", which is not in namespace \"default\"",
                "Skipping secret \"my-secret\", which is not of type \"kubernetes.io/dockerconfigjson\"",
                "Skipping a secret without a valid name",
                "Skipping a secret without a valid name",
                "No docker auth found for any available secret, will not write any auth file",
            ],
            cluster.Journal.Messages.Skip(9)
        );
    }

    [Fact]
    public void Another_CA_is_refused_with_the_CA_named()
    {
        using var cluster = new Cluster();
        File.WriteAllText(cluster.At("other.crt"), new Authority("other").Pem);
        Assert.Equal(
            $"API server 127.0.0.1:{cluster.Api.Port} (option --api-server) is not trusted: its certificate is not "
                + $"signed by the CA of \"{cluster.At("other.crt")}\"; the CA is \"{cluster.At("other.crt")}\"; set "
                + "--certificate-authority to the cluster's CA, or --tls-server-name to a name in the certificate "
                + "[CP405]\n",
            cluster.RunArticle($"--certificate-authority={cluster.At("other.crt")}").Stderr
        );
        Assert.Empty(cluster.Api.Requests);
    }

    [Fact]
    public void An_expired_certificate_is_refused()
    {
        using var cluster = new Cluster(isExpired: true);
        Assert.Matches(
            $@"\AAPI server 127\.0\.0\.1:{cluster.Api.Port} \(option --api-server\) is not trusted: its certificate is only valid from [-0-9]{{10}} [:0-9]{{8}}Z to [-0-9]{{10}} [:0-9]{{8}}Z; the CA is ""{Regex.Escape(cluster.At("ca.crt"))}""; renew the certificate, or correct the node's clock \[CP405\]\n\z",
            cluster.RunArticle().Stderr
        );
        Assert.Empty(cluster.Api.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1", "", true)]
    [InlineData("kubernetes.default.svc", "", true)]
    [InlineData("other.test", "", false)]
    [InlineData("kubernetes.default.svc", "other.test", false)]
    [InlineData("other.test", "other.test", true)]
    public void The_certificate_must_be_for_the_host_or_the_internal_name(string name, string wanted, bool isGood)
    {
        using var cluster = new Cluster(names: name);
        var run = wanted.Length == 0 ? cluster.RunArticle() : cluster.RunArticle("--tls-server-name=" + wanted);
        Assert.Equal(isGood ? 0 : 1, run.ExitCode);
        Assert.Equal(isGood ? 1 : 0, cluster.Api.Requests.Count);
        if (!isGood)
        {
            Assert.Contains("is not trusted: its certificate is not for \"", run.Stderr, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Skipping_verification_is_a_warning_each_time()
    {
        using var cluster = new Cluster(names: "other.test");
        Assert.Equal(0, cluster.RunArticle("--insecure-skip-tls-verify").ExitCode);
        var warning = Assert.Single(cluster.Journal.Entries, entry => entry["PRIORITY"] == "4");
        Assert.Equal("CP420", warning["CRIO_CP_CODE"]);
    }

    [Fact]
    public void An_intermediate_CA_is_an_anchor_when_it_is_named()
    {
        using var cluster = new Cluster(new Authority("intermediate", new Authority("root")));
        Assert.Equal(0, cluster.RunArticle().ExitCode);
    }

    [Theory]
    [InlineData("KUBERNETES_SERVICE_HOST='127.0.0.1'\nKUBERNETES_SERVICE_PORT='{0}'\n")]
    [InlineData("# comment\nexport KUBERNETES_SERVICE_HOST=\"127.0.0.1\" # c\r\nKUBERNETES_SERVICE_PORT: {0} # c\r\n")]
    public void The_env_file_names_the_server_and_the_kubeconfig_its_CA(string envFile)
    {
        using var cluster = new Cluster();
        File.WriteAllText(cluster.At("apiserver-url.env"), string.Format(envFile, cluster.Api.Port));
        WriteKubeconfig(
            cluster,
            "https://127.0.0.1:1",
            $"certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(cluster.Authority.Pem))}"
        );
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), RunWithoutAddress(cluster));
        Assert.Contains(
            $"Using API server host: 127.0.0.1:{cluster.Api.Port} (env file \"{cluster.At("apiserver-url.env")}\")",
            cluster.Journal.Messages
        );
    }

    [Theory]
    [InlineData("certificate-authority: ca.crt")]
    [InlineData("certificate-authority: ca.crt\n    insecure-skip-tls-verify: false\n    tls-server-name: kubernetes")]
    public void The_kubeconfig_names_server_and_CA(string authority)
    {
        using var cluster = new Cluster();
        WriteKubeconfig(cluster, $"https://127.0.0.1:{cluster.Api.Port}", authority);
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), RunWithoutAddress(cluster));
    }

    [Theory]
    [InlineData("named.test", "named.test", true)]
    [InlineData("named.test", "other.test", false)]
    [InlineData("127.0.0.1", "other.test", false)]
    public void The_kubeconfigs_server_name_is_the_only_good_one(string certificate, string wanted, bool isGood)
    {
        using var cluster = new Cluster(names: certificate);
        WriteKubeconfig(
            cluster,
            $"https://127.0.0.1:{cluster.Api.Port}",
            "certificate-authority: ca.crt\n    tls-server-name: " + wanted
        );
        var run = RunWithoutAddress(cluster);
        Assert.Equal(isGood ? 0 : 1, run.ExitCode);
        Assert.Equal(
            isGood,
            !run.Stderr.Contains($"is not trusted: its certificate is not for \"{wanted}\";", StringComparison.Ordinal)
        );
        Assert.Equal(isGood ? 1 : 0, cluster.Api.Requests.Count);
    }

    [Theory]
    [InlineData("certificate-authority: ca.crt", false)]
    [InlineData("insecure-skip-tls-verify: false", true)]
    public void The_systems_CAs_are_read_only_when_nothing_else_is_the_trust(string trust, bool isRead)
    {
        using var cluster = new Cluster(names: "127.0.0.1");
        WriteKubeconfig(cluster, $"https://127.0.0.1:{cluster.Api.Port}", trust);

        // A file system that notes each read: the one file in the store was last read long ago, or it was read now.
        var run = PublishedBinary.RunIn(
            "/usr/bin/unshare",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")],
            [
                "-rm",
                "bash",
                "-c",
                $"""
                mount -t tmpfs -o strictatime tmpfs /etc/ssl/certs && cp '{cluster.At(
                    "ca.crt"
                )}' /etc/ssl/certs/cluster.crt && touch -a -d @1000 /etc/ssl/certs/cluster.crt || exit 9
                '{PublishedBinary.FilePath}' {string.Join(' ', FlagsWithoutAddress(cluster))} || exit 8
                stat -c %X /etc/ssl/certs/cluster.crt >'{cluster.At("read-at")}'
                """,
            ]
        );
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.Equal(isRead, File.ReadAllText(cluster.At("read-at")) != "1000\n");
    }

    [Fact]
    public void The_system_store_does_not_know_a_clusters_CA()
    {
        using var cluster = new Cluster();
        WriteKubeconfig(cluster, $"https://127.0.0.1:{cluster.Api.Port}", "insecure-skip-tls-verify: true");
        Assert.Contains(
            "is not signed by the CA of the system store; the CA is the system store; set --certificate-authority",
            RunWithoutAddress(cluster).Stderr,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("kubernetes.default.svc", false)]
    [InlineData("kubernetes", false)]
    public void The_system_store_trusts_a_certificate_for_the_dialled_host_alone(string name, bool isGood)
    {
        using var cluster = new Cluster(names: name);
        WriteKubeconfig(cluster, $"https://127.0.0.1:{cluster.Api.Port}", "insecure-skip-tls-verify: false");
        Directory.CreateDirectory(cluster.At("certs"));
        File.Copy(cluster.At("ca.crt"), cluster.At("certs/cluster.crt"));
        var run = PublishedBinary.RunIn(
            "/usr/bin/unshare",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")],
            [
                "-rm",
                "bash",
                "-c",
                $"mount --bind '{cluster.At("certs")}' /etc/ssl/certs && exec '{PublishedBinary.FilePath}' "
                    + $"{string.Join(' ', FlagsWithoutAddress(cluster))}",
            ]
        );
        Assert.Equal(
            isGood
                ? new RunResult(0, KubeletContractTests.Answer, "")
                : new RunResult(
                    1,
                    "",
                    $"API server 127.0.0.1:{cluster.Api.Port} (kubeconfig \"{cluster.At("kubelet.conf")}\") is not "
                        + "trusted: its certificate is not for \"127.0.0.1\"; the CA is the system store; set "
                        + "--certificate-authority to the cluster's CA, or --tls-server-name to a name in the "
                        + "certificate [CP405]\n"
                ),
            run
        );
        Assert.Equal(isGood ? 1 : 0, cluster.Api.Requests.Count);
        Assert.Equal(isGood, File.Exists(cluster.AuthFile));
    }

    /// <summary>Files of people in the field; the kubelet, whose command line names them, is the run's
    /// parent.</summary>
    [Theory]
    [InlineData("W3-kubeconfig-nameless-context", "kubeconfig", "")]
    [InlineData("W4-bootstrap-kubeconfig-unusable", "kubeconfig", "bootstrap-nameless")]
    [InlineData("W4-bootstrap-kubeconfig-unusable", "kubeconfig", "bootstrap-empty")]
    [InlineData("W4-bootstrap-kubeconfig-unusable", "kubeconfig", "bootstrap-ca-gone")]
    [InlineData("W5-kubeconfig-anchors", "kubeconfig", "")]
    [InlineData("W5-kubeconfig-anchors", "kubeconfig-bom", "")]
    public void A_kubeconfig_of_the_field_serves_the_run_as_it_serves_the_kubelet(
        string name,
        string kubeconfig,
        string bootstrap
    )
    {
        using var cluster = new Cluster();
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "tests", "field-cases", name)))
        {
            File.WriteAllText(
                cluster.At(Path.GetFileName(file)),
                File.ReadAllText(file)
                    .Replace("@SERVER@", $"127.0.0.1:{cluster.Api.Port}", StringComparison.Ordinal)
                    .Replace(
                        "@CA64@",
                        Convert.ToBase64String(Encoding.UTF8.GetBytes(cluster.Authority.Pem)),
                        StringComparison.Ordinal
                    )
            );
        }

        File.WriteAllText(cluster.At("registries.conf"), Cluster.ArticleRegistriesConf);
        string[] flags =
        [
            .. cluster.Flags.Where(flag =>
                !flag.StartsWith("--api-server=", StringComparison.Ordinal)
                && !flag.StartsWith("--certificate-authority=", StringComparison.Ordinal)
            ),
        ];
        var run = PublishedBinary.RunIn(
            "/bin/bash",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [],
            [
                "-c",
                $"'{PublishedBinary.FilePath}' {string.Join(' ', flags)}; exit $?",
                "kubelet",
                $"--kubeconfig={cluster.At(kubeconfig)}",
                .. bootstrap.Length == 0 ? (string[])[] : [$"--bootstrap-kubeconfig={cluster.At(bootstrap)}"],
            ]
        );
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.Contains("localhost:5000", File.ReadAllText(cluster.AuthFile), StringComparison.Ordinal);
    }

    private static void WriteKubeconfig(Cluster cluster, string server, string authority) =>
        File.WriteAllText(
            cluster.At("kubelet.conf"),
            $"""
            apiVersion: v1
            kind: Config
            current-context: two
            clusters:
            - name: wrong
              cluster:
                server: https://127.0.0.1:2
            - cluster:
                {authority}
                server: {server}
              name: right
            contexts:
            - context: # the wrong one
                cluster: wrong
                user: u
              name: one
            - context:
                cluster: right
                user: u
              name: two
            users:
            - name: u
              user:
                client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem
            """
        );

    private static RunResult RunWithoutAddress(Cluster cluster) =>
        PublishedBinary.Run(Requests.For("docker.io/library/nginx", cluster.Token), FlagsWithoutAddress(cluster));

    private static string[] FlagsWithoutAddress(Cluster cluster) =>
        [
            $"--registries-conf={cluster.At("registries.conf")}",
            $"--registries-conf-dir={cluster.At("registries.conf.d")}",
            $"--auth-dir={cluster.At("auth")}",
            $"--kubelet-auth-file={cluster.At("config.json")}",
            $"--api-server-env-file={cluster.At("apiserver-url.env")}",
            $"--kubeconfig={cluster.At("kubelet.conf")}",
            $"--journal-socket={cluster.At("journal")}",
            $"--run-dir={cluster.At("run")}",
            $"--kubelet-root-dir={cluster.At("kubelet")}",
        ];

    private static byte[] List(string name) =>
        KubernetesProtobuf.Encode(
            System
                .Text.Json.Nodes.JsonNode.Parse(
                    "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"items\":["
                        + Cluster.ArticleSecret.Replace("my-secret", name, StringComparison.Ordinal)
                        + "]}"
                )!
                .AsObject()
        );

    private static Answer Captured(string name) =>
        new(File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "captures", "api-protobuf", name)));
}
