// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Rollout;
using CrioCredentialProvider.Tools.Agent;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Agent;

/// <summary>What each round of the agent does, and what it tells.</summary>
public sealed class NodeAgentTests : IDisposable
{
    private static readonly WantedState Wanted = new() { MatchImages = ["docker.io"] };

    private readonly SimulatedNode node = new();
    private readonly NodeAgent agent = Agent(Wanted);

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task Without_systemd_nothing_is_changed_and_the_next_round_tries_again()
    {
        var before = node.Snapshot();
        node.Systemd.IsRunning = false;
        Assert.Equal(AgentResult.Failed, (await RoundAsync()).Result);
        Assert.Equal(before, node.Snapshot());
        node.Systemd.IsRunning = true;
        Assert.True((await RoundAsync()).IsReady);
    }

    [Fact]
    public async Task What_is_refused_is_reported_and_retried()
    {
        node.Write(
            OwnProvider.UsualConfigPath,
            """
            apiVersion: kubelet.config.k8s.io/v1
            kind: CredentialProviderConfig
            providers:
            - name: other
              matchImages: ["*.ecr.example.com"]
              defaultCacheDuration: 12h
              apiVersion: credentialprovider.kubelet.k8s.io/v1

            """
        );
        var refused = await RoundAsync();
        Assert.Equal(AgentResult.Refused, refused.Result);
        Assert.Contains(
            "provider \"other\" of the provider config has no executable file",
            refused.Reason,
            StringComparison.Ordinal
        );
        node.Write($"{OwnProvider.UsualBinDir}/other", "other");
        File.SetUnixFileMode(
            node.Here($"{OwnProvider.UsualBinDir}/other"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute
        );
        Assert.True((await RoundAsync()).IsReady);
    }

    [Fact]
    public async Task An_undone_change_waits_for_another_attempt_or_another_state()
    {
        node.Systemd.DiesAfter = config =>
            config.Contains("quay.io", StringComparison.Ordinal) ? TimeSpan.FromSeconds(20) : null;
        var bad = Wanted with { MatchImages = ["quay.io"] };
        Assert.Equal(AgentResult.Undone, (await node.RoundAsync(bad, "1")).Result);
        var restarts = node.Systemd.Restarts;
        var again = await node.RoundAsync(bad, "1");
        Assert.Equal(AgentResult.Undone, again.Result);
        Assert.StartsWith("the change was undone: kubelet.service ", again.Reason, StringComparison.Ordinal);
        Assert.Equal(restarts, node.Systemd.Restarts);
        Assert.Equal(AgentResult.Undone, (await node.RoundAsync(bad, "2")).Result);
        Assert.Equal(restarts + 2, node.Systemd.Restarts);
        Assert.True((await node.RoundAsync(Wanted, "2")).IsReady);
        node.Systemd.DiesAfter = _ => null;
        Assert.True((await node.RoundAsync(bad, "3")).IsReady);
    }

    [Fact]
    public async Task Content_mode_and_owner_come_back_without_a_restart()
    {
        Assert.True((await RoundAsync()).IsReady);
        var (before, restarts) = (node.Snapshot(), node.Systemd.Restarts);
        File.SetUnixFileMode(node.Here(OwnProvider.UsualConfigPath), (UnixFileMode)0x1B6); // 0666
        File.SetUnixFileMode(node.Here(Wanted.ProgramPath), (UnixFileMode)0x1FF); // 0777
        File.AppendAllText(node.Here(FlagsDropIn.PathFor(SimulatedNode.KubeletUnit)), "# edited");
        File.Delete(node.Here(SweepUnits.LinkPath));
        var repaired = await RoundAsync();
        Assert.True(repaired.IsReady, repaired.Reason);
        Assert.Equal(4, repaired.Repaired.Count);
        Assert.Equal(before, node.Snapshot());
        Assert.Equal(restarts, node.Systemd.Restarts);
        Assert.Empty((await RoundAsync()).Repaired);
    }

    [Fact]
    public async Task A_kubelet_that_was_started_with_other_files_waits_for_a_restart_by_others()
    {
        Assert.True((await RoundAsync()).IsReady);
        File.Delete(node.Here(FlagsDropIn.PathFor(SimulatedNode.KubeletUnit)));
        node.Systemd.Reload();
        node.Systemd.StartKubelet();
        var restarts = node.Systemd.Restarts;
        var waiting = await RoundAsync();
        Assert.Equal(AgentResult.AwaitingRestart, waiting.Result);
        Assert.True(waiting.IsReady);
        Assert.StartsWith("ready, but no longer in the wanted state: ", waiting.Line, StringComparison.Ordinal);
        Assert.Single(waiting.Repaired);
        Assert.Empty((await RoundAsync()).Repaired);
        Assert.Equal(restarts, node.Systemd.Restarts);
        Assert.True(File.Exists(node.Here(FlagsDropIn.PathFor(SimulatedNode.KubeletUnit))));
        node.Systemd.StartKubelet();
        Assert.True((await RoundAsync()).IsReady);
    }

    [Fact]
    public async Task Without_leave_to_restart_the_files_are_placed_and_somebody_else_restarts()
    {
        var careful = new NodeAgent(Wanted, new AgentPolicy(MayRestart: false, MayTakeOver: false, "1"));
        var waiting = await careful.RoundAsync(new AgentTools(node.Engine(), node.Systemd, node.Store));
        Assert.Equal(AgentResult.AwaitingRestart, waiting.Result);
        Assert.StartsWith("not ready: ", waiting.Line, StringComparison.Ordinal);
        Assert.Contains("systemctl restart kubelet.service", waiting.Reason, StringComparison.Ordinal);
        node.Systemd.StartKubelet();
        Assert.True((await careful.RoundAsync(new AgentTools(node.Engine(), node.Systemd, node.Store))).IsReady);
        Assert.Equal(0, node.Systemd.Restarts);
    }

    /// <summary>Nothing is decided by the wall clock: not the watch, not the undo, not what is told.</summary>
    [Theory]
    [InlineData(-365)]
    [InlineData(365)]
    public async Task A_clock_that_is_set_in_the_middle_of_a_change_decides_nothing(int days)
    {
        node.Changing = what =>
        {
            if (what.StartsWith("restart ", StringComparison.Ordinal))
            {
                node.ClockError = TimeSpan.FromDays(days);
            }
        };
        var begun = node.Now;
        Assert.True((await RoundAsync()).IsReady);
        Assert.InRange(node.Now - begun, Wanted.WatchFor, Wanted.WatchFor + TimeSpan.FromSeconds(5));
        Assert.Equal(Phase.Idle, node.Store.Load().Phase);
        Assert.Empty(node.Systemd.Timers);
        node.ClockError = TimeSpan.Zero;
        node.Systemd.DiesAfter = config =>
            config.Contains("quay.io", StringComparison.Ordinal) ? TimeSpan.FromSeconds(5) : null;
        var (before, bad) = (node.Snapshot(), Wanted with { MatchImages = ["quay.io"] });
        Assert.Equal(AgentResult.Undone, (await node.RoundAsync(bad, "2")).Result);
        Assert.Equal(before, node.Snapshot());
        Assert.True(node.Systemd.IsKubeletHealthy);
    }

    private static NodeAgent Agent(WantedState wanted) =>
        new(wanted, new AgentPolicy(MayRestart: true, MayTakeOver: false, "1"));

    private Task<AgentStatus> RoundAsync() => agent.RoundAsync(new AgentTools(node.Engine(), node.Systemd, node.Store));
}
