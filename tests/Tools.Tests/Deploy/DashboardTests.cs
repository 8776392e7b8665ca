// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Deploy;

/// <summary>The dashboard of deploy/monitoring asks for nothing that does not exist.</summary>
public sealed partial class DashboardTests
{
    private static readonly JsonNode Dashboard = JsonNode.Parse(
        File.ReadAllText(Path.Combine(Repository.Root, "deploy/monitoring/grafana-dashboard.json"))
    )!;

    public static TheoryData<string, string> Queries =>
        [
            .. Panels()
                .SelectMany(
                    panel => panel["targets"]?.AsArray() ?? [],
                    (panel, target) => ((string)panel["title"]!, Expression(target!))
                ),
        ];

    /// <summary>Grafana's variables stand for durations and a pattern.</summary>
    [Fact]
    public void Prometheus_accepts_each_query()
    {
        var file = Path.GetTempFileName();
        try
        {
            var rules = Queries.Select(
                (query, i) =>
                    $"  - record: panel:query:{i}\n    expr: {JsonValue.Create(query.Data.Item2)!.ToJsonString()}\n"
            );
            File.WriteAllText(file, "groups:\n- name: dashboard\n  rules:\n" + string.Concat(rules));
            var run = InProcess.Execute("promtool", "check", "rules", file);
            Assert.True(run.ExitCode == 0, run.Stdout + run.Stderr);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public void Each_metric_is_one_that_the_pages_describe(string panel, string query)
    {
        var described = Metric()
            .Matches(Page("how-to/watch-it.md") + Page("reference/agent.md"))
            .Select(match => Family(match.Value))
            .ToHashSet();
        var asked = Metric().Matches(query).Select(match => Family(match.Value)).ToList();
        Assert.True(asked.Count > 0, panel);
        Assert.Equal([], asked.Except([.. described, "kubelet_node_name"]));
    }

    /// <summary>Panels that overlap, or that have one number, hide each other.</summary>
    [Fact]
    public void Each_panel_has_a_place_and_a_description()
    {
        var all = Panels().ToList();
        Assert.Equal(all.Count, all.Select(panel => (int)panel["id"]!).Distinct().Count());
        var cells = all.SelectMany(panel => Cells(panel["gridPos"]!)).ToList();
        Assert.Equal(cells.Count, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.X, 0, 23));
        Assert.All(all.Where(panel => (string)panel["type"]! != "row"), panel =>
            Assert.NotEqual("", (string)panel["description"]!)
        );
    }

    private static IEnumerable<JsonNode> Panels() => Dashboard["panels"]!.AsArray().Select(panel => panel!);

    private static string Expression(JsonNode target) =>
        ((string)target["expr"]!)
            .Replace("$__range", "6h", StringComparison.Ordinal)
            .Replace("$__rate_interval", "5m", StringComparison.Ordinal)
            .Replace("$node", ".*", StringComparison.Ordinal);

    private static IEnumerable<(int X, int Y)> Cells(JsonNode place)
    {
        for (var x = (int)place["x"]!; x < (int)place["x"]! + (int)place["w"]!; x++)
        {
            for (var y = (int)place["y"]!; y < (int)place["y"]! + (int)place["h"]!; y++)
            {
                yield return (x, y);
            }
        }
    }

    /// <summary>A histogram's series have endings of their own.</summary>
    private static string Family(string metric) => Ending().Replace(metric, "");

    private static string Page(string path) => File.ReadAllText(Path.Combine(Repository.Root, "docs", path));

    [GeneratedRegex("\\b(kubelet|container_runtime_crio|crio_credential_provider)_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("_(bucket|count)$")]
    private static partial Regex Ending();
}
