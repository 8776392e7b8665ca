// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CrioCredentialProvider.TestSupport;
using k8s;
using k8s.Models;

namespace CrioCredentialProvider.Tests.Deploy;

/// <summary>
/// Kubernetes' own schemas. Two packages are made from them: kubernetes-models finds what is missing or has the wrong
/// type or form, and the models of KubernetesClient find a field that the API does not know.
/// </summary>
internal static class SchemaCheck
{
    private static readonly string Folder = Install();

    private static readonly Dictionary<string, Action<string>> Models = new(StringComparer.Ordinal)
    {
        ["ClusterRole"] = json => KubernetesJson.Deserialize<V1ClusterRole>(json),
        ["ClusterRoleBinding"] = json => KubernetesJson.Deserialize<V1ClusterRoleBinding>(json),
        ["ConfigMap"] = json => KubernetesJson.Deserialize<V1ConfigMap>(json),
        ["DaemonSet"] = json => KubernetesJson.Deserialize<V1DaemonSet>(json),
        ["FlowSchema"] = json => KubernetesJson.Deserialize<V1FlowSchema>(json),
        ["Namespace"] = json => KubernetesJson.Deserialize<V1Namespace>(json),
        ["PriorityLevelConfiguration"] = json => KubernetesJson.Deserialize<V1PriorityLevelConfiguration>(json),
        ["Role"] = json => KubernetesJson.Deserialize<V1Role>(json),
        ["RoleBinding"] = json => KubernetesJson.Deserialize<V1RoleBinding>(json),
        ["ServiceAccount"] = json => KubernetesJson.Deserialize<V1ServiceAccount>(json),
    };

    static SchemaCheck() =>
        KubernetesJson.AddJsonOptions(options =>
        {
            options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;

            // The test projects turn reflection off, as the program does.
            options.TypeInfoResolver = new DefaultJsonTypeInfoResolver();
        });

    /// <summary>What the API server would say against these objects; empty when it would take them.</summary>
    public static string Problems(IReadOnlyList<JsonObject> objects) =>
        Node("kubernetes", Json(objects)) + string.Concat(objects.Select(UnknownField));

    /// <summary>What a JSON schema says against objects, such as a Helm chart's values: a line for each.</summary>
    public static string[] Problems(string schema, IReadOnlyList<JsonObject> values) =>
        Node($"values {schema}", Json(values)).Split('\n')[..^1];

    private static string Json(IEnumerable<JsonObject> objects) =>
        new JsonArray([.. objects.Select(item => item.DeepClone())]).ToJsonString();

    private static string UnknownField(JsonObject item)
    {
        try
        {
            Models[(string)item["kind"]!](item.ToJsonString());
            return "";
        }
        catch (JsonException e)
        {
            return e.Message + "\n";
        }
    }

    private static string Node(string arguments, string stdin)
    {
        var script = Path.Combine(Repository.Root, "tests/Tools.Tests/Deploy/schemas/check.js");
        var start = new ProcessStartInfo("node", [script, .. arguments.Split(' ')])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = Path.Combine(Folder, "node_modules");
        using var node = Process.Start(start)!;
        var stderr = node.StandardError.ReadToEndAsync();
        node.StandardInput.Write(stdin);
        node.StandardInput.Close();
        var stdout = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.True(node.ExitCode == 0, stderr.Result);
        return stdout;
    }

    private static string Install()
    {
        var folder = Path.Combine(Repository.Root, "build/manifest-schemas");
        var (exitCode, _, stderr) = Generate.InProcess.Execute(
            Path.Combine(Repository.Root, "scripts/npm-packages"),
            Path.Combine(Repository.Root, "tests/Tools.Tests/Deploy/schemas"),
            folder
        );
        Assert.True(exitCode == 0, stderr);
        return folder;
    }
}
