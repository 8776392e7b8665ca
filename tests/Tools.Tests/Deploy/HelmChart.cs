// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CrioCredentialProvider.Tests.Deploy;

/// <summary>
/// Renders the chart of deploy/helm without Helm. Its templates contain variables, <c>toJson</c> and <c>sha256sum</c>
/// only, with or without a pipeline; anything else is an error here.
/// </summary>
internal sealed partial class HelmChart
{
    private static readonly string Folder = Manifests.At("helm/crio-credential-provider");

    private readonly JsonObject root = new()
    {
        [nameof(Values)] = YamlObjects.Of(File.ReadAllText(Path.Combine(Folder, "values.yaml")))[0],
        ["Release"] = new JsonObject { ["Name"] = "fleet", ["Namespace"] = "nodes" },
    };

    public static string SchemaPath => Path.Combine(Folder, "values.schema.json");

    public JsonObject Values => root[nameof(Values)]!.AsObject();

    /// <summary>What <c>--set</c> or a file of values sets: the path is separated by dots.</summary>
    public JsonNode? this[string path]
    {
        set
        {
            var parts = path.Split('.');
            var parent = parts[..^1].Aggregate((JsonNode)Values, (inner, key) => inner[key]!);
            parent[parts[^1]] = value;
        }
    }

    /// <summary>The objects of all templates.</summary>
    public List<JsonObject> Render() =>
        [
            .. Directory
                .GetFiles(Path.Combine(Folder, "templates"), "*.yaml")
                .Order(StringComparer.Ordinal)
                .SelectMany(file => YamlObjects.Of(Render(file))),
        ];

    public string Notes() => Render(Path.Combine(Folder, "templates/NOTES.txt"));

    private string Render(string file) =>
        Action().Replace(File.ReadAllText(file), match => Evaluate(match.Groups["pipeline"].Value));

    private string Evaluate(string pipeline)
    {
        var commands = pipeline.Split('|', StringSplitOptions.TrimEntries);
        var first = commands[0].Split(' ');
        var value = Variable(first[^1]);
        foreach (var function in first[..^1].Concat(commands[1..]))
        {
            value = function switch
            {
                "toJson" => Json(value),
                "sha256sum" => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text(value)))),
                _ => throw new NotSupportedException($"function {function} of {pipeline}"),
            };
        }

        return Text(value);
    }

    private JsonNode Variable(string path)
    {
        Assert.StartsWith(".", path, StringComparison.Ordinal);
        return path[1..]
            .Split('.')
            .Aggregate((JsonNode)root, (inner, key) => inner[key] ?? throw new KeyNotFoundException(path));
    }

    /// <summary>As Go's text/template prints a scalar. It prints maps and lists in a form that is not YAML.</summary>
    private static string Text(JsonNode value)
    {
        Assert.IsNotType<JsonObject>(value);
        Assert.IsNotType<JsonArray>(value);
        return value.ToString();
    }

    /// <summary>As Go's encoding/json prints it, with sorted keys. It escapes no character of these values.</summary>
    private static string Json(JsonNode value) =>
        YamlObjects
            .Sorted(value)!
            .ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    [GeneratedRegex(@"\{\{\s*(?<pipeline>[^{}]*?)\s*\}\}")]
    private static partial Regex Action();
}
