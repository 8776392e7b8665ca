// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>
/// The agent as a DaemonSet runs it, from the first pod to the removal. A Prometheus in the node's network scrapes it,
/// and evaluates the alerts of deploy/monitoring.
/// </summary>
public sealed class AgentTests
{
    private const string Present = "watchFor: 2s\nfromRegistriesConf: true\n";

    private const string Absent = "ensure: absent\nwatchFor: 2s\n";

    [Fact]
    public void A_node_is_brought_to_the_wanted_state_kept_there_and_given_back()
    {
        using var node = new TestNode();
        _ = node.Run(
            "mkdir",
            "-p",
            TestNode.BinDir,
            Path.GetDirectoryName(TestNode.Config)!,
            "/usr/lib/systemd/system",
            "/etc/crio/auth"
        );
        var before = node.Snapshot();

        // The change and its confirmation.
        var pod = AgentPod.Start(node, "pod-1", Present);
        pod.Becomes(503, "bringing the node to the wanted state");
        pod.Becomes(200, "ready: installed and confirmed");
        node.AssertKubeletHealthy(hasFlags: true);
        node.AssertNothingPending();
        Assert.Equal(0, node.Provider("status").ExitCode);
        AssertMetrics(pod.Get("/metrics"));
        Assert.StartsWith("HTTP/1.1 404 ", pod.Get("/"), StringComparison.Ordinal);
        using var prometheus = new PrometheusServer($"127.0.0.1:{AgentPod.Port}", networkOf: node.Leader);
        prometheus.Await("crio_credential_provider_rollout_ready == 1", count => count == 1);
        prometheus.Await("crio_credential_provider_drift_repairs_total == 0", count => count == 1);
        prometheus.AwaitInactive("CrioCredentialProvider(Undone|NotReady|NotAsWanted|KeepsDrifting|AgentStuck)");

        // Files that were changed or removed are restored without a restart.
        var process = node.Show("MainPID");
        File.Delete(node.Here(TestNode.DropIn));
        File.WriteAllText(node.Here(TestNode.Config), "");
        File.WriteAllText(node.Here($"{TestNode.BinDir}/crio-credential-provider"), "another program");
        node.Eventually(() => node.Provider("status").ExitCode == 0);
        pod.Becomes(200, "ready");
        Assert.Equal(process, node.Show("MainPID"));
        Assert.Contains($"restored: {TestNode.Config}\n", pod.Log(), StringComparison.Ordinal);
        Assert.Contains(
            "crio_credential_provider_drift_repairs_total 3\n",
            pod.Get("/metrics"),
            StringComparison.Ordinal
        );
        prometheus.AwaitFiring("CrioCredentialProviderKeepsDrifting");

        // A kubelet that was started with other files is not restarted until the pod is replaced.
        Assert.Equal(
            0,
            node.Run(
                "sh",
                "-c",
                $"rm {TestNode.DropIn} && systemctl daemon-reload && systemctl restart kubelet"
            ).ExitCode
        );
        pod.Becomes(200, "ready, but no longer in the wanted state: the kubelet was started with other files");
        node.AssertKubeletHealthy(hasFlags: false);
        Assert.True(File.Exists(node.Here(TestNode.DropIn)));
        prometheus.AwaitFiring("CrioCredentialProviderNotAsWanted");
        process = node.Show("MainPID");
        Assert.NotEqual(0, pod.End("KILL"));
        pod.StartContainer();
        pod.Becomes(200, "ready, but no longer in the wanted state: the kubelet was started with other files");
        Assert.Equal(process, node.Show("MainPID"));
        Assert.Equal(0, pod.End("TERM"));
        pod = AgentPod.Start(node, "pod-2", Present);
        pod.Becomes(200, "ready: installed and confirmed");
        node.AssertKubeletHealthy(hasFlags: true);
        prometheus.AwaitInactive("CrioCredentialProvider(Undone|NotAsWanted)");

        // A bad change is undone once, even if the container restarts.
        Assert.Equal(0, pod.End("TERM"));
        node.LetNewKubelet("exit-at-start");
        pod = AgentPod.Start(node, "pod-3", "watchFor: 2s\nmatchImages: [quay.io]\n");
        pod.Becomes(503, "the change was undone: kubelet.service");
        prometheus.AwaitFiring("CrioCredentialProviderUndone");
        prometheus.AwaitPendingBefore("CrioCredentialProviderUndone");
        File.Delete(node.Here("/etc/kubelet-stand-in.conf"));
        node.AssertNothingPending();
        node.Eventually(() => node.Show("ActiveState") == "active");
        process = node.Show("MainPID");
        Assert.NotEqual(0, pod.End("KILL"));
        pod.StartContainer();
        pod.Becomes(503, "the change was undone: kubelet.service");
        Assert.Equal(process, node.Show("MainPID"));
        Assert.Equal(0, pod.End("TERM"));

        // An invalid state file stops the container; then the removal.
        pod = AgentPod.Start(node, "pod-4", "ensure: gone\n");
        Assert.Equal(3, pod.AwaitExit());
        Assert.Contains("line 1, column 9: ensure must be present or absent", pod.Log(), StringComparison.Ordinal);
        pod.PutState(Absent);
        pod.StartContainer();
        pod.Becomes(200, "ready: not installed, as wanted");
        prometheus.AwaitInactive("CrioCredentialProviderUndone");
        Assert.Equal(0, pod.End("TERM"));
        node.AssertKubeletHealthy(hasFlags: false);
        TestNode.AssertSame(before, node.Snapshot(), "absent");
        Assert.Empty(Directory.GetFileSystemEntries(node.Here(TestNode.StateDirectory)));
    }

