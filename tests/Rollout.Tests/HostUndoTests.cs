// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>The host undoes a change on its own, regardless of the installer's state.</summary>
public sealed class HostUndoTests
{
    [Fact]
    public void The_timer_undoes_a_change_whose_installer_was_killed_after_the_restart()
    {
        using var node = new TestNode();
        var before = node.Snapshot();
        node.LetNewKubelet("exit-at-start");
        KillAfterRestart(node, "--undo-after", "4s");
        Assert.Equal("active", node.Show("ActiveState", "crio-credential-provider-undo.timer"));

        // A monotonic time, which setting the clock back does not affect.
        Assert.Contains(
            "OnActiveUSec=4s",
            node.Show("TimersMonotonic", "crio-credential-provider-undo.timer"),
            StringComparison.Ordinal
        );
        Assert.Equal("", node.Show("TimersCalendar", "crio-credential-provider-undo.timer"));
        node.Eventually(() => node.Provider("status").Stdout.Contains("was undone", StringComparison.Ordinal));
        node.AssertKubeletHealthy(hasFlags: false);
        node.AssertNothingPending();
        File.Delete(node.Here("/etc/kubelet-stand-in.conf"));
        TestNode.AssertSame(before, node.Snapshot());
    }

    [Fact]
    public void A_reboot_in_between_undoes_the_change_before_the_kubelet_starts()
    {
        using var node = new TestNode();
        var before = node.Snapshot();
        node.LetNewKubelet("exit-at-start");
        KillAfterRestart(node);
        node.Reboot();
        node.AssertKubeletHealthy(hasFlags: false);
        Assert.Equal("0", node.Show("NRestarts"));
        File.Delete(node.Here("/etc/kubelet-stand-in.conf"));
        node.AssertNothingPending();
        TestNode.AssertSame(before, node.Snapshot());
        Assert.Contains("was undone", node.Provider("status").Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reboot_confirms_nothing_by_itself_when_the_files_wait_for_a_restart()
    {
        using var node = new TestNode();
        Assert.Equal(0, node.Provider("install").ExitCode);
        node.Reboot();
        node.AssertKubeletHealthy(hasFlags: true);
        Assert.Contains("nothing to do", node.Install().Stdout, StringComparison.Ordinal);
        Assert.Equal(0, node.Provider("status").ExitCode);
    }

    private static void KillAfterRestart(TestNode node, params string[] more)
    {
        _ = node.Run(
            "bash",
            "-c",
            $"{TestNode.Program} install --restart-kubelet --watch-for 60s {string.Join(' ', more)} >/run/install.log "
                + "2>&1 & echo $! >/run/installer"
        );
        node.Eventually(() =>
            node.Run("cat", "/run/install.log").Stdout.Contains("watch kubelet.service", StringComparison.Ordinal)
        );
        _ = node.Run("sh", "-c", "kill -KILL $(cat /run/installer)");
    }
}

/// <summary>Other processes that change the same things at the same time.</summary>
public sealed class OthersTests
{
    [Fact]
    public async Task Two_at_once_take_turns()
    {
        using var node = new TestNode();
        var runs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => node.Install())));
        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.ToString()));
        Assert.Equal(
            1,
            runs.Count(run => run.Stdout.StartsWith("done: kubelet.service was restarted", StringComparison.Ordinal))
        );
        Assert.Equal(2, runs.Count(run => run.Stdout.Contains("nothing to do", StringComparison.Ordinal)));
        node.AssertKubeletHealthy(hasFlags: true);
        node.AssertNothingPending();
    }

    [Fact]
    public async Task A_file_that_somebody_edits_meanwhile_is_kept_and_the_kubelet_runs()
    {
        using var node = new TestNode();
        var before = node.Snapshot();
        node.LetNewKubelet("crash-after=3");
        var install = Task.Run(() => node.Provider("install", "--restart-kubelet", "--watch-for", "20s"));
        node.Eventually(() =>
            File.Exists(node.Here(TestNode.Config))
            && node.Show("ActiveState", "crio-credential-provider-undo.timer") == "active"
        );
        File.AppendAllText(node.Here(TestNode.Config), "# an administrator's note\n");
        var run = await install;
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "was edited meanwhile: the edited file was moved to \"/var/lib/crio-credential-provider/edited/",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "# an administrator's note",
            node.Run("sh", "-c", $"cat {TestNode.StateDirectory}/edited/*").Stdout,
            StringComparison.Ordinal
        );
        node.AssertKubeletHealthy(hasFlags: false);
        File.Delete(node.Here("/etc/kubelet-stand-in.conf"));
        TestNode.AssertSame(before, node.Snapshot());
    }

    [Fact]
    public void An_edited_config_keeps_the_others_part_at_uninstall()
    {
        using var node = new TestNode();
        Assert.Equal(0, node.Install().ExitCode);
        File.AppendAllText(
            node.Here(TestNode.Config),
            string.Concat(
                    InstallTests
                        .OtherConfig.Split('\n')
                        .SkipWhile(line => line != "providers:")
                        .Skip(1)
                        .Select(line => line + "\n")
                )
                .TrimEnd('\n') + "\n"
        );
        var other = node.Here($"{TestNode.BinDir}/other");
        File.WriteAllText(other, "#!/bin/sh\n");
        File.SetUnixFileMode(other, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var uninstall = node.Uninstall();
        Assert.True(uninstall.ExitCode == 0, uninstall.ToString());
        var text = File.ReadAllText(node.Here(TestNode.Config));
        Assert.Contains("- name: other\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("crio-credential-provider", text, StringComparison.Ordinal);
        node.AssertKubeletHealthy(hasFlags: false);
    }
}
