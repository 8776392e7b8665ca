// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Rollout;
using CrioCredentialProvider.Tools.Agent;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Agent;

/// <summary>
/// Nodes with an agent each, and the rule of Kubernetes' DaemonSet controller for a rolling update with
/// <c>maxUnavailable: 1</c> (pkg/controller/daemon/update.go, rollingUpdate): all old pods that are unavailable are
/// deleted at once, and an available one when no new pod is unavailable. Each node has its own clock, which the fleet
/// sets, so that what happens on several nodes at once overlaps.
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
        Array.Fill(Statuses, new AgentStatus(AgentResult.Confirmed, "not installed, as wanted"));
    }

    public IReadOnlyList<SimulatedNode> Nodes => nodes;

    /// <summary>At first as the overlay <c>absent</c> leaves them.</summary>
    public AgentStatus[] Statuses { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>Changes the template of the pods, and lets the controller replace them.</summary>
    /// <returns>The first node whose new pod did not become ready, where it stopped; null when all did.</returns>
    public async Task<int?> RollOutAsync(WantedState wanted)
    {
        const int MaxUnavailable = 1;
        attempt++;
        List<int> old = [.. Enumerable.Range(0, nodes.Length).Where(i => !excluded.Contains(i))];
        List<int> updated = [];
        while (true)
        {
            var unavailable = updated.Count(i => !Statuses[i].IsReady);
            int[] replaced =
            [
                .. old.Where(i => !Statuses[i].IsReady),
                .. old.Where(i => Statuses[i].IsReady).Take(Math.Max(0, MaxUnavailable - unavailable)),
            ];
            if (replaced.Length == 0)
            {
                return updated.Where(i => !Statuses[i].IsReady).Select(i => (int?)i).Min();
            }

            foreach (var i in replaced)
            {
                agents[i] = New(wanted);
                await RoundAsync(i);
            }

            Now = replaced.Max(i => nodes[i].Now);
            _ = old.RemoveAll(replaced.Contains);
            updated.AddRange(replaced);
        }
    }

    /// <summary>Starts the containers of all pods anew, as after a failure of the power.</summary>
    public async Task RestartContainersAsync(WantedState wanted)
    {
        for (var i = 0; i < nodes.Length; i++)
        {
            agents[i] = New(wanted);
        }

        await CheckAsync();
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

        return nodes.Count(node => !node.Systemd.IsKubeletHealthy);
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
        new(wanted, new AgentPolicy(MayRestart: true, MayTakeOver: false, $"{attempt}"));

    private async Task RoundAsync(int i)
    {
        var node = nodes[i];
        node.Now = Now;
        Statuses[i] = await agents[i].RoundAsync(new AgentTools(node.Engine(), node.Systemd, node.Store));
    }
}
