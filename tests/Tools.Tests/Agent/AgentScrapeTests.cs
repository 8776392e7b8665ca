// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Agent;
using CrioCredentialProvider.Tools.Doctor.Report;

namespace CrioCredentialProvider.Tests.Agent;

/// <summary>
/// A real Prometheus scrapes the agent's server, answers the queries of the dashboard, and evaluates the alerts of
/// deploy/monitoring. tests/Rollout.Tests does the same with the published binary.
/// </summary>
public sealed class AgentScrapeTests
{
    private readonly AgentMetrics metrics = new("0.0.0-test");

    [Fact]
    public void The_dashboard_shows_the_node_and_the_alert_of_an_undone_rollout_fires()
    {
        var agent = new IPEndPoint(IPAddress.Loopback, PrometheusServer.FreePort());
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
        using var prometheus = new PrometheusServer($"{agent}");
        prometheus.Await("up{job=\"agent\"} == 1", count => count == 1);
        foreach (var query in DashboardQueries())
        {
            prometheus.Await(query, count => count > 0);
        }

        prometheus.Await("ALERTS", count => count == 0);
        metrics.SetRound(new AgentStatus(AgentResult.Undone, "kubelet.service does not start"), DateTimeOffset.UtcNow);
        prometheus.AwaitFiring("CrioCredentialProviderUndone");

        // Its own alert says more than the one for an agent that is not ready.
        prometheus.AwaitInactive("CrioCredentialProviderNotReady");
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
}
