// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Deploy;

/// <summary>What deploy/ brings to a cluster: each set of objects by its name.</summary>
internal static class Manifests
{
    public static readonly string[] Overlays = ["absent", "canary", "kubeadm"];

    /// <summary>Of deploy/kubernetes and the Helm chart, with default values and with what NOTES.txt says to
    /// set.</summary>
    public static TheoryData<string> Names => [.. Overlays, "helm", "helm present"];

    public static List<JsonObject> Of(string name) =>
        name switch
        {
            "helm" => new HelmChart().Render(),
            "helm present" => new HelmChart { ["state.ensure"] = "present" }.Render(),
            _ => YamlObjects.Of(File.ReadAllText(At($"kubernetes/{name}.yaml"))),
        };

    /// <summary>An overlay as kubectl renders it.</summary>
    public static List<JsonObject> Render(string folder)
    {
        // Debian 12 has kubectl 1.20, whose kustomize cannot read a directory as a resource.
        var version = InProcess.Execute("kubectl", "version", "--client", "--output", "json").Stdout;
        Assert.SkipWhen(
            version.Contains("\"minor\": \"20\"", StringComparison.Ordinal),
            "kubectl 1.20 is too old for the overlays"
        );
        var (exitCode, stdout, stderr) = InProcess.Execute("kubectl", "kustomize", folder);
        Assert.True(exitCode == 0, stderr);
        return YamlObjects.Of(stdout);
    }

    public static JsonObject Only(this IEnumerable<JsonObject> objects, string kind) =>
        Assert.Single(objects, item => (string)item["kind"]! == kind);

    public static JsonNode PodSpec(this IEnumerable<JsonObject> objects) =>
        objects.Only("DaemonSet")["spec"]!["template"]!["spec"]!;

    public static string At(string path) => Path.Combine(Repository.Root, "deploy", path);
}
