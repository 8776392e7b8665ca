// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// A real Prometheus, which scrapes the agent of node worker-1 and evaluates the rules of deploy/monitoring. An alert
/// that waits for minutes or hours waits for a second here.
/// </summary>
public sealed partial class PrometheusServer : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-prometheus-").FullName;
    private readonly string address;
    private readonly string[] inNetwork;
    private readonly Process server;

    /// <param name="agent">Host and port.</param>
    /// <param name="networkOf">A process, whose network the agent is in; null for the test's own network.</param>
    public PrometheusServer(string agent, int? networkOf = null)
    {
        inNetwork = networkOf is null ? [] : ["nsenter", "-t", $"{networkOf}", "-n", "--"];
        address = networkOf is null ? $"127.0.0.1:{FreePort()}" : "127.0.0.1:9090";
        var rules = File.ReadAllText(Repository.Root + "/deploy/monitoring/crio-credential-provider.rules.yaml");
        File.WriteAllText(folder + "/rules.yaml", Waiting().Replace(rules, "for: 1s"));
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
        server = Start(
            isRead: false,
            "prometheus",
            $"--config.file={folder}/prometheus.yml",
            $"--storage.tsdb.path={folder}/data",
            $"--web.listen-address={address}",
            "--log.level=error"
        );
    }

    public void Dispose()
    {
        server.Kill();
        server.WaitForExit();
        server.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A port of 127.0.0.1 that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Asks until the number of series is right.</summary>
    public void Await(string query, Func<int, bool> isRight)
    {
        var answer = "";
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(40); Thread.Sleep(100))
        {
            using var client = Start(
                isRead: true,
                "promtool",
                "query",
                "instant",
                "-o",
                "json",
                $"http://{address}",
                query
            );
            var stderr = client.StandardError.ReadToEndAsync();
            answer = client.StandardOutput.ReadToEnd();
            client.WaitForExit();
            if (client.ExitCode == 0 && isRight(JsonNode.Parse(answer)!.AsArray().Count))
            {
                return;
            }

            answer += stderr.Result;
        }

        Assert.Fail($"{query}: {answer}");
    }

    /// <summary>Waits until the alert fires for the node.</summary>
    public void AwaitFiring(string alert) =>
        Await($"ALERTS{{alertname=\"{alert}\",alertstate=\"firing\",node=\"worker-1\"}}", count => count == 1);

    /// <summary>Waits until it is known that the alert was pending.</summary>
    public void AwaitPendingBefore(string alert) =>
        Await($"count_over_time(ALERTS{{alertname=\"{alert}\",alertstate=\"pending\"}}[5m])", count => count == 1);

    /// <summary>Waits until no alert of that name is pending or firing.</summary>
    /// <param name="alerts">A regular expression.</param>
    public void AwaitInactive(string alerts) => Await($"ALERTS{{alertname=~\"{alerts}\"}}", count => count == 0);

    private Process Start(bool isRead, params string[] command)
    {
        string[] words = [.. inNetwork, .. command];
        return Process.Start(
            new ProcessStartInfo(words[0], words[1..])
            {
                RedirectStandardOutput = isRead,
                RedirectStandardError = isRead,
            }
        )!;
    }

    [GeneratedRegex("\\bfor: [0-9]+[mh]\\b")]
    private static partial Regex Waiting();
}
