// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Rollout;
using CrioCredentialProvider.Tools.Agent;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Agent;

/// <summary>
/// Nodes with an agent each, and the rule of Kubernetes' DaemonSet controller for a rolling update with
/// <c>maxUnavailable: 1</c>: the next pod is replaced when all others are ready. Each node has its own clock, which the
/// fleet sets, so that what happens on several nodes at once overlaps.
/// </summary>
internal sealed class SimulatedFleet : IDisposable
{
    private static readonly TimeSpan RestartTime = TimeSpan.FromSeconds(2);

    private readonly SimulatedNode[] nodes;
    private readonly NodeAgent[] agents;
    private readonly HashSet<int> excluded = [];
    private int attempt;

    public SimulatedFleet(int size)
    {
        nodes = [.. Enumerable.Range(0, size).Select(_ => new SimulatedNode())];
        foreach (var node in nodes)
        {
            node.Systemd.RestartTime = RestartTime;
        }

        agents = new NodeAgent[size];
        Statuses = new AgentStatus[size];
    }

    public IReadOnlyList<SimulatedNode> Nodes => nodes;

    public AgentStatus[] Statuses { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>Replaces the pods one after the other.</summary>
    /// <returns>The node whose pod did not become ready, where the controller stopped; null when all did.</returns>
    public async Task<int?> RollOutAsync(WantedState wanted)
    {
        attempt++;
        for (var i = 0; i < nodes.Length; i++)
        {
            if (excluded.Contains(i))
            {
                continue;
            }

            agents[i] = New(wanted);
            await RoundAsync(i);
            Now = nodes[i].Now;
            if (!Statuses[i].IsReady)
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>
    /// Starts the agents of a new DaemonSet, which the controller does without waiting for any of them.
    /// </summary>
    public async Task CreateAsync(WantedState wanted)
    {
        attempt++;
        for (var i = 0; i < nodes.Length; i++)
        {
            agents[i] = New(wanted);
        }

        await CheckAsync();
    }

    /// <summary>The next round of every agent, all at the same time.</summary>
    public async Task CheckAsync()
    {
        for (var i = 0; i < nodes.Length; i++)
        {
            await RoundAsync(i);
        }

        Now = nodes.Max(node => node.Now) + TimeSpan.FromMinutes(5);
    }

    /// <summary>The administrator takes a node out of the DaemonSet, to look at it.</summary>
    public void Exclude(int node) => excluded.Add(node);

    /// <summary>The highest number of kubelets that did not run at the same moment.</summary>
    public int DownAtOnce()
    {
        var changes = nodes
            .SelectMany(node => node.Systemd.Downs)
            .SelectMany(down => new[] { (At: down.From, Step: 1), (At: down.To, Step: -1) })
            .OrderBy(change => change.At)
            .ThenBy(change => change.Step);
        var (now, most) = (0, 0);
        foreach (var change in changes)
        {
            now += change.Step;
            most = Math.Max(most, now);
        }

        return most;
    }

    /// <summary>The nodes whose kubelet does not run, a day later.</summary>
    public int StayedDown()
    {
        foreach (var node in nodes)
        {
            node.Now = Now + TimeSpan.FromDays(1);
        }

        return nodes.Count(node => !node.Systemd.IsKubeletWell);
    }

    public int Restarts() => nodes.Sum(node => node.Systemd.Restarts);

    public void Dispose()
    {
        foreach (var node in nodes)
        {
            node.Dispose();
        }
    }

    private NodeAgent New(WantedState wanted) =>
        new(wanted, new AgentLeave(MayRestart: true, MayTakeOver: false, $"{attempt}"));

    private async Task RoundAsync(int i)
    {
        var node = nodes[i];
        node.Now = Now;
        Statuses[i] = await agents[i].RoundAsync(new AgentTools(node.Engine(), node.Systemd, node.Store));
    }
}
