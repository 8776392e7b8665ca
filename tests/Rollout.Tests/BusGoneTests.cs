// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>The system bus is not running, before a change or in the middle of it.</summary>
public sealed class BusGoneTests
{
    [Fact]
    public async Task Systemds_own_socket_does_it_and_without_both_nothing_is_touched()
    {
        using var node = new TestNode();
        var before = node.Snapshot();
        StopBus(node);

        // systemd sometimes did not reply to the first call here: see BusStream.
        for (var i = 0; i < 20; i++)
        {
            var plan = node.Provider("install", "--restart-kubelet", "--plan");
            Assert.True(plan.ExitCode == 0, plan.ToString());
            Assert.Contains("restart kubelet.service\n", plan.Stdout, StringComparison.Ordinal);
        }

        var install = node.Install();
        Assert.True(install.ExitCode == 0, install.ToString());
        node.AssertKubeletHealthy(hasFlags: true);
        Assert.Equal("inactive", node.Show("ActiveState", "dbus.service"));
        Assert.Equal(0, node.Uninstall().ExitCode);
        node.AssertKubeletHealthy(hasFlags: false);
        TestNode.AssertSame(before, node.Snapshot(), "uninstall");

        _ = node.Run("mv", "/run/systemd/private", "/run/systemd/private.away");
        var refused = node.Install();
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains(
            "cannot restart the kubelet: systemd does not respond (",
            refused.Stderr,
            StringComparison.Ordinal
        );
        _ = node.Run("mv", "/run/systemd/private.away", "/run/systemd/private");
        TestNode.AssertSame(before, node.Snapshot(), "without both");

        // The bus stops while the kubelet is watched: the host's timer undoes the change.
        Assert.Equal(0, node.Run("systemctl", "start", "dbus.socket", "dbus.service").ExitCode);
        var running = Task.Run(() => node.Provider("install", "--restart-kubelet", "--undo-after", "3s"));
        node.Eventually(() => node.Show("ActiveState", "crio-credential-provider-undo.timer") == "active");
        node.Eventually(() => node.KubeletLine().Contains(TestNode.Config, StringComparison.Ordinal));
        StopBus(node);
        var stopped = await running;
        Assert.Equal(3, stopped.ExitCode);
        Assert.Contains("a change could not be finished or undone: ", stopped.Stderr, StringComparison.Ordinal);
        node.Eventually(() => node.Provider("status").Stdout.Contains("was undone", StringComparison.Ordinal));
        node.AssertKubeletHealthy(hasFlags: false);
        node.AssertNothingPending();
        TestNode.AssertSame(before, node.Snapshot(), "the bus goes meanwhile");
    }

    private static void StopBus(TestNode node)
    {
        var run = node.Run("systemctl", "stop", "dbus.socket", "dbus.service");
        Assert.True(run.ExitCode == 0, run.ToString());
    }
}
