// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>A service account that names its pull secrets needs a Role for these alone.</summary>
public sealed class NamedSecretsContractTests
{
    private const string Image = "docker.io/library/nginx";

    /// <summary>Names of secrets may be told, passwords may not.</summary>
    private const string PasswordPrefix = "password-of-";
    private const string Secrets = "GET /api/v1/namespaces/team-a/secrets";

    [Fact]
    public void Only_the_named_secrets_are_got_and_nothing_is_listed()
    {
        using var cluster = TeamA("my-secret", "second");
        var run = Run(cluster, "second, my-secret");
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.Equal([$"{Secrets}/my-secret", $"{Secrets}/second"], cluster.Api.Requests);
        Assert.Equal("second", PasswordOf(cluster));
        Assert.Contains(
            "Annotation crio-credential-provider/pull-secrets names secret(s): my-secret, second",
            cluster.Journal.Messages
        );
        Assert.Contains("Got 2 secret(s)", cluster.Journal.Messages);
    }

    [Fact]
    public void A_secret_that_is_not_named_is_never_used()
    {
        using var cluster = TeamA("my-secret", "second");
        Assert.Equal(0, Run(cluster, "my-secret").ExitCode);
        Assert.Equal("my-secret", PasswordOf(cluster));
    }

    [Fact]
    public void One_that_is_missing_and_one_that_is_forbidden_are_lines_and_the_others_count()
    {
        using var cluster = TeamA("my-secret", "absent");
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            Run(cluster, "absent,forbidden,my-secret,Not_A_Name")
        );
        Assert.Equal("my-secret", PasswordOf(cluster));
        Assert.Equal(
            [
                "\"Not_A_Name\" in annotation crio-credential-provider/pull-secrets is not a valid name of a secret",
                "Secret \"absent\" does not exist in namespace \"team-a\"",
                "service account \"puller\" may not get secret \"forbidden\" in namespace \"team-a\"",
            ],
            cluster.Journal.Entries.Where(e => e["PRIORITY"] == "4").Select(e => e["MESSAGE"])
        );
        Assert.All(cluster.Journal.Entries.Where(e => e["PRIORITY"] == "4"), e =>
            Assert.Equal("CP504", e["CRIO_CP_CODE"])
        );
    }

    [Fact]
    public void When_none_may_be_read_the_failure_says_which_Role_is_missing()
    {
        using var cluster = TeamA();
        Assert.Equal(
            new RunResult(
                1,
                "",
                "service account \"puller\" may not get secret \"my-secret\" in namespace \"team-a\"; kubectl create "
                    + "role -n team-a crio-credential-provider:puller --verb=get --resource=secrets "
                    + "--resource-name=my-secret && kubectl create rolebinding -n team-a "
                    + "crio-credential-provider:puller --role=crio-credential-provider:puller "
                    + "--serviceaccount=team-a:puller [CP408]\n"
            ),
            Run(cluster, "my-secret")
        );
        Assert.Empty(cluster.LeftInAuthDirectory);
    }

    [Fact]
    public void An_empty_value_means_none_and_sends_no_request()
    {
        using var cluster = TeamA("my-secret");
        Assert.Equal(new RunResult(0, KubeletContractTests.AnswerWithoutEntry, ""), Run(cluster, ""));
        Assert.Empty(cluster.Api.Requests);
        Assert.Empty(cluster.LeftInAuthDirectory);
        Assert.Contains("Annotation crio-credential-provider/pull-secrets names no secret", cluster.Journal.Messages);
    }

    [Fact]
    public void The_nodes_own_credentials_still_count_when_none_is_named()
    {
        using var cluster = TeamA("my-secret");
        File.WriteAllText(cluster.At("config.json"), """{"auths":{"localhost:5000":{"auth":"bm9kZTpvd24="}}}""");
        Assert.Equal(0, Run(cluster, "").ExitCode);
        Assert.Equal("own", PasswordOf(cluster));
    }

    [Fact]
    public void Another_annotation_changes_nothing()
    {
        using var cluster = new Cluster();
        var request = Requests.Annotated(Image, cluster.Token, "x");
        request = System.Text.Encoding.UTF8.GetBytes(
            System.Text.Encoding.UTF8.GetString(request).Replace("pull-secrets", "note", StringComparison.Ordinal)
        );
        Assert.Equal(0, cluster.Run(request).ExitCode);
        Assert.StartsWith(
            "GET /api/v1/namespaces/default/secrets?fieldSelector=",
            Assert.Single(cluster.Api.Requests),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_may_pass_is_retried_and_the_captured_answer_is_read()
    {
        using var cluster = TeamA("hub");
        cluster.Api.Script.Enqueue(Answer.Of(503, "{}"));
        cluster.Api.Script.Enqueue(
            new Answer(File.ReadAllBytes(Path.Combine(Repository.Root, "tests/captures/api-protobuf/get-200.pb.http")))
        );
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), Run(cluster, "hub"));
        Assert.Contains(
            "docker.io",
            File.ReadAllText(Assert.Single(Directory.GetFiles(cluster.At("auth"), "team-a-*"))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_secret_of_another_type_is_a_line()
    {
        using var cluster = TeamA("opaque", "my-secret");
        cluster.Api.Add(
            """{"metadata":{"name":"opaque","namespace":"team-a"},"data":{".dockerconfigjson":"e30="},"type":"Opaque"}"""
        );
        Assert.Equal(0, Run(cluster, "opaque,my-secret").ExitCode);
        Assert.Contains(
            "Skipping secret \"opaque\", which is not of type \"kubernetes.io/dockerconfigjson\"",
            cluster.Journal.Messages
        );
        Assert.Equal("my-secret", PasswordOf(cluster));
    }

    [Fact]
    public void Without_list_the_service_accounts_imagePullSecrets_are_got()
    {
        using var cluster = TeamA("my-secret", "second");
        cluster.Api.AddServiceAccount("team-a", "puller", "second", "my-secret", "second");
        cluster.Api.AllowGetSelf("team-a", "puller");
        var run = cluster.Run(Requests.For(Image, cluster.Api.Issue("team-a", "puller")));
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.Equal(
            [
                $"{Secrets}?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson&limit=500",
                "GET /api/v1/namespaces/team-a/serviceaccounts/puller",
                $"{Secrets}/my-secret",
                $"{Secrets}/second",
            ],
            cluster.Api.Requests
        );
        Assert.Equal("second", PasswordOf(cluster));
        Assert.Contains(
            "Service account \"puller\" may not list secrets; its imagePullSecrets name: my-secret, second",
            cluster.Journal.Messages
        );
    }

    [Fact]
    public void The_annotation_comes_before_the_imagePullSecrets()
    {
        using var cluster = TeamA("my-secret", "second");
        cluster.Api.AddServiceAccount("team-a", "puller", "second");
        cluster.Api.AllowGetSelf("team-a", "puller");
        Assert.Equal(0, Run(cluster, "my-secret").ExitCode);
        Assert.Equal([$"{Secrets}/my-secret"], cluster.Api.Requests);
    }

    private static Cluster TeamA(params string[] allowed)
    {
        var cluster = new Cluster();
        foreach (var name in new[] { "my-secret", "second", "forbidden" })
        {
            cluster.Api.Add(
                Cluster
                    .SecretWithPassword(PasswordPrefix + name)
                    .Replace("\"my-secret\"", $"\"{name}\"", StringComparison.Ordinal)
                    .Replace("\"default\"", "\"team-a\"", StringComparison.Ordinal)
            );
        }

        foreach (var name in allowed)
        {
            cluster.Api.AllowGet("team-a", "puller", "team-a", name);
        }

        return cluster;
    }

    private static RunResult Run(Cluster cluster, string pullSecrets) =>
        cluster.Run(Requests.Annotated(Image, cluster.Api.Issue("team-a", "puller"), pullSecrets));

    private static string PasswordOf(Cluster cluster) =>
        Cluster
            .PasswordIn(
                File.ReadAllText(
                    cluster.At("auth/" + Cluster.ArticleFileName.Replace("default", "team-a", StringComparison.Ordinal))
                )
            )
            .Replace(PasswordPrefix, "", StringComparison.Ordinal);
}
