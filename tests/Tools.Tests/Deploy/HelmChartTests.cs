// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Deploy;

/// <summary>The values of the Helm chart.</summary>
public sealed class HelmChartTests
{
    [Fact]
    public void The_default_values_fit_the_schema_and_the_schema_has_each_of_them()
    {
        var values = new HelmChart().Values;
        Assert.Equal([""], SchemaCheck.Problems(HelmChart.SchemaPath, [values]));
        var schema = JsonNode.Parse(File.ReadAllText(HelmChart.SchemaPath))!["properties"]!;
        Assert.Equal(values.Select(pair => pair.Key).Order(), schema.AsObject().Select(pair => pair.Key).Order());

        // fromRegistriesConf excludes matchImages, so only one of the two can have a default.
        Assert.Equal(
            values["state"]!.AsObject().Select(pair => pair.Key).Append("fromRegistriesConf").Order(),
            schema["state"]!["properties"]!.AsObject().Select(pair => pair.Key).Order()
        );
    }

    [Fact]
    public void A_value_that_cannot_work_is_rejected()
    {
        (string Path, JsonNode Value, string Problem)[] wrong =
        [
            ("state.ensure", "gone", "/state/ensure must be equal to one of the allowed values"),
            ("state.match", new JsonArray(), "/state must NOT have additional properties"),
            ("state.kubeletUnit", "kubelet", "/state/kubeletUnit must match pattern"),
            ("state.binDir", "usr/libexec", "/state/binDir must match pattern"),
            ("state.watchFor", "60", "/state/watchFor must match pattern"),
            ("state.matchImages", "docker.io", "/state/matchImages must be array"),
            ("maxUnavailable", 0, "/maxUnavailable must be >= 1"),
            ("maxUnavailable", "100%", "/maxUnavailable must match pattern"),
            ("port", 80, "/port must be >= 1024"),
            ("image", "registry.example.com/crio-credential-provider", "/image must match pattern"),
            ("replicas", 2, " must NOT have additional properties"),
        ];
        var problems = SchemaCheck.Problems(
            HelmChart.SchemaPath,
            [.. wrong.Select(row => new HelmChart { [row.Path] = row.Value }.Values)]
        );
        Assert.Equal(wrong.Length, problems.Length);
        Assert.All(wrong.Zip(problems), pair =>
            Assert.Contains(pair.First.Problem, pair.Second, StringComparison.Ordinal)
        );
    }

    /// <summary>A new DaemonSet starts all of its pods at once, so the first state must not change a node.</summary>
    [Fact]
    public void The_first_installation_changes_no_node_and_NOTES_says_how_to_go_on()
    {
        Assert.False(ManifestTests.State("helm").IsPresent);
        var notes = new HelmChart().Notes();
        Assert.Contains(
            "helm upgrade fleet CHART --namespace nodes --reuse-values --set state.ensure=present\n",
            notes,
            StringComparison.Ordinal
        );
        Assert.Contains("\"helm uninstall\" leaves the nodes as they are.", notes, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_reach_the_objects()
    {
        var chart = new HelmChart
        {
            ["state.matchImages"] = new JsonArray("docker.io", "*.example.com"),
            ["state.binDir"] = "/opt/credential-providers",
            ["hostPaths.binDir"] = "/opt/credential-providers",
            ["maxUnavailable"] = "10%",
            ["listenAddress"] = "[$(HOST_IP)]",
            ["imagePullSecrets"] = new JsonArray(new JsonObject { ["name"] = "my-registry" }),
        };
        Assert.Equal([""], SchemaCheck.Problems(HelmChart.SchemaPath, [chart.Values]));
        var objects = chart.Render();
        Assert.Equal("", SchemaCheck.Problems(objects));
        var state = WantedStateParser.Parse(
            "state",
            (string)objects.Only("ConfigMap")["data"]!["state.yaml"]!,
            new WantedState()
        );
        Assert.Equal(["docker.io", "*.example.com"], state.MatchImages);
        Assert.Equal("/opt/credential-providers", state.BinDir);
        var set = objects.Only("DaemonSet");
        Assert.Equal("10%", (string)set["spec"]!["updateStrategy"]!["rollingUpdate"]!["maxUnavailable"]!);
        Assert.Equal("my-registry", (string)objects.PodSpec()["imagePullSecrets"]![0]!["name"]!);
        var container = objects.PodSpec()["containers"]![0]!;
        Assert.Contains("--listen=[$(HOST_IP)]:9809", container["args"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(
            "\"mountPath\":\"/opt/credential-providers\"",
            container["volumeMounts"]!.ToJsonString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Chart_and_overlays_have_the_version_of_the_program()
    {
        var chart = YamlObjects.Of(File.ReadAllText(Manifests.At("helm/crio-credential-provider/Chart.yaml")))[0];
        var version = BuildInfo.Version.Split('+', '-')[0];
        Assert.Equal((version, version), ((string)chart["version"]!, (string)chart["appVersion"]!));
        Assert.All(Manifests.Names, name =>
            Assert.EndsWith(
                $":{version}",
                (string)Manifests.Of(name.Data).PodSpec()["containers"]![0]!["image"]!,
                StringComparison.Ordinal
            )
        );
    }
}
