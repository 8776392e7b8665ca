// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.TestSupport;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>What the kubelet records after a pull, and who may use the image then.</summary>
public sealed class HandOverAccessContractTests
{
    private const string Image = "docker.io/library/nginx:1";

    [Theory]
    [InlineData("IfNotPresent", "refused by the registry")]
    [InlineData("Never", "ErrImageNeverPull")]
    public void Another_namespace_may_not_use_an_image_that_was_pulled_with_a_secret(string policy, string end)
    {
        using var cluster = new Cluster();
        var kubelet = HandOverKubeletContractTests.Kubelet(cluster);
        Assert.Equal("pulled", kubelet.EnsureImageExists(HandOverKubeletContractTests.Pod(cluster, 0)).End);
        Assert.Equal([cluster.Token], kubelet.RecordOf(Image));

        var other = new SimulatedPod("pod-b", "team-b", cluster.Api.Issue("team-b"), Image, policy);
        Assert.Equal(end, kubelet.EnsureImageExists(other).End);

        // The same account starts again without a pull, also if its secret is gone.
        Assert.Equal(
            "present",
            kubelet.EnsureImageExists(HandOverKubeletContractTests.Pod(cluster, 1) with { Policy = policy }).End
        );
    }

    [Fact]
    public void Another_account_of_the_namespace_pulls_once_and_is_recorded_as_well()
    {
        using var cluster = new Cluster();
        cluster.Api.Allow("default", "second", "default");
        var second = cluster.Api.Issue("default", "second");
        var kubelet = HandOverKubeletContractTests.Kubelet(cluster);
        kubelet.EnsureImageExists(HandOverKubeletContractTests.Pod(cluster, 0));
        var pod = HandOverKubeletContractTests.Pod(cluster, 1) with { Token = second, Policy = "IfNotPresent" };
        Assert.Equal("pulled", kubelet.EnsureImageExists(pod).End);
        Assert.Equal("present", kubelet.EnsureImageExists(pod).End);
        Assert.Equal([cluster.Token, second], kubelet.RecordOf(Image));
    }

    [Fact]
    public void Turned_off_the_image_is_open_to_every_pod_of_the_node()
    {
        using var cluster = new Cluster();
        Assert.Equal(
            new RunResult(0, KubeletContractTests.AnswerWithoutEntry, ""),
            cluster.RunArticle("--access-record=false")
        );
        File.Delete(cluster.AuthFile);
        var kubelet = new SimulatedKubelet(cluster.At("kubelet"), cluster.At("auth"), (image, token) =>
            cluster.Run(Requests.For(image, token), "--access-record=false")
        );
        kubelet.Start();
        kubelet.EnsureImageExists(HandOverKubeletContractTests.Pod(cluster, 0));
        Assert.Equal(["nodePodsAccessible"], kubelet.RecordOf(Image));
        Assert.Equal(
            "present",
            kubelet
                .EnsureImageExists(
                    new SimulatedPod("pod-b", "team-b", cluster.Api.Issue("team-b"), Image, "IfNotPresent")
                )
                .End
        );
    }

    /// <summary>Each credential is a PullImage of its own, and the first one takes the file.</summary>
    [Theory]
    [InlineData(true, "pulled", 1)]
    [InlineData(false, "refused by the registry", 3)]
    public void With_several_credentials_only_the_first_pull_finds_the_file(bool isGood, string end, int pulls)
    {
        using var cluster = new Cluster();
        var kubelet = new SimulatedKubelet(cluster.At("kubelet"), cluster.At("auth"), (image, token) =>
            cluster.Run(Requests.For(image, token))
        )
        {
            Registry = (_, file) => isGood && file is not null,
        };
        kubelet.Start();
        var attempt = kubelet.EnsureImageExists(
            HandOverKubeletContractTests.Pod(cluster, 0) with
            {
                PullSecrets = ["hub"],
                SecondProvider = "cloud",
            }
        );
        Assert.Equal((end, pulls), (attempt.End, attempt.Pulls.Count));
        Assert.Equal("mypassword", Cluster.PasswordIn(attempt.Pulls[0]!));
        Assert.All(attempt.Pulls.Skip(1), Assert.Null);

        // The kubelet records the account whose credential was tried when the pull succeeded.
        Assert.Equal(isGood ? ["secret hub"] : [], kubelet.RecordOf(Image));
    }

    [Theory]
    [InlineData("down")]
    [InlineData("500")]
    public void Without_the_API_server_the_kubelets_own_record_vouches_for_the_account(string outage)
    {
        using var cluster = new Cluster();
        PutRecord(cluster, "default", "default", "ffa72eb8");
        var run = Outage(cluster, outage);
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.Empty(cluster.LeftInAuthDirectory);
        var last = cluster.Journal.Entries[^1];
        Assert.Equal(
            ("4", "access-confirmed", "CP702"),
            (last["PRIORITY"], last["CRIO_CP_OUTCOME"], last["CRIO_CP_CODE"])
        );
    }

    [Theory]
    [InlineData("down", "default", "default", "another-uid", false)]
    [InlineData("down", "default", "other", "ffa72eb8", false)]
    [InlineData("down", "team-b", "default", "ffa72eb8", false)]
    [InlineData("403", "default", "default", "ffa72eb8", false)]
    [InlineData("401", "default", "default", "ffa72eb8", false)]
    [InlineData("down", "default", "default", "ffa72eb8", true)]
    public void In_all_other_cases_the_failure_stays_a_failure(
        string outage,
        string ns,
        string account,
        string uid,
        bool isOff
    )
    {
        using var cluster = new Cluster();
        PutRecord(cluster, ns, account, uid);
        var run = Outage(cluster, outage, isOff ? ["--access-record=false"] : []);
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.NotEmpty(run.Stderr);
        Assert.Equal("failed", cluster.Journal.Entries[^1]["CRIO_CP_OUTCOME"]);
    }

    private static RunResult Outage(Cluster cluster, string outage, params string[] more)
    {
        if (outage == "down")
        {
            return cluster.RunArticle(["--api-server=127.0.0.1:1", "--timeout=1s", .. more]);
        }

        for (var i = 0; i < 20; i++)
        {
            cluster.Api.Script.Enqueue(
                Answer.Of(int.Parse(outage), """{"kind":"Status","apiVersion":"v1","status":"Failure"}""")
            );
        }

        return cluster.RunArticle(["--timeout=1s", .. more]);
    }

    /// <summary>The captured record, for the article's image and another account.</summary>
    private static void PutRecord(Cluster cluster, string ns, string account, string uid)
    {
        var record = JsonNode.Parse(
            File.ReadAllText(
                Path.Combine(Repository.Root, "tests/captures/kubelet/pulled-record-service-accounts.json")
            )
        )!;
        record["credentialMapping"] = new JsonObject
        {
            ["docker.io/library/nginx"] = new JsonObject
            {
                ["kubernetesServiceAccounts"] = new JsonArray(
                    new JsonObject
                    {
                        ["uid"] = uid,
                        ["namespace"] = ns,
                        ["name"] = account,
                    }
                ),
            },
        };
        Directory.CreateDirectory(cluster.At("kubelet/image_manager/pulled"), (UnixFileMode)0x1C0);
        File.WriteAllText(cluster.At("kubelet/image_manager/pulled/sha256-1"), record.ToJsonString());
    }
}
