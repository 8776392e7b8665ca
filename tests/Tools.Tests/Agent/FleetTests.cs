// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tests.Rollout;
using CrioCredentialProvider.Tools.Agent;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Agent;

/// <summary>
/// Two hundred nodes: how many kubelets are down at once, and how many stay down. A bad node's kubelet dies with the
/// new provider config: at once, or after 5, 20 or 40 s.
/// </summary>
public sealed class FleetTests
{
    private const int Size = 200;

    private static readonly double[] Deaths = [0, 5, 20, 40];

    [Theory]
    [InlineData("one", new[] { 77 }, 77)]
    [InlineData("two", new[] { 20, 21 }, 20)]
    public async Task A_bad_node_stops_the_rollout_and_at_most_one_kubelet_is_down(string words, int[] bad, int done)
    {
        using var fleet = new SimulatedFleet(Size);
        foreach (var i in bad)
        {
            Spoil(fleet.Nodes[i], Deaths[i % Deaths.Length]);
        }

        var stopped = await fleet.RollOutAsync(Wanted("docker.io"));
        Assert.Equal(bad[0], stopped);
        Assert.Equal(done, Installed(fleet));
        Assert.Equal(AgentResult.Undone, fleet.Statuses[bad[0]].Result);
        while (stopped is { } i)
        {
            fleet.Exclude(i);
            stopped = await fleet.RollOutAsync(Wanted("docker.io"));
        }

        Assert.Equal(Size - bad.Length, Installed(fleet));
        Report(words, fleet);
        Assert.Equal(1, fleet.DownAtOnce());
        Assert.Equal(0, fleet.StayedDown());
    }

    [Fact]
    public async Task Where_all_are_bad_the_first_one_stops_the_rollout()
    {
        using var fleet = new SimulatedFleet(Size);
        foreach (var node in fleet.Nodes)
        {
            Spoil(node, Deaths[3]);
        }

        Assert.Equal(0, await fleet.RollOutAsync(Wanted("docker.io")));
        Assert.Contains("kubelet.service is not running", fleet.Statuses[0].Reason, StringComparison.Ordinal);
        Assert.Equal(0, Installed(fleet));
        Assert.Equal(2, fleet.Restarts()); // with the new files, and with the old ones again

        // The agent's next rounds, and its container's next start, leave it alone.
        await fleet.Nodes[0].RoundAsync(Wanted("docker.io"), "1");
        Assert.Equal(2, fleet.Restarts());
        Report("all", fleet);
        Assert.Equal(1, fleet.DownAtOnce());
        Assert.Equal(0, fleet.StayedDown());
    }

    [Fact]
    public async Task Drift_on_all_nodes_is_repaired_without_a_restart_and_another_wanted_state_waits()
    {
        using var fleet = new SimulatedFleet(Size);
        foreach (var node in fleet.Nodes)
        {
            AddMirror(node, "docker.io");
        }

        Assert.Null(await fleet.RollOutAsync(new WantedState()));
        var restarts = fleet.Restarts();
        await fleet.CheckAsync();
        Assert.All(fleet.Statuses, status => Assert.True(status.IsReady && status.Repaired.Count == 0, status.Reason));
        foreach (var node in fleet.Nodes)
        {
            File.Delete(node.Here(FlagsDropIn.PathFor(SimulatedNode.KubeletUnit)));
            File.WriteAllText(node.Here(OwnProvider.UsualConfigPath), "");
        }

        await fleet.CheckAsync();
        Assert.All(fleet.Statuses, status => Assert.True(status.IsReady && status.Repaired.Count == 2, status.Reason));
        Assert.Equal(restarts, fleet.Restarts());

        // registries.conf of all nodes gets another mirror: the images to ask about are others.
        foreach (var node in fleet.Nodes)
        {
            AddMirror(node, "quay.io");
        }

        await fleet.CheckAsync();
        Assert.All(fleet.Statuses, status => Assert.Equal(AgentResult.Drifted, status.Result));
        Assert.Equal(restarts, fleet.Restarts());
        await fleet.RestartContainersAsync(new WantedState());
        Assert.All(fleet.Statuses, status => Assert.Equal(AgentResult.Drifted, status.Result));
        Assert.Equal(restarts, fleet.Restarts());

        // The pods have stayed ready: the controller would replace all others together.
        Assert.Null(await fleet.RollOutAsync(new WantedState()));
        Assert.Equal(restarts + Size, fleet.Restarts());
        Report("drift", fleet);
        Assert.Equal(1, fleet.DownAtOnce());
        Assert.Equal(0, fleet.StayedDown());
    }

    /// <summary>
    /// Why the manifests are applied with <c>ensure: absent</c> first: only an update goes node by node.
    /// </summary>
    [Fact]
    public async Task A_new_DaemonSet_restarts_all_kubelets_at_once_unless_it_is_created_with_absent()
    {
        using var careless = new SimulatedFleet(20);
        await careless.CreateAsync(Wanted("docker.io"));
        Assert.Equal(20, careless.DownAtOnce());

        using var careful = new SimulatedFleet(Size);
        await careful.CreateAsync(Wanted("docker.io") with { IsPresent = false });
        Assert.All(careful.Statuses, status => Assert.True(status.IsReady, status.Reason));
        Assert.Equal(0, careful.Restarts());
        Assert.Null(await careful.RollOutAsync(Wanted("docker.io")));
        Assert.Equal(1, careful.DownAtOnce());
        Assert.Equal(Size, Installed(careful));

        // The way back has the same gates.
        Assert.Null(await careful.RollOutAsync(Wanted("docker.io") with { IsPresent = false }));
        Assert.Equal(0, Installed(careful));
        Assert.Equal(1, careful.DownAtOnce());
        Assert.Equal(0, careful.StayedDown());
    }

    private static WantedState Wanted(params string[] images) => new() { MatchImages = images };

    private static void Spoil(SimulatedNode node, double seconds) =>
        node.Systemd.DiesAfter = config =>
            config.Contains(BuildInfo.Program, StringComparison.Ordinal) ? TimeSpan.FromSeconds(seconds) : null;

    private static void AddMirror(SimulatedNode node, string registry)
    {
        const string Conf = "/etc/containers/registries.conf";
        var before = File.Exists(node.Here(Conf)) ? File.ReadAllText(node.Here(Conf)) : "";
        node.Write(
            Conf,
            $"{before}[[registry]]\nlocation = \"{registry}\"\n"
                + $"[[registry.mirror]]\nlocation = \"mirror.example.com/{registry}\"\n"
        );
    }

    private static int Installed(SimulatedFleet fleet) =>
        fleet.Nodes.Count(node => File.Exists(node.Here(new WantedState().ProgramPath)));

    private static void Report(string bad, SimulatedFleet fleet) =>
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Size} nodes, bad: {bad}; kubelets down at once: {fleet.DownAtOnce()}, "
                + $"stayed down: {fleet.StayedDown()}, restarts: {fleet.Restarts()}"
        );
}
