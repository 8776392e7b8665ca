// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tests.Rollout;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Agent;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Agent;

/// <summary>What the agent serves; the rollout tests scrape the built program.</summary>
public sealed partial class AgentServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_are_served_for_GET_and_HEAD_and_nothing_else_is()
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePort());
        using var server = AgentServer.Start(address, Pages(), Assert.Fail);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        Assert.Equal("ready: yes\n", await client.GetStringAsync(new Uri("/readyz", UriKind.Relative), Cancel));
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/readyz"), Cancel);
        Assert.Equal((HttpStatusCode.OK, 11), (head.StatusCode, head.Content.Headers.ContentLength));
        using var post = await client.PostAsync(new Uri("/readyz", UriKind.Relative), new StringContent("x"), Cancel);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        using var other = await client.GetAsync(new Uri("/other", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public void An_address_in_use_is_named()
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePort());
        using var first = AgentServer.Start(address, Pages(), Assert.Fail);
        var failure = Assert.Throws<ProviderException>(() => AgentServer.Start(address, Pages(), Assert.Fail));
        Assert.StartsWith($"cannot listen on {address}: ", failure.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_documents_list_each_metric_with_its_type_and_labels()
    {
        using var node = new SimulatedNode();
        var metrics = new AgentMetrics("1.2.3");
        metrics.SetRound(
            new AgentStatus(AgentResult.Drifted, "x") { Drift = ["/a"], Repaired = ["/b"] },
            DateTimeOffset.UnixEpoch
        );
        metrics.SetPhase(node.Store);
        metrics.Set(new NodeFindings([new CheckReport("CP001", "x", new CheckResult(CheckOutcome.Warn, "x"))], null));
        var text = Encoding.UTF8.GetString(await metrics.TextAsync());
        var types = TypeLine()
            .Matches(text)
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        var labels = SampleLine()
            .Matches(text)
            .GroupBy(match => match.Groups[1].Value)
            .ToDictionary(
                group => group.Key,
                group =>
                    string.Join(
                        ", ",
                        LabelName().Matches(group.First().Groups[2].Value).Select(match => $"`{match.Groups[1].Value}`")
                    )
            );
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "agent.md"));
        Assert.Equal(
            types.Select(type => $"{type.Key} {type.Value} {labels[type.Key]}").Order(StringComparer.Ordinal),
            DocumentedLine()
                .Matches(page)
                .Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value} {match.Groups[3].Value.Trim()}")
                .Order(StringComparer.Ordinal)
        );
        Assert.Contains(
            "crio_credential_provider_doctor_check{id=\"CP001\",outcome=\"warn\"} 1\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "crio_credential_provider_doctor_check{id=\"CP001\",outcome=\"ok\"} 0\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("crio_credential_provider_leftover_auth_files NaN\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "crio_credential_provider_rollout_result{result=\"drifted\"} 1\n",
            text,
            StringComparison.Ordinal
        );
    }

    /// <summary>The other metrics are of use above all then.</summary>
    [Fact]
    public async Task A_state_file_that_cannot_be_used_leaves_only_the_phase_unknown()
    {
        using var node = new SimulatedNode();
        var metrics = new AgentMetrics("1.2.3");
        node.Write($"{StateFileWriter.UsualDirectory}/state.json", "{");
        metrics.SetPhase(node.Store);
        var text = Encoding.UTF8.GetString(await metrics.TextAsync());
        Assert.Contains("crio_credential_provider_rollout_ready 0\n", text, StringComparison.Ordinal);
        Assert.Contains("crio_credential_provider_rollout_phase{phase=\"idle\"} NaN\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "crio_credential_provider_rollout_last_change_timestamp_seconds NaN\n",
            text,
            StringComparison.Ordinal
        );
    }

    private static Dictionary<string, Func<Task<AgentPage>>> Pages() =>
        new() { ["/readyz"] = () => Task.FromResult(AgentPage.Text(HttpStatusCode.OK, "ready: yes")) };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("^# TYPE (\\S+) (\\S+)$", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex("^([a-z_]+)(\\{.*\\})? \\S+$", RegexOptions.Multiline)]
    private static partial Regex SampleLine();

    [GeneratedRegex("([a-z]+)=\"")]
    private static partial Regex LabelName();

    [GeneratedRegex("^\\| `(crio_credential_provider_[a-z_]+)` \\| (\\w+) \\|([^|]*)\\|", RegexOptions.Multiline)]
    private static partial Regex DocumentedLine();
}
