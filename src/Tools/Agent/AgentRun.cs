// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Runtime.InteropServices;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>Runs the agent's rounds on this node, from its start to SIGTERM.</summary>
internal sealed class AgentRun(Node node, NodeAgent agent, NodeDoctor doctor, TimeSpan interval)
{
    /// <summary>
    /// A node that is not in the wanted state is checked more often, because somebody may be repairing it.
    /// </summary>
    private static readonly TimeSpan LongestUnwanted = TimeSpan.FromSeconds(30);

    private readonly AgentMetrics metrics = new(BuildInfo.Version);
    private readonly AgentEvents events = new(node);
    private readonly StateFileWriter store = new(new NodeFileWriter(""), StateFileWriter.UsualDirectory);
    private volatile AgentStatus status = AgentStatus.Starting;

    /// <returns>After SIGTERM or SIGINT, when the current round has ended.</returns>
    public async Task RunAsync(IPEndPoint listen)
    {
        ProcessEnvironment.CompleteSocketsOnThreadPool();
        using var stop = new CancellationTokenSource();
        using var term = StopOn(PosixSignal.SIGTERM, stop);
        using var interrupt = StopOn(PosixSignal.SIGINT, stop);
        using var server = AgentServer.Start(
            listen,
            new Dictionary<string, Func<Task<AgentPage>>>
            {
                ["/readyz"] = () => Task.FromResult(Readiness()),
                ["/metrics"] = MetricsAsync,
            },
            node.Report
        );
        node.Report($"serving /readyz and /metrics on {listen}");
        while (!stop.IsCancellationRequested)
        {
            await RoundAsync();
            await PauseAsync(status.IsAsWanted || interval < LongestUnwanted ? interval : LongestUnwanted, stop.Token);
        }

        node.Report("stopped by a signal; the node stays as it is");
    }

    /// <summary>A signal does not interrupt a change: it is first confirmed or undone.</summary>
    private async Task RoundAsync()
    {
        var before = status;
        AgentStatus now;
        using (var session = await RolloutSession.OpenAsync(node))
        {
            now = await agent.RoundAsync(new AgentTools(session.Engine, session.Services, session.Store));
        }

        status = now;
        metrics.SetRound(now, node.Clock());
        foreach (var path in now.Repaired)
        {
            node.Report($"restored: {path}");
        }

        if (now.Result != before.Result || now.Reason != before.Reason)
        {
            node.Report(now.Line);
            if (await events.CreateAsync(now) is { } problem)
            {
                node.Report($"warning: no Event was created: {problem}");
            }
        }

        metrics.Set(await doctor.LookAsync());
    }

    private AgentPage Readiness()
    {
        var now = status;
        return AgentPage.Text(now.IsReady ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, now.Line);
    }

    /// <summary>Reads the phase per request, because it changes during a round.</summary>
    private async Task<AgentPage> MetricsAsync()
    {
        metrics.SetPhase(store);
        return new AgentPage(HttpStatusCode.OK, "text/plain; version=0.0.4; charset=utf-8", await metrics.TextAsync());
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });

    private static async Task PauseAsync(TimeSpan time, CancellationToken stop)
    {
        try
        {
            await Task.Delay(time, stop);
        }
        catch (OperationCanceledException)
        {
            // Stopped by the signal.
        }
    }
}
