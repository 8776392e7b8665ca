// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>The published binary as the kubelet sees it: stdin, stdout, stderr, exit code.</summary>
public sealed class KubeletContractTests
{
    /// <summary>To a run that writes a file for the article's image.</summary>
    internal const string Answer =
        """{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1","cacheKeyType":"Image","cacheDuration":"0s","auth":{"docker.io/library/nginx":{"username":"","password":""}}}"""
        + "\n";

    /// <summary>To a run that has nothing to do.</summary>
    internal const string AnswerWithoutEntry =
        """{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1","cacheKeyType":"Image","cacheDuration":"0s"}"""
        + "\n";

    /// <summary>To a run that writes a file for this image.</summary>
    internal static string AnswerFor(string image) =>
        Answer.Replace("docker.io/library/nginx", image, StringComparison.Ordinal);

    [Fact]
    public void The_articles_run_answers_silently_and_writes_the_file()
    {
        using var cluster = new Cluster();
        Assert.Equal(new RunResult(0, Answer, ""), cluster.RunArticle());
        Assert.Equal(
            "{\n\t\"auths\": {\n\t\t\"localhost:5000\": {\n\t\t\t\"auth\": "
                + "\"bXl1c2VyOm15cGFzc3dvcmQ=\"\n\t\t}\n\t}\n}\n",
            File.ReadAllText(cluster.AuthFile)
        );
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(cluster.AuthFile));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(cluster.At("auth"))
        );
        Assert.Equal([Cluster.ArticleFileName], cluster.LeftInAuthDirectory);
    }

    [Theory]
    [InlineData("request-plain.json")]
    [InlineData("request-annotated.json")]
    public void A_captured_request_whose_token_has_expired_is_refused_with_the_reason(string capture)
    {
        using var cluster = new Cluster();
        var run = cluster.Run(Requests.Captured(capture));
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.StartsWith(
            $"API server 127.0.0.1:{cluster.Api.Port} rejects the pod's token (aud \"https://kubernetes.default.svc\", "
                + "iss \"https://kubernetes.default.svc\"); its audience is its issuer",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.EndsWith(" [CP407]\n", run.Stderr, StringComparison.Ordinal);
        Assert.Empty(cluster.LeftInAuthDirectory);
    }

    [Theory]
    [InlineData("request-plain.json")]
    [InlineData("request-annotated.json")]
    public void A_captured_request_whose_token_is_still_good_is_answered_byte_for_byte(string capture)
    {
        using var cluster = new Cluster();
        cluster.Api.Script.Enqueue(
            KubernetesApiStandIn.Answer.Protobuf(
                200,
                $$"""{"kind":"SecretList","apiVersion":"v1","items":[{{Cluster.ArticleSecret}}]}"""
            )
        );
        Assert.Equal(new RunResult(0, Answer, ""), cluster.Run(Requests.Captured(capture)));
        Assert.Equal([Cluster.ArticleFileName], cluster.LeftInAuthDirectory);
    }

    [Fact]
    public void A_static_pod_gets_an_empty_success()
    {
        using var cluster = new Cluster();
        Assert.Equal(
            new RunResult(0, AnswerWithoutEntry, ""),
            cluster.Run(Requests.Captured("request-static-pod-no-token.json"))
        );
        Assert.Empty(cluster.Api.Requests);
        Assert.Empty(cluster.LeftInAuthDirectory);
        Assert.Equal("Request has no service account token, nothing to do", cluster.Journal.Messages[^1]);
    }

    [Theory]
    [InlineData("credentialprovider.kubelet.k8s.io/v1beta1")]
    [InlineData("credentialprovider.kubelet.k8s.io/v1alpha1")]
    public void An_older_version_is_answered_in_that_version(string apiVersion)
    {
        using var cluster = new Cluster();
        var run = cluster.Run(Requests.For("docker.io/library/nginx", null, apiVersion));
        Assert.Equal(
            new RunResult(0, AnswerWithoutEntry.Replace("credentialprovider.kubelet.k8s.io/v1", apiVersion), ""),
            run
        );
    }

    public static TheoryData<string, byte[], string> BadRequests =>
        new()
        {
            { "empty", [], "CP102" },
            { "no JSON", Encoding.UTF8.GetBytes("nginx"), "CP102" },
            { "two documents", [.. Requests.For("quay.io/a", null), .. Requests.For("quay.io/a", null)], "CP102" },
            { "truncated", Requests.For("quay.io/a", null)[..60], "CP102" },
            { "another kind", Encoding.UTF8.GetBytes("""{"kind":"Pod","apiVersion":"v1"}"""), "CP103" },
            { "no image", Requests.For("", null), "CP104" },
            { "2 MiB", new byte[2 * 1024 * 1024], "CP101" },
            {
                "hostile namespace",
                Requests.For("quay.io/a", Requests.Token("""{"kubernetes.io":{"namespace":"../../x"}}""")),
                "CP202"
            },
        };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public void A_bad_request_is_one_clear_line_and_nothing_else(string what, byte[] request, string id)
    {
        using var cluster = new Cluster();
        var run = cluster.Run(request);
        Assert.True(run.ExitCode == 1, what);
        Assert.Equal("", run.Stdout);
        Assert.EndsWith($" [{id}]\n", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(1, run.Stderr.Count(c => c == '\n'));
        Assert.Equal(run.Stderr.TrimEnd('\n'), cluster.Journal.Messages[^1]);
        Assert.False(Directory.Exists(cluster.At("auth")));
    }

    [Fact]
    public void Misuse_ends_with_2_and_one_line()
    {
        using var cluster = new Cluster();
        Assert.Equal(
            new RunResult(
                2,
                "",
                "crio-credential-provider: unknown flag \"--auth-dirs\"; did you mean \"--auth-dir\"? See "
                    + "crio-credential-provider --help\n"
            ),
            cluster.RunArticle("--auth-dirs=/x")
        );
    }

    [Fact]
    public void The_token_without_a_Role_is_refused_with_the_commands_that_make_one()
    {
        using var cluster = new Cluster();
        var run = cluster.Run(Requests.For("docker.io/library/nginx", cluster.Api.Issue("team-b")));
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.Equal(
            "service account \"default\" may not list secrets in namespace \"team-b\": secrets is forbidden: User "
                + "\"system:serviceaccount:team-b:default\" cannot list resource \"secrets\" in API group \"\" in the "
                + "namespace \"team-b\"; "
                + "kubectl create role -n team-b crio-credential-provider:default --verb=get,list --resource=secrets "
                + "&& kubectl create rolebinding -n team-b crio-credential-provider:default "
                + "--role=crio-credential-provider:default --serviceaccount=team-b:default # or, for its "
                + "imagePullSecrets only: crio-credential-provider generate rbac --namespace team-b --service-account "
                + "default --pull-secrets NAME,NAME | kubectl apply -f - [CP408]\n",
            run.Stderr
        );
        Assert.Empty(cluster.LeftInAuthDirectory);
    }

    [Fact]
    public void No_secret_reaches_any_output_even_at_debug_level()
    {
        using var cluster = new Cluster();
        string[] planted =
        [
            "mypassword",
            "bXl1c2VyOm15cGFzc3dvcmQ",
            "eyJhdXRocyI6",
            cluster.Token,
            cluster.Token.Split('.')[1],
        ];
        RunResult[] runs =
        [
            cluster.RunArticle("--log-level=debug"),
            cluster.RunArticle("--log-level=debug", "--auth-dir=/dev/null"),
            cluster.RunArticle("--log-level=debug", "--tls-server-name=other"),
            cluster.Run(Requests.For("docker.io/library/nginx", cluster.Token)[..^3], "--log-level=debug"),
        ];
        Assert.Equal([0, 1, 1, 1], runs.Select(run => run.ExitCode));
        var outputs = string.Join(
            '\n',
            runs.SelectMany(run => new[] { run.Stdout, run.Stderr })
                .Concat(
                    cluster.Journal.Entries.SelectMany(entry => entry.Select(field => $"{field.Key}={field.Value}"))
                )
        );
        Assert.Contains("Parsing secret: my-secret", outputs, StringComparison.Ordinal);
        foreach (var secret in planted)
        {
            Assert.DoesNotContain(secret, outputs, StringComparison.Ordinal);
        }
    }
}
