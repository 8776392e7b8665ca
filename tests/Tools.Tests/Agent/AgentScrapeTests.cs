// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Agent;
using CrioCredentialProvider.Tools.Doctor.Report;

namespace CrioCredentialProvider.Tests.Agent;

/// <summary>
/// A real Prometheus scrapes the agent's server, answers the queries of the dashboard, and evaluates the alerts of
/// deploy/monitoring, which here fire at once.
/// </summary>
public sealed partial class AgentScrapeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-prometheus-").FullName;
    private readonly AgentMetrics metrics = new("0.0.0-test");
    private readonly HttpClient http = new();

    public void Dispose()
    {
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_dashboard_shows_the_node_and_the_alert_of_an_undone_rollout_fires()
    {
        var agent = new IPEndPoint(IPAddress.Loopback, FreePort());
        using var server = AgentServer.Start(
            agent,
            new Dictionary<string, Func<Task<AgentPage>>>
            {
                ["/metrics"] = async () =>
                    new AgentPage(HttpStatusCode.OK, "text/plain; version=0.0.4", await metrics.TextAsync()),
            },
            Assert.Fail
        );
        metrics.SetRound(new AgentStatus(AgentResult.Confirmed, "installed and confirmed"), DateTimeOffset.UtcNow);
        metrics.Set(
            new NodeFindings(
                [new CheckReport("CP008", "auth directory", new CheckResult(CheckOutcome.Ok, ""))],
                Leftovers: 0
            )
        );
        http.BaseAddress = new Uri($"http://127.0.0.1:{FreePort()}");
        using var prometheus = Start(agent);
        try
        {
            await UntilAsync("up{job=\"agent\"} == 1", count => count == 1);
            foreach (var query in DashboardQueries())
            {
                await UntilAsync(query, count => count > 0);
            }

            await UntilAsync("ALERTS{alertstate=\"firing\"}", count => count == 0);
            metrics.SetRound(
                new AgentStatus(AgentResult.Undone, "kubelet.service does not start"),
                DateTimeOffset.UtcNow
            );
            await UntilAsync(
                "ALERTS{alertstate=\"firing\",alertname=\"CrioCredentialProviderUndone\",node=\"worker-1\"}",
                count => count == 1
            );

            // Its own alert says more than the one for an agent that is not ready.
            await UntilAsync("ALERTS{alertname=\"CrioCredentialProviderNotReady\"}", count => count == 0);
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Process Start(IPEndPoint agent)
    {
        var rules = File.ReadAllText(Repository.Root + "/deploy/monitoring/crio-credential-provider.rules.yaml");
        File.WriteAllText(folder + "/rules.yaml", Waiting().Replace(rules, "for: 0s"));
        File.WriteAllText(
            folder + "/prometheus.yml",
            $$"""
            global: {scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms}
            rule_files: [rules.yaml]
            scrape_configs:
            - job_name: agent
              static_configs:
              - targets: ["{{agent}}"]
                labels: {node: worker-1}

            """
        );
        return Process.Start(
            new ProcessStartInfo(
                "prometheus",
                [
                    $"--config.file={folder}/prometheus.yml",
                    $"--storage.tsdb.path={folder}/data",
                    $"--web.listen-address={http.BaseAddress!.Authority}",
                    "--log.level=error",
                ]
            )
        )!;
    }

    /// <summary>Asks until the number of series is right.</summary>
    private async Task UntilAsync(string query, Func<int, bool> isRight)
    {
        var answer = "";
        for (var end = Stopwatch.GetTimestamp() + (20 * Stopwatch.Frequency); Stopwatch.GetTimestamp() < end; )
        {
            try
            {
                answer = await http.GetStringAsync(
                    "/api/v1/query?query=" + Uri.EscapeDataString(query),
                    TestContext.Current.CancellationToken
                );
                if (isRight(JsonNode.Parse(answer)!["data"]!["result"]!.AsArray().Count))
                {
                    return;
                }
            }
            catch (HttpRequestException e)
            {
                // It does not listen yet.
                answer = e.Message;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"{query}: {answer}");
    }

    /// <summary>What the dashboard asks of the agent; a table of what is wrong may be empty.</summary>
    private static IEnumerable<string> DashboardQueries() =>
        JsonNode.Parse(File.ReadAllText(Repository.Root + "/deploy/monitoring/grafana-dashboard.json"))!["panels"]!
            .AsArray()
            .SelectMany(panel => panel!["targets"]?.AsArray() ?? [])
            .Select(target => (string)target!["expr"]!)
            .Where(query =>
                query.Contains("crio_credential_provider_", StringComparison.Ordinal)
                && !query.EndsWith("== 1", StringComparison.Ordinal)
            )
            .Select(query =>
                query
                    .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
                    .Replace("$node", "worker-1", StringComparison.Ordinal)
            );

    [GeneratedRegex("\\bfor: [0-9]+[mh]\\b")]
    private static partial Regex Waiting();
}
