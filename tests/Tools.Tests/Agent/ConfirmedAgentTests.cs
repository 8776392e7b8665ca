// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Rollout;
using CrioCredentialProvider.Tools.Agent;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Agent;

/// <summary>What the agent does after the confirmation, in the first container of its pod and in later ones.</summary>
public sealed class ConfirmedAgentTests : IDisposable
{
    private static readonly WantedState Wanted = new() { MatchImages = ["docker.io"] };

    private readonly SimulatedNode node = new();

    private readonly NodeAgent agent = new(Wanted, new AgentPolicy(MayRestart: true, MayTakeOver: false, "1"));

    public void Dispose() => node.Dispose();

    /// <summary>
    /// A fleet whose pods are unready is updated all at once, so nothing that comes later takes readiness away.
    /// </summary>
    [Fact]
    public async Task After_the_confirmation_the_pod_stays_ready_whatever_is_found()
    {
        Assert.True((await RoundAsync()).IsReady);
        node.Systemd.IsRunning = false;
        var failed = await RoundAsync();
        Assert.Equal((AgentResult.Failed, true, false), (failed.Result, failed.IsReady, failed.IsAsWanted));
        failed = await node.RoundAsync(Wanted, "1");
        Assert.Equal((AgentResult.Failed, true), (failed.Result, failed.IsReady));
        Assert.False((await node.RoundAsync(Wanted, "2")).IsReady);
        node.Systemd.IsRunning = true;
        var drifted = await node.RoundAsync(Wanted with { MatchImages = ["quay.io"] }, "1");
        Assert.Equal((AgentResult.Drifted, true), (drifted.Result, drifted.IsReady));
        var refused = await node.RoundAsync(Wanted with { KubeletUnit = "other.service" }, "1");
        Assert.Equal((AgentResult.Refused, true), (refused.Result, refused.IsReady));
    }

    /// <summary>Also where the first container found nothing to do: its attempt is in no change.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_container_that_starts_again_in_its_pod_restarts_no_kubelet(bool isInstalled)
    {
        if (isInstalled)
        {
            _ = await node.InstallAsync(Wanted);
        }

        Assert.True((await RoundAsync()).IsReady);
        var restarts = node.Systemd.Restarts;

        // It still knows which kubelet has read the files, so that they come back without one.
        File.Delete(node.Here(FlagsDropIn.PathFor(SimulatedNode.KubeletUnit)));
        var repaired = await node.RoundAsync(Wanted, "1");
        Assert.Equal((AgentResult.Confirmed, 1), (repaired.Result, repaired.Repaired.Count));
        var drifted = await node.RoundAsync(Wanted with { MatchImages = ["quay.io"] }, "1");
        Assert.Equal((AgentResult.Drifted, restarts), (drifted.Result, node.Systemd.Restarts));

        // Files that wait for a restart wait on.
        File.Delete(node.Here(FlagsDropIn.PathFor(SimulatedNode.KubeletUnit)));
        node.Systemd.Reload();
        node.Systemd.StartKubelet();
        Assert.Equal(AgentResult.AwaitingRestart, (await node.RoundAsync(Wanted, "1")).Result);
        Assert.Equal(AgentResult.AwaitingRestart, (await node.RoundAsync(Wanted, "1")).Result);
        Assert.Equal(restarts, node.Systemd.Restarts);

        // Another pod may.
        Assert.Equal(AgentResult.Confirmed, (await node.RoundAsync(Wanted, "2")).Result);
        Assert.Equal(restarts + 1, node.Systemd.Restarts);
    }

    [Fact]
    public async Task A_process_that_was_killed_before_it_wrote_the_confirmation_restarts_no_kubelet_again()
    {
        Assert.True((await RoundAsync()).IsReady);
        node.Store.Save(node.Store.Load() with { Confirmed = null });
        var drifted = await node.RoundAsync(Wanted with { MatchImages = ["quay.io"] }, "1");
        Assert.Equal((AgentResult.Drifted, 1), (drifted.Result, node.Systemd.Restarts));
    }

    private Task<AgentStatus> RoundAsync() => agent.RoundAsync(new AgentTools(node.Engine(), node.Systemd, node.Store));
}
