// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>Install and uninstall without failures.</summary>
public sealed class InstallTests
{
    [Fact]
    public void A_fresh_node_gets_everything_and_gives_it_back()
    {
        using var node = new TestNode();
        var before = node.Snapshot();
        node.AssertKubeletHealthy(hasFlags: false);
        var process = node.Show("MainPID");

        var plan = node.Provider("install", "--restart-kubelet", "--plan");
        Assert.Contains($"create {TestNode.BinDir}/crio-credential-provider\n", plan.Stdout, StringComparison.Ordinal);
        TestNode.AssertSame(before, node.Snapshot(), "--plan");
        Assert.False(Directory.Exists(node.Here(TestNode.StateDirectory)));

        var install = node.Install();
        Assert.True(install.ExitCode == 0, install.ToString());
        Assert.Equal("done: kubelet.service was restarted and is healthy\n", install.Stdout);
        node.AssertKubeletHealthy(hasFlags: true);
        Assert.NotEqual(process, node.Show("MainPID"));
        Assert.Equal("active", node.Show("ActiveState", "crio-credential-provider-sweep.timer"));
        Assert.Equal(0, node.Provider("status").ExitCode);
        node.AssertNothingPending();
        Assert.Equal("600", Mode(node, $"{TestNode.StateDirectory}/state.json"));
        Assert.Equal("700", Mode(node, TestNode.StateDirectory));

        var uninstall = node.Uninstall();
        Assert.True(uninstall.ExitCode == 0, uninstall.ToString());
        node.AssertKubeletHealthy(hasFlags: false);
        node.AssertNothingPending();
        TestNode.AssertSame(before, node.Snapshot(), "uninstall");
        Assert.False(Directory.Exists(node.Here(TestNode.StateDirectory)));
        Assert.Equal("", node.Run("systemctl", "list-units", "--all", "--no-legend", "crio*").Stdout);
        Assert.Equal("not installed\n", node.Provider("status").Stdout);
    }

