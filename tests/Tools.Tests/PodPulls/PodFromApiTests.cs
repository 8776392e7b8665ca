// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.Tests.ClusterApi;
using CrioCredentialProvider.Tests.Generate;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.PodPulls;

/// <summary><c>explain --pod</c> reads the pod and its events by the kubeconfig at hand.</summary>
public sealed class PodFromApiTests : IDisposable
{
    private const string Error =
        "Failed to pull image \"quay.io/team/app:1\": (Mirrors also failed: [mirror.example.com/team/app:1: reading "
        + "manifest 1 in mirror.example.com/team/app: manifest unknown]): quay.io/team/app:1: reading manifest 1 "
        + "in quay.io/team/app: unauthorized: access to the requested resource is not authorized";

    private readonly PersonalCluster cluster = new();

    public PodFromApiTests()
    {
        cluster.Write("journal", "");
        cluster.Api.AddPod(
            """
            {"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"team-a"},
             "spec":{"nodeName":"n1","serviceAccountName":"puller","containers":[{"name":"app","image":"quay.io/team/app:1"}]},
             "status":{"containerStatuses":[{"name":"app","state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image \"quay.io/team/app:1\""}}}]}}
            """
        );
        AddEvent("Pod", "web", Error);

        // Others' events: of another pod, and of another kind with the same name.
        AddEvent("Pod", "web-2", "Failed to pull image \"quay.io/team/app:1\": not for this pod");
        AddEvent("Job", "web", "Failed to pull image \"quay.io/team/app:1\": not for a pod");
    }

    public void Dispose() => cluster.Dispose();

    [Fact]
    public async Task The_pod_and_its_events_come_from_the_API_server()
    {
        Person(PersonalCluster.Developer);
        var run = await ExplainAsync();
        Assert.Equal((1, ""), (run.ExitCode, run.Stderr));
        Assert.Equal(
            $"""
            pod        team-a/web, on node "n1", service account "puller"
            read from  API server {cluster.Host}, kubeconfig "{cluster.At(".kube/config")}"

            quay.io/team/app:1 (container "app"): ImagePullBackOff
              1  mirror.example.com/team/app:1: not found (404): reading manifest 1 in mirror.example.com/team/app: manifest unknown
              2  quay.io/team/app:1: not authorized (401): reading manifest 1 in quay.io/team/app: unauthorized: access to the requested resource is not authorized
              next: mirror.example.com does not have this image: check the tag, and whether the image has been mirrored

            """,
            run.Stdout
        );
        Assert.Equal(
            [
                "GET /api/v1/namespaces/team-a/pods/web",
                "GET /api/v1/namespaces/team-a/events?fieldSelector=involvedObject.kind%3DPod%2CinvolvedObject.name%3Dweb",
            ],
            cluster.Api.Requests
        );
        Assert.Equal(
            $"API server {cluster.Host}, kubeconfig \"{cluster.At(".kube/config")}\"",
            (string)JsonNode.Parse((await ExplainAsync("-o", "json")).Stdout)!["pod"]!["source"]!
        );
    }

    /// <summary>A node may read its own pods but no events, and the pod's status says enough.</summary>
    [Fact]
    public async Task On_a_node_the_kubelets_own_identity_reads_the_pod()
    {
        cluster.Api.Add(new ApiUser("system:node:n1"));
        cluster.Write("kubelet.conf", cluster.Kubeconfig(cluster.CertificateData("system:node:n1")));
        cluster.KubeletKubeconfigs = [cluster.At("kubelet.conf")];
        var run = await ExplainAsync();
        Assert.Equal((1, ""), (run.ExitCode, run.Stderr));
        Assert.StartsWith(
            $"""
            pod        team-a/web, on node "n1", service account "puller"
            read from  API server {cluster.Host}, kubeconfig "{cluster.At("kubelet.conf")}"
            not read   events: API server {cluster.Host} (kubeconfig "{cluster.At(
                "kubelet.conf"
            )}") does not return the events of pod team-a/web: events is forbidden: User "system:node:n1" cannot list resource "events" in API group "" in the namespace "team-a"

            quay.io/team/app:1 (container "app"): ImagePullBackOff

            """,
            run.Stdout,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_node_does_not_read_the_pods_of_others()
    {
        cluster.Api.Add(new ApiUser("system:node:n2"));
        cluster.Write("kubelet.conf", cluster.Kubeconfig(cluster.CertificateData("system:node:n2")));
        cluster.KubeletKubeconfigs = [cluster.At("kubelet.conf")];
        AssertNotRead(
            await ExplainAsync(),
            $"API server {cluster.Host} (kubeconfig \"{cluster.At("kubelet.conf")}\") does not return pod team-a/web: "
                + "pods \"web\" is forbidden: User \"system:node:n2\" cannot get resource \"pods\" in API group \"\" "
                + "in the namespace \"team-a\""
        );
    }

    /// <summary>Each is named with the line that passes the objects; the journal's part goes on.</summary>
    [Fact]
    public async Task What_prevents_it_is_named_with_the_line_for_kubectl()
    {
        AssertNotRead(await ExplainAsync(), "there is no kubeconfig here (--kubeconfig, $KUBECONFIG, ~/.kube/config)");

        Person(PersonalCluster.Developer);
        var run = await ExplainPodAsync("team-a/gone");
        Assert.Contains(
            "does not return pod team-a/gone: pods \"gone\" not found; pass them: ",
            run.Stdout,
            StringComparison.Ordinal
        );

        cluster.Write(".kube/config", cluster.Kubeconfig("exec: {command: aws}"));
        AssertNotRead(
            await ExplainAsync(),
            $"kubeconfig \"{cluster.At(".kube/config")}\" cannot be used: its user's credentials come from the program "
                + "\"aws\", which is not started"
        );

        Person(PersonalCluster.Developer);
        cluster.Api.Script.Enqueue(Answer.Of(200, "<html>"));
        AssertNotRead(await ExplainAsync(), "the API server's answer is not JSON");
    }

    private static void AssertNotRead(CommandResult run, string why)
    {
        Assert.Equal((3, ""), (run.ExitCode, run.Stderr));
        Assert.Contains(
            $"\nnot read   pod and events: {why}; pass them: kubectl get pods,events -n team-a -o json | "
                + "crio-credential-provider explain --pod team-a/web --objects -\n",
            run.Stdout,
            StringComparison.Ordinal
        );
    }

    private Task<CommandResult> ExplainAsync(params string[] more) => ExplainPodAsync("team-a/web", more);

    private Task<CommandResult> ExplainPodAsync(string pod, params string[] more) =>
        cluster.ExplainAsync(["--pod", pod, "--journal-file", cluster.At("journal"), .. more]);

    private void Person(ApiUser user) =>
        cluster.Write(".kube/config", cluster.Kubeconfig($"token: {cluster.Api.Issue(user)}"));

    private void AddEvent(string kind, string name, string message) =>
        cluster.Api.AddEvent(
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = $"{name}.{kind}", ["namespace"] = "team-a" },
                ["involvedObject"] = new JsonObject
                {
                    ["kind"] = kind,
                    ["name"] = name,
                    ["namespace"] = "team-a",
                },
                ["reason"] = "Failed",
                ["message"] = message,
            }.ToJsonString()
        );
}
