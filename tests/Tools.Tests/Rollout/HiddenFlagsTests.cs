// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>An install in a pod that cannot see every file of the kubelet's unit.</summary>
public sealed class HiddenFlagsTests : IDisposable
{
    private const string DropIn = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";

    /// <summary>The directory is in the pod because the file beside it is mounted.</summary>
    private const string File = "/var/lib/kubelet/kubeadm-flags.env";

    private const string Problem = $"\"{File}\", an EnvironmentFile of kubelet.service, is not visible here";

    private static readonly WantedState Wanted = new() { MatchImages = ["docker.io"] };

    private readonly SimulatedNode node = new();

    public HiddenFlagsTests()
    {
        node.Write(DropIn, $"[Service]\nEnvironmentFile=-{File}\n");
        node.Write("/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\n");
        Mount("/var/lib/kubelet/config.yaml");
    }

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task Without_a_kubelet_that_shows_its_flags_the_pod_does_not_guess_what_the_file_sets()
    {
        node.Systemd.StopKubelet();
        var before = node.Snapshot();
        var result = await node.InstallAsync(Wanted);
        Assert.Equal(
            [
                new Refusal(
                    $"{Problem}, and no kubelet runs that would show its flags",
                    "mount it or its directory into the pod, or start the kubelet"
                ),
            ],
            result.Refusals
        );
        Assert.Equal(before, node.Snapshot());
        node.Systemd.StartKubelet();
        Assert.Equal(EngineEnd.Confirmed, (await node.InstallAsync(Wanted)).End);
    }

    [Fact]
    public async Task A_running_kubelet_shows_its_flags_and_a_warning_names_what_it_cannot_show()
    {
        const string Warning =
            $"warning: {Problem}: flags that were added to it after the kubelet's start are not known; mount it or its "
            + "directory into the pod";
        Assert.Equal(EngineEnd.Planned, (await node.PlanAsync(Wanted)).End);
        Assert.Equal([Warning], node.Reports);
        node.Reports.Clear();
        Assert.Equal(EngineEnd.Confirmed, (await node.InstallAsync(Wanted)).End);
        Assert.Equal(Warning, node.Reports[0]);
        Assert.Single(node.Reports, Warning);

        // Once the drop-in is there, nothing of others is overridden by it any more.
        node.Reports.Clear();
        Assert.Equal(EngineEnd.Confirmed, (await node.InstallAsync(Wanted with { MatchImages = ["quay.io"] })).End);
        Assert.DoesNotContain(Warning, node.Reports);
    }

    /// <summary>Below a mount, what is missing here is missing on the node.</summary>
    [Theory]
    [InlineData("/var/lib/kubelet")]
    [InlineData(File)]
    [InlineData("/var")]
    public async Task A_file_that_is_missing_below_a_mount_is_absent(string mount)
    {
        Mount(mount);
        await AssertNothingIsHiddenAsync();
    }

    [Theory]
    [InlineData("1", "systemd\n")]
    [InlineData("1", "init\n")]
    [InlineData("image", "")]
    [InlineData("no variable", "")]
    public async Task Nothing_is_hidden_on_the_node_itself(string world, string processOne)
    {
        if (world == "1")
        {
            node.Write("/proc/1/comm", processOne);
        }
        else if (world == "image")
        {
            node.Systemd.IsRunning = false;
        }
        else
        {
            // No variable, so that no environment file can add a flag.
            node.Write(DropIn, $"[Service]\nEnvironmentFile=-{File}\nExecStart=\nExecStart=/usr/bin/kubelet --v=2\n");
        }

        await AssertNothingIsHiddenAsync();
    }

    /// <summary>With hostPID, process 1 is the node's systemd, which has another root.</summary>
    [Theory]
    [InlineData("20 1 8:1 / / rw - ext4 /dev/sda1 rw\n")]
    [InlineData("")]
    public async Task Seeing_the_nodes_processes_is_not_seeing_its_files(string mountinfo)
    {
        node.Write("/proc/1/comm", "systemd\n");
        node.Write("/proc/1/mountinfo", mountinfo);
        node.Systemd.StopKubelet();
        Assert.Single((await node.InstallAsync(Wanted)).Refusals);
    }

    /// <summary>A mount point is a whole name, with the blanks that the kernel escapes.</summary>
    [Fact]
    public async Task A_neighbour_with_a_longer_name_shows_nothing()
    {
        Mount("/var/lib/kube", "/var/lib/kubelet/kubeadm-flags.env.d", "/var/lib/a\\040b");
        node.Systemd.StopKubelet();
        Assert.Single((await node.InstallAsync(Wanted)).Refusals);
        node.Write(DropIn, "[Service]\nEnvironmentFile=-/var/lib/a b/kubelet\n");
        Assert.Empty((await node.InstallAsync(Wanted)).Refusals);
    }

    /// <summary>systemd says which files it has read.</summary>
    [Theory]
    [InlineData("/usr/local/lib/systemd/system/kubelet.service.d/50-platform.conf", true)]
    [InlineData("/etc/systemd/system/kubelet.service.d/deleted-since.conf", false)]
    [InlineData(DropIn, false)]
    public async Task A_drop_in_that_only_systemd_can_see_is_named(string path, bool isHidden)
    {
        node.Systemd.Files = ["/etc/systemd/system/kubelet.service", path];
        var result = await node.InstallAsync(Wanted);
        Assert.Equal(
            isHidden
                ?
                [
                    new Refusal(
                        $"\"{path}\", a file of kubelet.service, is not visible here",
                        "mount its directory into the pod"
                    ),
                ]
                : [],
            result.Refusals
        );
    }

    /// <summary>The directory of the config is in the pod, but not the config.</summary>
    [Fact]
    public async Task An_uninstall_does_not_assume_that_a_file_beside_a_mount_is_removed()
    {
        var wanted = Wanted with { ConfigPath = "/etc/kubernetes/config.yaml" };
        node.Mount("/etc", "/usr", "/var");
        Assert.Equal(EngineEnd.Confirmed, (await node.InstallAsync(wanted)).End);
        System.IO.File.Move(node.Here(wanted.ConfigPath), node.Here("/hidden"));
        _ = Directory.CreateDirectory(node.Here("/etc/kubernetes/credential-providers"));
        Mount("/etc/kubernetes/credential-providers");
        var result = await node.UninstallAsync();
        Assert.Equal(
            [
                new Refusal(
                    "\"/etc/kubernetes\", where files were installed, is not visible here",
                    "mount it into the pod; if somebody deleted it, use --take-over"
                ),
            ],
            result.Refusals
        );
        Assert.True(System.IO.File.Exists(node.Here(wanted.ProgramPath)));
    }

    private async Task AssertNothingIsHiddenAsync()
    {
        node.Systemd.StopKubelet();
        var result = await node.InstallAsync(Wanted, mayRestart: node.Systemd.IsRunning);
        Assert.Empty(result.Refusals);
        Assert.True(result.IsGood, result.Problem);
        Assert.DoesNotContain(node.Reports, report => report.StartsWith("warning: ", StringComparison.Ordinal));
    }

    /// <summary>The mounts of the DaemonSet, and these.</summary>
    private void Mount(params string[] more) =>
        node.Mount([
            "/etc/systemd/system",
            "/usr/lib/systemd/system",
            "/run/systemd",
            OwnProvider.UsualBinDir,
            "/etc/kubernetes/credential-providers",
            .. more,
        ]);
}