    [Fact]
    public void What_is_there_is_not_touched_again_and_costs_next_to_nothing()
    {
        using var node = new TestNode();
        Assert.Equal(0, node.Install().ExitCode);
        string Times() =>
            node.Run("find", "/etc", "/usr/libexec", TestNode.StateDirectory, "-printf", "%p %T@ %C@\\n").Stdout;
        var times = Times();
        var process = node.Show("MainPID");
        var run = node.Run(
            "bash",
            "-c",
            $"TIMEFORMAT='%U %S %R'; time {TestNode.Program} install --restart-kubelet >/dev/null"
        );
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("crio-credential-provider", node.Provider("install").Stdout.Split(' ')[0]);
        Assert.Equal(times, Times());
        Assert.Equal(process, node.Show("MainPID"));

        // Measures CPU time, which other load on the machine does not affect.
        var parts = run
            .Stderr.Trim()
            .Split(' ')
            .Select(part => double.Parse(part, CultureInfo.InvariantCulture))
            .ToArray();
        Assert.True(parts[0] + parts[1] < 0.1, run.Stderr);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"install without changes: user, system, wall {run.Stderr.Trim()} s"
        );
    }

    [Fact]
    public void A_change_restarts_the_kubelet_only_when_the_kubelet_must_read_it()
    {
        using var node = new TestNode();
        Assert.Equal(0, node.Install().ExitCode);
        var process = node.Show("MainPID");

        // Only the program differs: an older version was installed.
        File.WriteAllText(node.Here($"{TestNode.BinDir}/crio-credential-provider"), "an older version");
        var refused = node.Install();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(
            "was changed since it was installed: its content is different; use --take-over",
            refused.Stderr,
            StringComparison.Ordinal
        );
        Assert.Equal(1, node.Provider("status").ExitCode);
        var binary = node.Install("--take-over");
        Assert.True(binary.ExitCode == 0, binary.ToString());
        Assert.Equal("done: the kubelet needs no restart\n", binary.Stdout);
        Assert.Equal(process, node.Show("MainPID"));

        var images = node.Install("--match-images", "docker.io", "--match-images", "quay.io");
        Assert.True(images.ExitCode == 0, images.ToString());
        Assert.NotEqual(process, node.Show("MainPID"));
        Assert.Contains("  - quay.io\n", File.ReadAllText(node.Here(TestNode.Config)), StringComparison.Ordinal);
        node.AssertKubeletHealthy(hasFlags: true);
    }

    [Fact]
    public void Without_permission_to_restart_the_files_wait_for_a_restart_of_the_kubelet()
    {
        using var node = new TestNode();
        var before = node.Snapshot();
        var process = node.Show("MainPID");
        var install = node.Provider("install");
        Assert.True(install.ExitCode == 0, install.ToString());
        Assert.Contains(
            "kubelet.service needs a restart: systemctl restart kubelet.service",
            install.Stdout,
            StringComparison.Ordinal
        );
        Assert.Equal(process, node.Show("MainPID"));
        Assert.Equal(1, node.Provider("status").ExitCode);
        Assert.Contains("needs a restart", node.Provider("install").Stdout, StringComparison.Ordinal);

        Assert.Equal(0, node.Provider("undo").ExitCode);
        TestNode.AssertSame(before, node.Snapshot(), "undo");
        Assert.Equal(process, node.Show("MainPID"));

        Assert.Equal(0, node.Provider("install").ExitCode);
        _ = node.Run("systemctl", "restart", "kubelet.service");
        node.AssertKubeletHealthy(hasFlags: true);
        Assert.Contains("nothing to do", node.Provider("install").Stdout, StringComparison.Ordinal);
        Assert.Equal(0, node.Provider("status").ExitCode);
        node.AssertNothingPending();

        // The running kubelet still runs the program, so it stays until the kubelet is restarted.
        Assert.Contains("needs a restart", node.Provider("uninstall").Stdout, StringComparison.Ordinal);
        Assert.True(File.Exists(node.Here($"{TestNode.BinDir}/crio-credential-provider")));
        _ = node.Run("systemctl", "restart", "kubelet.service");
        node.AssertKubeletHealthy(hasFlags: false);
        Assert.Equal(0, node.Provider("uninstall").ExitCode);
        TestNode.AssertSame(before, node.Snapshot(), "uninstall");
    }

    [Fact]
    public void Another_provider_is_kept_and_its_file_comes_back_to_the_byte()
    {
        using var node = new TestNode(node =>
        {
            node.Write(TestNode.Config, OtherConfig);
            node.Write($"{TestNode.BinDir}/other", "#!/bin/sh\n");
            File.SetUnixFileMode(
                node.Here($"{TestNode.BinDir}/other"),
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
            File.SetUnixFileMode(node.Here(TestNode.Config), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        });
        var before = node.Snapshot();
        Assert.Equal(0, node.Install().ExitCode);
        var text = File.ReadAllText(node.Here(TestNode.Config));
        Assert.Contains("- name: other\n", text, StringComparison.Ordinal);
        Assert.Contains("- name: crio-credential-provider\n", text, StringComparison.Ordinal);
        Assert.Equal("600", Mode(node, TestNode.Config));
        Assert.Equal(0, node.Uninstall().ExitCode);
        TestNode.AssertSame(before, node.Snapshot(), "uninstall");
    }

    internal const string OtherConfig = """
        # somebody's own comment
        apiVersion: kubelet.config.k8s.io/v1
        kind: CredentialProviderConfig
        providers:
        - name: other
          matchImages: ["*.ecr.example.com"]
          defaultCacheDuration: 12h
          apiVersion: credentialprovider.kubelet.k8s.io/v1

        """;

    private static string Mode(TestNode node, string path) => node.Run("stat", "-c", "%a", path).Stdout.Trim();
}
