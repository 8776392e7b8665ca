// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Release;

/// <summary>
/// The functions of the packages' scripts, which run as root, on a folder in place of the node: what a tenant's process
/// says has no effect, and nothing that a kubelet may need is deleted.
/// </summary>
public sealed class ScriptletTests : IDisposable
{
    private const string Flag = "--image-credential-provider-config";
    private const string Entry = "providers:\n- name: crio-credential-provider\n";
    private const string Kubelet = "Name:\tkubelet\nUid:\t0\t0\t0\t0\nNSpid:\t100\n";

    private readonly string root = Directory.CreateTempSubdirectory("crio-cp-scriptlet-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData("/opt/kubelet/providers.conf", $"{Flag}=/opt/kubelet/providers.conf")]
    [InlineData("/opt/kubelet/providers.conf", Flag, "/opt/kubelet/providers.conf", "--v=2")]
    [InlineData("/opt/kubelet/d/10-mirrors.yml", $"{Flag}=/opt/kubelet/d")]
    [InlineData("/etc/kubernetes/credential-providers/config.yaml", "--v=2")]
    public void A_config_of_the_running_kubelet_is_found(string config, params string[] arguments)
    {
        Write(config, Entry);
        AddProcess("kubelet", Kubelet, arguments);
        Assert.Equal(new CommandResult(0, $"{root}{config}\n", ""), Run("configured"));
    }

    [Theory]
    [InlineData("kubelet", "Uid:\t1000\t1000\t1000\t1000\nNSpid:\t100\n")]
    [InlineData("kubelet", "Uid:\t1000\t0\t0\t0\nNSpid:\t100\n")]
    [InlineData("kubelet", "Uid:\t0\t1000\t0\t1000\nNSpid:\t100\n")]
    [InlineData("kubelet", "Uid:\t0\t0\t0\t0\nNSpid:\t100\t1\n")]
    [InlineData("kubelet", "Uid:\t0\t0\t0\t0\n")]
    [InlineData("sleep", "Uid:\t0\t0\t0\t0\nNSpid:\t100\n")]
    public void The_command_line_of_a_containers_process_is_ignored(string name, string status)
    {
        Write("/opt/tenant.yaml", Entry);
        AddProcess(name, status, $"{Flag}=/opt/tenant.yaml");
        Assert.Equal(new CommandResult(0, "", ""), Run("configured"));
    }

    /// <summary>To open a FIFO is to wait until somebody writes into it.</summary>
    [Fact]
    public void A_FIFO_does_not_hold_up_a_removal()
    {
        Directory.CreateDirectory(root + "/opt");
        Assert.Equal(0, InProcess.Execute("mkfifo", root + "/opt/fifo.yaml", root + "/opt/other.json").ExitCode);
        AddProcess("kubelet", Kubelet, $"{Flag}=/opt/fifo.yaml", $"{Flag}=/opt", $"{Flag}=/");
        Assert.Equal(new CommandResult(0, "", ""), Run("warn_if_configured"));
    }

    [Fact]
    public void A_search_that_takes_too_long_ends_and_counts_as_found()
    {
        Write("/opt/a.yaml", "");
        AddProcess("kubelet", Kubelet, $"{Flag}=/opt/a.yaml");

        // 124 is what timeout exits with.
        Assert.Equal(
            $"{root}/opt/a.yaml (not searched to the end)\n",
            Run("timeout() { return 124; }; configured").Stdout
        );
    }

    [Fact]
    public void A_name_does_not_command_the_terminal()
    {
        Write("/etc/kubernetes/\e[2J\\033[2J.yaml", Entry);
        Assert.Contains(
            $"  {root}/etc/kubernetes/?[2J\\033[2J.yaml\n",
            Run("warn_if_configured").Stderr,
            StringComparison.Ordinal
        );
    }

    /// <summary>The kubelet is stopped, and its config is in no usual place: only the state file knows of it.</summary>
    [Fact]
    public void A_purge_keeps_the_originals_while_something_is_installed()
    {
        Write("/var/lib/crio-credential-provider/state.json", "{}");
        Write("/run/crio-credential-provider/lock", "");
        var run = Run("after_removal");
        Assert.Equal((0, ""), (run.ExitCode, run.Stdout));
        Assert.StartsWith(
            "crio-credential-provider: kept /var/lib/crio-credential-provider with ",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.True(File.Exists(root + "/var/lib/crio-credential-provider/state.json"));
        Assert.False(Directory.Exists(root + "/run/crio-credential-provider"));

        File.Delete(root + "/var/lib/crio-credential-provider/state.json");
        Assert.Equal(new CommandResult(0, "", ""), Run("after_removal"));
        Assert.False(Directory.Exists(root + "/var/lib/crio-credential-provider"));
    }

    private void AddProcess(string name, string status, params string[] arguments)
    {
        Write("/proc/100/comm", name + "\n");
        Write("/proc/100/status", status);
        Write("/proc/100/cmdline", string.Join('\0', ["/usr/bin/kubelet", .. arguments, ""]));
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(root + path)!);
        File.WriteAllText(root + path, text);
    }

    private CommandResult Run(string commands) =>
        InProcess.Execute(
            "timeout",
            "5",
            "sh",
            "-euc",
            ". \"$1\"; root=$2; eval \"$3\"",
            "sh",
            Path.Combine(Repository.Root, "packaging/scriptlets.sh"),
            root,
            commands
        );
}
