// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Deploy;

/// <summary>The DaemonSet and what belongs to it, as kustomize overlays, plain YAML and a Helm chart.</summary>
public sealed class ManifestTests
{
    public static TheoryData<string> Overlays => [.. Manifests.Overlays];

    public static TheoryData<string> Names => Manifests.Names;

    [Theory]
    [MemberData(nameof(Overlays))]
    public void The_plain_YAML_is_what_kubectl_makes_of_the_overlay(string overlay) =>
        Assert.Equal(
            Manifests.Render(Manifests.At($"kustomize/overlays/{overlay}")).Select(item => item.ToJsonString()),
            Manifests.Of(overlay).Select(item => item.ToJsonString())
        );

    [Fact]
    public void Each_object_is_valid_by_Kubernetes_schemas() =>
        Assert.Equal("", SchemaCheck.Problems([.. Names.SelectMany(name => Manifests.Of(name.Data))]));

    /// <summary>The API server would reject each of these, or ignore the field without a word.</summary>
    [Fact]
    public void A_wrong_object_is_found()
    {
        var problems = SchemaCheck.Problems([
            Changed("spec.selector", null),
            Changed("spec.template.spec.hostNetwork", "yes"),
            Changed("spec.template.spec.hostNetworks", true),
            Changed("spec.template.spec.securityContext", new JsonObject { ["readOnlyRootFileSystem"] = true }),
        ]);
        Assert.Contains("spec must have required property selector\n", problems, StringComparison.Ordinal);
        Assert.Contains("spec/template/spec/hostNetwork must be boolean\n", problems, StringComparison.Ordinal);
        Assert.Contains("'hostNetworks' could not be mapped", problems, StringComparison.Ordinal);
        Assert.Contains("'readOnlyRootFileSystem' could not be mapped", problems, StringComparison.Ordinal);

        JsonObject Changed(string path, JsonNode? value)
        {
            var set = Manifests.Of("kubeadm").Only("DaemonSet");
            var parts = path.Split('.');
            var parent = parts[..^1].Aggregate((JsonNode)set, (inner, key) => inner[key]!).AsObject();
            _ = parent.Remove(parts[^1]);
            if (value is not null)
            {
                parent[parts[^1]] = value;
            }

            return set;
        }
    }

    [Fact]
    public void The_state_that_a_DaemonSet_mounts_is_one_that_the_program_reads()
    {
        var kubeadm = new WantedState { Audience = "https://kubernetes.default.svc.cluster.local" };
        Assert.Equivalent(kubeadm, State("kubeadm"), strict: true);
        Assert.Equivalent(kubeadm, State("canary"), strict: true);
        Assert.Equivalent(kubeadm, State("helm present"), strict: true);
        Assert.Equivalent(kubeadm with { IsPresent = false }, State("helm"), strict: true);
        Assert.Equivalent(new WantedState { IsPresent = false }, State("absent"), strict: true);
    }

    /// <summary>Otherwise all pods would see a new state at once, and restart all kubelets at once.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_new_state_reaches_a_node_only_by_a_rolling_update(string name)
    {
        var map = Manifests.Of(name).Only("ConfigMap");
        Assert.True((bool)map["immutable"]!);
        Assert.Matches("^[a-z-]+-([a-z0-9]{10}|[0-9a-f]{64})$", (string)map["metadata"]!["name"]!);
        var strategy = Manifests.Of(name).Only("DaemonSet")["spec"]!["updateStrategy"]!;
        Assert.Equal(
            ("RollingUpdate", 1L),
            ((string)strategy["type"]!, (long)strategy["rollingUpdate"]!["maxUnavailable"]!)
        );
    }

    [Fact]
    public void The_nodes_may_request_tokens_for_the_audience_of_the_state()
    {
        Assert.Equal(
            File.ReadAllText(Manifests.At("generated/rbac-nodes-kubeadm.yaml")),
            File.ReadAllText(Manifests.At("kustomize/overlays/kubeadm/rbac-nodes.yaml"))
        );
        foreach (var name in (string[])["kubeadm", "canary"])
        {
            var rule = Assert.Single(Manifests.Of(name).Only("ClusterRole")["rules"]!.AsArray())!;
            Assert.Equal(State(name).Audience, (string)Assert.Single(rule["resources"]!.AsArray())!);
        }
    }

    [Fact]
    public void The_canary_nodes_have_a_DaemonSet_of_their_own_and_no_node_has_two()
    {
        var (fleet, canary) = (Manifests.Of("kubeadm"), Manifests.Of("canary"));
        var (all, some) = (fleet.Only("DaemonSet"), canary.Only("DaemonSet"));
        Assert.NotEqual((string)all["metadata"]!["name"]!, (string)some["metadata"]!["name"]!);
        Assert.NotEqual(Selector(all), Selector(some));
        Assert.Equal(
            """[{"key":"crio-credential-provider/rollout","operator":"NotIn","values":["canary"]}]""",
            Nodes(fleet)
        );
        Assert.Equal(
            """[{"key":"crio-credential-provider/rollout","operator":"In","values":["canary"]}]""",
            Nodes(canary)
        );

        // A new DaemonSet begins with absence, and must leave the canary nodes to the other one.
        Assert.Equal(Nodes(fleet), Nodes(Manifests.Of("absent")));
        Assert.Equal(Selector(all), Selector(Manifests.Of("absent").Only("DaemonSet")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_DaemonSet_selects_its_own_pods_and_mounts_its_own_state(string name)
    {
        var objects = Manifests.Of(name);
        var set = objects.Only("DaemonSet");
        Assert.Equal(Selector(set), set["spec"]!["template"]!["metadata"]!["labels"]!.ToJsonString());
        Assert.Contains(
            (string)objects.Only("ConfigMap")["metadata"]!["name"]!,
            objects.PodSpec()["volumes"]!.AsArray().Select(volume => (string?)volume!["configMap"]?["name"])
        );
        Assert.Equal(
            (string)objects.Only("ServiceAccount")["metadata"]!["name"]!,
            (string)objects.PodSpec()["serviceAccountName"]!
        );
        Assert.Single(objects.Select(item => (string?)item["metadata"]!["namespace"]).OfType<string>().Distinct());
    }

    [Fact]
    public void The_chart_brings_the_same_pods_as_the_kubeadm_overlay()
    {
        var (chart, overlay) = (Manifests.Of("helm present").PodSpec(), Manifests.Of("kubeadm").PodSpec());
        foreach (var pods in (JsonNode[])[chart, overlay])
        {
            // The names of the objects, which the release gives, and the secrets for the image.
            pods["serviceAccountName"] = "";
            pods["volumes"]!.AsArray().Single(volume => volume!["configMap"] is not null)!["configMap"] = "";
            _ = pods.AsObject().Remove("imagePullSecrets");
        }

        Assert.Equal(YamlObjects.Sorted(overlay)!.ToJsonString(), YamlObjects.Sorted(chart)!.ToJsonString());
    }

    internal static WantedState State(string name)
    {
        var text = (string)Manifests.Of(name).Only("ConfigMap")["data"]!["state.yaml"]!;
        return WantedStateParser.Parse("state.yaml", text, new WantedState());
    }

    private static string Selector(JsonObject set) => set["spec"]!["selector"]!["matchLabels"]!.ToJsonString();

    private static string Nodes(List<JsonObject> objects) =>
        objects.PodSpec()["affinity"]!["nodeAffinity"]!["requiredDuringSchedulingIgnoredDuringExecution"]![
            "nodeSelectorTerms"
        ]![0]!["matchExpressions"]!.ToJsonString();
}