    /// <summary>The manifest does not mount every directory that a unit's files may be in.</summary>
    [Fact]
    public void A_pod_says_which_files_of_the_kubelets_unit_it_cannot_see()
    {
        const string Platform = "/usr/local/lib/systemd/system/kubelet.service.d/50-platform.conf";
        using var node = new TestNode(node => node.Write(Platform, "[Service]\nEnvironment=PLATFORM=yes\n"));
        _ = node.Run("mkdir", "-p", "/usr/lib/systemd/system", "/etc/crio");
        _ = node.Run("systemctl", "stop", "kubelet.service");
        node.Write("/etc/default/kubelet", "KUBELET_EXTRA_ARGS=--image-credential-provider-config=/etc/p.yaml\n");
        var pod = AgentPod.Start(node, "pod-1", Present);
        pod.Becomes(503, $"\"{Platform}\", a file of kubelet.service, is not visible here: mount its directory");
        pod.Becomes(
            503,
            "\"/etc/default/kubelet\", an EnvironmentFile of kubelet.service, is not visible here, and no kubelet runs "
                + "that would show its flags: mount it or its directory into the pod, or start the kubelet"
        );
        Assert.Empty(Directory.GetFileSystemEntries(node.Here(TestNode.StateDirectory)));

        // A running kubelet shows what the file sets.
        File.Delete(node.Here(Platform));
        File.Delete(node.Here("/etc/default/kubelet"));
        _ = node.Run("sh", "-c", "systemctl daemon-reload && systemctl start kubelet.service");
        pod.Becomes(200, "ready: installed and confirmed");
        Assert.Contains(
            "warning: \"/etc/default/kubelet\", an EnvironmentFile of kubelet.service, is not visible here: flags that "
                + "were added to it after the kubelet's start are not known; mount it or its directory into the pod\n",
            pod.Log(),
            StringComparison.Ordinal
        );
        Assert.Equal(0, pod.End("TERM"));

        // The node itself sees that there is no such file.
        var uninstall = node.Uninstall();
        Assert.True(uninstall.ExitCode == 0, uninstall.ToString());
        var install = node.Install();
        Assert.True(install.ExitCode == 0, install.ToString());
        Assert.DoesNotContain("warning", install.Stderr, StringComparison.Ordinal);
    }

    /// <summary>What Prometheus scrapes, checked by its own tool.</summary>
    private static void AssertMetrics(string answer)
    {
        var (head, body) = answer.Split("\r\n\r\n", 2) is [var left, var right] ? (left, right) : (answer, "");
        Assert.StartsWith("HTTP/1.1 200 OK", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/plain; version=0.0.4; charset=utf-8", head, StringComparison.Ordinal);
        foreach (
            var line in (string[])
                [
                    "crio_credential_provider_rollout_ready 1",
                    "crio_credential_provider_rollout_result{result=\"confirmed\"} 1",
                    "crio_credential_provider_rollout_phase{phase=\"idle\"} 1",
                    "crio_credential_provider_drift_paths 0",
                    "crio_credential_provider_doctor_check{id=\"CP003\",outcome=\"ok\"} 1",
                    "crio_credential_provider_leftover_auth_files 0",
                ]
        )
        {
            Assert.Contains(line + "\n", body, StringComparison.Ordinal);
        }

        Assert.Matches(
            "crio_credential_provider_build_info\\{version=\"[0-9.]+\",linkage=\"static\",dotnet=\"10[0-9.]+\","
                + "openssl=\"3[^\"]+\",glibc=\"2[^\"]+\"\\} 1\n",
            body
        );
        var promtool = Process.Start(
            new ProcessStartInfo("promtool", ["check", "metrics"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        promtool.StandardInput.Write(body);
        promtool.StandardInput.Close();
        var words = promtool.StandardOutput.ReadToEnd() + promtool.StandardError.ReadToEnd();
        promtool.WaitForExit();
        Assert.True(promtool.ExitCode == 0 && words.Length == 0, $"promtool: {words}\n{body}");
    }
}
