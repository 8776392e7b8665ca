// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Rollout;
using CrioCredentialProvider.Tools.Agent;
using CrioCredentialProvider.Tools.KubeletConfig;
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

    /// <summary>After a removal there is no state file, and so no memory of the pod's first container.</summary>
    [Fact]
    public async Task With_absent_a_container_that_starts_again_is_ready_at_once_and_removes_what_somebody_installed()
    {
        var absent = Wanted with { IsPresent = false };
        var running = new NodeAgent(absent, new AgentPolicy(MayRestart: true, MayTakeOver: false, "1"));
        _ = await node.InstallAsync(Wanted);
        Assert.True((await running.RoundAsync(Tools())).IsReady);
        var (restarts, now) = (node.Systemd.Restarts, node.Now);

        // Nothing is watched again.
        Assert.True((await node.RoundAsync(absent, "1")).IsReady);
        Assert.Equal((restarts, now), (node.Systemd.Restarts, node.Now));

        _ = await node.InstallAsync(Wanted);
        restarts = node.Systemd.Restarts;
        var drifted = await running.RoundAsync(Tools());
        Assert.Equal((AgentResult.Drifted, true, restarts), (drifted.Result, drifted.IsReady, node.Systemd.Restarts));
        Assert.Equal(AgentResult.Confirmed, (await node.RoundAsync(absent, "1")).Result);
        Assert.Equal(restarts + 1, node.Systemd.Restarts);
        Assert.False(File.Exists(node.Here(Wanted.ProgramPath)));
    }

    /// <summary>
    /// The kubelet that runs has read the file, but the next one would not start without it. What was in it before the
    /// installation comes back with it.
    /// </summary>
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_config_with_other_providers_that_somebody_deletes_or_empties_comes_back_to_the_byte(
        string? text
    )
    {
        AddOther();
        Assert.True((await RoundAsync()).IsReady);
        var (before, restarts) = (node.Snapshot(), node.Systemd.Restarts);
        Spoil(text);
        var repaired = await RoundAsync();
        Assert.Equal((AgentResult.Confirmed, 1), (repaired.Result, repaired.Repaired.Count));
        Assert.Equal(before, node.Snapshot());
        Assert.Equal(restarts, node.Systemd.Restarts);
    }

    /// <summary>Nobody has what others added after the installation. So nothing is placed that would hide the
    /// loss.</summary>
    [Fact]
    public async Task A_config_that_others_edited_since_the_installation_is_only_reported_when_it_is_deleted()
    {
        Assert.True((await RoundAsync()).IsReady);
        AddOther();
        Assert.True((await node.RoundAsync(Wanted, "2")).IsReady);
        Spoil(null);
        var after = await node.RoundAsync(Wanted, "2");
        Assert.Equal((AgentResult.Drifted, true), (after.Result, after.IsReady));
        Assert.Equal([OwnProvider.UsualConfigPath], after.Drift);
        Assert.False(File.Exists(node.Here(OwnProvider.UsualConfigPath)));
    }

    /// <summary>The wanted state has changed, so this is a change and not a repair.</summary>
    [Fact]
    public async Task An_install_after_the_config_was_deleted_keeps_the_other_providers_of_the_original()
    {
        AddOther();
        Assert.Equal(EngineEnd.Confirmed, (await node.InstallAsync(Wanted)).End);
        Spoil(null);
        Assert.Equal(EngineEnd.Confirmed, (await node.InstallAsync(Wanted with { MatchImages = ["quay.io"] })).End);
        var text = File.ReadAllText(node.Here(OwnProvider.UsualConfigPath));
        Assert.Contains("- name: other\n", text, StringComparison.Ordinal);
        Assert.Contains("  - quay.io\n", text, StringComparison.Ordinal);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(node.Here(OwnProvider.UsualConfigPath))
        );
    }

    private void AddOther()
    {
        node.Write(OwnProvider.UsualConfigPath, RolloutWorld.OtherConfig);
        File.SetUnixFileMode(node.Here(OwnProvider.UsualConfigPath), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        node.Write($"{OwnProvider.UsualBinDir}/other", "other");
        File.SetUnixFileMode(
            node.Here($"{OwnProvider.UsualBinDir}/other"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute
        );
    }

    /// <param name="text">The new content of the config; null deletes it.</param>
    private void Spoil(string? text)
    {
        if (text is null)
        {
            File.Delete(node.Here(OwnProvider.UsualConfigPath));
        }
        else
        {
            File.WriteAllText(node.Here(OwnProvider.UsualConfigPath), text);
        }
    }

    private AgentTools Tools() => new(node.Engine(), node.Systemd, node.Store);

    private Task<AgentStatus> RoundAsync() => agent.RoundAsync(new AgentTools(node.Engine(), node.Systemd, node.Store));
}
