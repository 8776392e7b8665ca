// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Deploy;

/// <summary>The alert rules of deploy/monitoring: Prometheus' own tool checks them and runs their unit tests.</summary>
public sealed class AlertRuleTests : IDisposable
{
    private const string Rules = "crio-credential-provider.rules.yaml";
    private const string UnitTests = "crio-credential-provider.test.yaml";

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Prometheus_accepts_the_rules() => Promtool(0, "check", "rules", At(Rules));

    [Fact]
    public void The_unit_tests_of_the_rules_pass() => Promtool(0, "test", "rules", At(UnitTests));

    /// <summary>Each change makes a rule fire too early, too often or never.</summary>
    [Theory]
    [InlineData("for: 15m", "for: 0s")]
    [InlineData("for: 1h", "for: 5m")]
    [InlineData("for: 6h", "for: 1h")]
    [InlineData(">= 0.75", ">= 0.4")]
    [InlineData("increase15m >= 4", "increase15m >= 0")]
    [InlineData("> 0.1", "> 0.9")]
    [InlineData("=~\"undone|failed\"", "=\"failed\"")]
    [InlineData("[1h]) > 2", "[1h]) > 0")]
    [InlineData("2 * 3600", "20 * 3600")]
    [InlineData("10([.]0)?", "10")]
    [InlineData("UNAUTHORIZED|DENIED", "UNAUTHORIZED")]
    [InlineData("increase(kubelet_credential_provider_plugin_errors{", "increase(another{")]
    [InlineData("plugin_errors_total{plugin_name=\"crio-credential-provider\"}", "plugin_errors_total")]
    [InlineData("unless on (job, instance)", "unless on (job)")]
    [InlineData("and on (node) kubelet_credential_provider_config_info", "")]
    public void The_unit_tests_fail_for_a_rule_that_is_wrong(string right, string wrong)
    {
        var rules = File.ReadAllText(At(Rules));
        Assert.Contains(right, rules, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, Rules), rules.Replace(right, wrong, StringComparison.Ordinal));
        File.Copy(At(UnitTests), Path.Combine(folder, UnitTests));
        Promtool(0, "check", "rules", Path.Combine(folder, Rules));
        Promtool(1, "test", "rules", Path.Combine(folder, UnitTests));
    }

    [Fact]
    public void Each_alert_has_a_unit_test_in_which_it_fires()
    {
        var firing = Items(Document(UnitTests)["tests"])
            .SelectMany(test => Items(test["alert_rule_test"]))
            .Where(test => Items(test["exp_alerts"]).Any())
            .Select(test => Text(test["alertname"]));
        Assert.Equal(
            Alerts().Select(alert => Text(alert["alert"])).Order(StringComparer.Ordinal),
            firing.Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_PrometheusRule_contains_the_same_groups_as_the_plain_file()
    {
        const string Spec = "\nspec:\n";
        var rule = File.ReadAllText(At("prometheus-rule.yaml"));
        var groups = File.ReadAllText(At(Rules))
            .Split('\n')
            .SkipWhile(line => line != "groups:")
            .Select(line => line.Length == 0 ? line : "  " + line);
        Assert.Equal(string.Join('\n', groups), rule[(rule.IndexOf(Spec, StringComparison.Ordinal) + Spec.Length)..]);
        var document = Document("prometheus-rule.yaml");
        Assert.Equal("monitoring.coreos.com/v1", Text(document["apiVersion"]));
        Assert.Equal("PrometheusRule", Text(document["kind"]));
    }

    /// <summary>A test of the documents follows the links of the page, so the runbooks exist as well.</summary>
    [Fact]
    public void The_page_names_each_alert_with_its_severity_and_the_runbook_of_the_rule()
    {
        var rows = File.ReadAllLines(Path.Combine(Repository.Root, "docs/how-to/watch-it.md"))
            .Where(line => line.StartsWith("| `Crio", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (cells[1].Trim('`'), cells[2], cells[4].Split('(')[1].TrimEnd(')')));
        Assert.Equal(
            Alerts()
                .Select(alert =>
                    (
                        Text(alert["alert"]),
                        Text(alert["labels"]["severity"]),
                        Text(alert["annotations"]["runbook_url"]).Replace("docs/", "../", StringComparison.Ordinal)
                    )
                ),
            rows
        );
    }

    private static void Promtool(int exitCode, params string[] arguments)
    {
        var result = InProcess.Execute("promtool", arguments);
        Assert.True(
            result.ExitCode == exitCode,
            $"promtool ended with {result.ExitCode}:\n{result.Stdout}{result.Stderr}"
        );
    }

    private static IEnumerable<YamlNode> Alerts() =>
        Items(Document(Rules)["groups"])
            .SelectMany(group => Items(group["rules"]))
            .Where(rule => ((YamlMappingNode)rule).Children.ContainsKey("alert"));

    private static YamlNode Document(string file)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(At(file))));
        return Assert.Single(stream.Documents).RootNode;
    }

    private static string At(string file) => Path.Combine(Repository.Root, "deploy", "monitoring", file);

    private static IEnumerable<YamlNode> Items(YamlNode node) => (YamlSequenceNode)node;

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;
}
