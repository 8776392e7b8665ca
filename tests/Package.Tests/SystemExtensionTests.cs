// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Rollout;

namespace CrioCredentialProvider.Tests.Packages;

/// <summary>The sysext, merged by systemd-sysext on booted nodes.</summary>
public sealed class SystemExtensionTests
{
    private const string Extension = "/var/lib/extensions/crio-credential-provider.raw";
    private const string Timer = "crio-credential-provider-sweep.timer";

    [Theory]
    [InlineData("debian-12")]
    [InlineData("debian-13")]
    public void It_is_merged_and_unmerged_and_the_program_is_where_packages_put_it(string root)
    {
        using var node = new TestNode(
            node =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(node.Here(Extension))!);
                File.Copy(BuiltPackages.SystemExtension("amd64"), node.Here(Extension));
            },
            NodeRoot.Of(root)
        );

        // If systemd-sysext is enabled, the extension is merged at boot.
        var refresh = node.Run("systemd-sysext", "refresh");
        var status = node.Run("systemd-sysext", "status").Stdout;
        Assert.True(status.Contains("crio-credential-provider", StringComparison.Ordinal), $"{refresh}{status}");
        Assert.Contains(
            $"Version:        {BuiltPackages.Version}\n",
            Succeeds(node, BuiltPackages.Program, "--version"),
            StringComparison.Ordinal
        );
        Succeeds(node, "systemctl", "daemon-reload");
        Succeeds(node, "systemd-tmpfiles", "--create", "crio-credential-provider.conf");
        Succeeds(node, "systemctl", "start", Timer);
        Assert.Equal("active", node.Show("ActiveState", Timer));
        Assert.Contains(Timer, node.Show("Wants", "timers.target"), StringComparison.Ordinal);
        const string Zsh = "autoload -Uz compinit && compinit -u -D && print $_comps[crio-credential-provider]";
        Assert.Equal("_crio-credential-provider\n", Succeeds(node, "zsh", "-fc", Zsh));
        var install = node.Run(BuiltPackages.Name, "install", "--restart-kubelet", "--watch-for", "2s");
        Assert.True(install.ExitCode == 0, $"{install}{node.Run("journalctl", "-u", "kubelet", "-n", "30")}");
        node.AssertKubeletHealthy(hasFlags: true);
        Succeeds(node, BuiltPackages.Name, "uninstall", "--restart-kubelet", "--watch-for", "2s");

        Succeeds(node, "systemd-sysext", "unmerge");
        Assert.NotEqual(0, node.Run("test", "-e", BuiltPackages.Program).ExitCode);
    }

    private static string Succeeds(TestNode node, params string[] command)
    {
        var run = node.Run(command);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', command)}: {run}");
        return run.Stdout;
    }
}
