// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Tests.ClusterApi;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.Tools.Commands;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Explain;

/// <summary><c>explain IMAGE --namespace NAME</c> requests a token with the kubeconfig at hand.</summary>
public sealed class TokenRequestTests : IDisposable
{
    private readonly PersonalCluster cluster = new();

    public void Dispose() => cluster.Dispose();

    [Theory]
    [InlineData("a token")]
    [InlineData("a token file")]
    [InlineData("a certificate as data")]
    [InlineData("a certificate in files")]
    public async Task A_token_of_the_service_account_is_requested(string identity)
    {
        var (certificate, key) = cluster.Certificate("developer");
        cluster.Api.Add(PersonalCluster.Developer);
        cluster.Write("token", cluster.Api.Issue(PersonalCluster.Developer) + "\n");
        cluster.Write(".kube/client.crt", certificate);
        cluster.Write(".kube/client.key", key);
        cluster.Write(
            ".kube/config",
            cluster.Kubeconfig(
                identity switch
                {
                    "a token" => $"token: {cluster.Api.Issue(PersonalCluster.Developer)}",
                    "a token file" => "tokenFile: ../token",
                    "a certificate as data" => cluster.CertificateData("developer"),
                    _ => "client-certificate: client.crt, client-key: client.key",
                }
            )
        );
        var run = await ExplainAsync("-n", "team-a", "--service-account", "puller");
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.Contains(
            "\nnamespace  team-a, service account \"puller\", no pod\n",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"\nsecrets    from API server {cluster.Host}, with a token that was requested by kubeconfig "
                + $"\"{cluster.At(".kube/config")}\"\n",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\n     key \"mirror.example.com\" of secret \"mirror\": it covers the whole registry\n",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.Equal(
            [
                "POST /api/v1/namespaces/team-a/serviceaccounts/puller/token",
                "GET /api/v1/namespaces/team-a/secrets?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson&limit=500",
            ],
            cluster.Api.Requests
        );
    }

    [Fact]
    public async Task Without_an_account_it_is_the_default_one_and_its_own_rights_decide()
    {
        Developer();
        var run = await ExplainAsync("--namespace", "team-a");
        Assert.Equal((3, ""), (run.ExitCode, run.Stdout));
        Assert.Contains(
            "service account \"default\" may not list secrets in namespace \"team-a\"",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.EndsWith("[CP408]\n", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_learn_where_the_token_came_from()
    {
        Developer();
        var input = JsonNode.Parse(
            (await ExplainAsync("-n", "team-a", "--service-account=puller", "-o", "json")).Stdout
        )!["input"]!;
        Assert.Equal(
            ("token-request", cluster.At(".kube/config"), cluster.Host),
            ((string)input["kind"]!, (string)input["files"]![0]!, (string)input["apiServer"]!)
        );
    }

    /// <summary>As kubectl: the variable goes before the home folder, and the first file that exists counts.</summary>
    [Fact]
    public async Task KUBECONFIG_names_other_files()
    {
        Developer();
        File.Move(cluster.At(".kube/config"), cluster.At("other"));
        cluster.Write(".kube/config", "nonsense: [");
        cluster.Environment["KUBECONFIG"] = $"{cluster.At("none")}:{cluster.At("other")}";
        Assert.Equal(0, (await ExplainAsync("-n", "team-a", "--service-account", "puller")).ExitCode);
        cluster.Environment.Remove("KUBECONFIG");
        Assert.Equal(
            0,
            (
                await ExplainAsync("-n", "team-a", "--service-account", "puller", "--kubeconfig", cluster.At("other"))
            ).ExitCode
        );
    }

    /// <summary>Whatever prevents it, the line to type instead is complete.</summary>
    [Theory]
    [InlineData(
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: gke-gcloud-auth-plugin}",
        "kubeconfig \"{config}\" cannot be used: its user's credentials come from the program "
            + "\"gke-gcloud-auth-plugin\", which is not started"
    )]
    [InlineData(
        "auth-provider: {name: oidc}",
        "kubeconfig \"{config}\" cannot be used: its user's credentials come from an auth-provider, which is not "
            + "supported"
    )]
    [InlineData(
        "username: u, password: made-up-password",
        "kubeconfig \"{config}\" cannot be used: a user with a password is not supported"
    )]
    [InlineData(
        "",
        "kubeconfig \"{config}\" cannot be used: its user has neither a token nor a client certificate with its key"
    )]
    [InlineData(
        "client-certificate: none.crt, client-key: none.key",
        "kubeconfig \"{config}\" cannot be used: \"{folder}/none.crt\" does not exist"
    )]
    [InlineData(
        "client-certificate-data: '%', client-key-data: '%'",
        "kubeconfig \"{config}\" cannot be used: its user's client-certificate-data is not base64"
    )]
    [InlineData(
        "client-certificate-data: AAAA, client-key-data: AAAA",
        "kubeconfig \"{config}\" cannot be used: its user's client certificate and key cannot be decoded, or do not "
            + "belong together"
    )]
    [InlineData("tokenFile: none", "kubeconfig \"{config}\" cannot be used: \"{folder}/none\" does not exist")]
    [InlineData(
        "token: made-up-token",
        "API server {host} (kubeconfig \"{config}\") issued no token for service account \"puller\" in namespace "
            + "\"team-a\": Unauthorized"
    )]
    public async Task What_cannot_be_used_is_named_with_the_line_for_kubectl(string user, string problem)
    {
        cluster.Write(".kube/config", cluster.Kubeconfig(user));
        var run = await ExplainAsync("-n", "team-a", "--service-account", "puller");
        var config = cluster.At(".kube/config");
        Assert.Equal(
            new CommandResult(
                3,
                "",
                CommandResult.Line(
                    problem
                        .Replace("{config}", config, StringComparison.Ordinal)
                        .Replace("{folder}", Path.GetDirectoryName(config), StringComparison.Ordinal)
                        .Replace("{host}", cluster.Host, StringComparison.Ordinal)
                        + "; kubectl create token -n team-a puller | crio-credential-provider explain "
                        + "quay.io/team/app:1 --token-file - "
                        + (problem.StartsWith("API", StringComparison.Ordinal) ? "[CP410]" : "[CP402]")
                )
            ),
            run
        );
    }

    [Fact]
    public async Task Who_may_not_request_the_token_learns_it_in_the_API_servers_words()
    {
        var stranger = new ApiUser("stranger");
        cluster.Write(".kube/config", cluster.Kubeconfig($"token: {cluster.Api.Issue(stranger)}"));
        var run = await ExplainAsync("-n", "team-a", "--service-account", "puller");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains(
            "issued no token for service account \"puller\" in namespace \"team-a\": serviceaccounts/token \"puller\" is "
                + "forbidden: User \"stranger\" cannot create resource",
            run.Stderr,
            StringComparison.Ordinal
        );
        Developer();
        run = await ExplainAsync("-n", "team-a", "--service-account", "typo");
        Assert.Contains(
            "issued no token for service account \"typo\" in namespace \"team-a\": serviceaccounts \"typo\" not found; "
                + "kubectl ",
            run.Stderr,
            StringComparison.Ordinal
        );
    }

    /// <summary>A certificate of another authority identifies nobody.</summary>
    [Fact]
    public async Task A_certificate_of_another_CA_is_unauthorized()
    {
        cluster.Api.Add(PersonalCluster.Developer);
        cluster.Write(".kube/config", cluster.Kubeconfig(cluster.CertificateData("developer", new Authority())));
        Assert.Contains("Unauthorized", (await ExplainAsync("-n", "team-a")).Stderr, StringComparison.Ordinal);
    }

    /// <summary>The request for the token is slow, and so is the list.</summary>
    [Theory]
    [InlineData(true, "asking the API server ...\nasking the API server ...\n")]
    [InlineData(false, "")]
    public async Task On_a_terminal_a_slow_API_server_is_named_after_a_second(bool isTerminal, string expected)
    {
        Developer();
        cluster.StderrIsTerminal = isTerminal;
        cluster.Api.Delay = SlowNotice.UsualDelay * 1.5;
        var watch = Stopwatch.StartNew();
        var run = await ExplainAsync("-n", "team-a", "--service-account", "puller");
        Assert.Equal((0, expected), (run.ExitCode, run.Stderr));
        Assert.True(watch.Elapsed >= cluster.Api.Delay * 2);
        Assert.Equal(1, SlowNotice.UsualDelay.TotalSeconds);
    }

    [Fact]
    public async Task Without_a_kubeconfig_the_line_for_kubectl_is_printed()
    {
        Assert.Equal(
            new CommandResult(
                3,
                "",
                CommandResult.Line(
                    "there is no kubeconfig here (--kubeconfig, $KUBECONFIG, ~/.kube/config); kubectl create token -n "
                        + "team-a default | "
                        + "crio-credential-provider explain quay.io/team/app:1 --token-file - [CP402]"
                )
            ),
            await ExplainAsync("-n", "team-a")
        );
    }

    [Theory]
    [InlineData("--service-account puller", "--service-account requires --namespace")]
    [InlineData(
        "-n team-a --service-account Puller",
        "bad value \"Puller\" of flag --service-account: want the name of a service account, for example \"default\""
    )]
    [InlineData(
        "-n team-a --service-account x --secrets y",
        "--service-account requests a token, and --secrets gives the secrets: use one of them"
    )]
    public async Task Misuse_is_one_line(string words, string problem) =>
        Assert.Equal(
            CommandResult.Misused("explain", problem),
            await cluster.ExplainAsync(["quay.io/team/app:1", .. words.Split(' ')])
        );

    private Task<CommandResult> ExplainAsync(params IEnumerable<string> words) =>
        cluster.ExplainAsync(["quay.io/team/app:1", .. words, .. cluster.Flags]);

    private void Developer() =>
        cluster.Write(".kube/config", cluster.Kubeconfig($"token: {cluster.Api.Issue(PersonalCluster.Developer)}"));
}
