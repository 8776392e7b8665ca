// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>A change that would fail is refused before anything is changed.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void Each_bad_candidate_is_refused_by_name_and_nothing_is_touched()
    {
        using var node = new TestNode();
        _ = node.Run(
            "sh",
            "-c",
            "echo old >/usr/bin/packaged && echo /usr/bin/packaged >>/var/lib/dpkg/info/base-files.list && mkdir -m "
                + "0777 /etc/everybody && ln -s /nowhere /etc/link"
        );
        node.Write("/etc/invalid.yaml", "kind: CredentialProviderConfig\n");
        node.Write("/etc/missing.yaml", InstallTests.OtherConfig);
        node.Write("/etc/bad-args.yaml", "args: [--nope]\n");
        node.Write("/etc/unknown.yaml", "matchImage: [docker.io]\n");
        var before = node.Snapshot();
        var process = node.Show("MainPID");
        foreach (
            var (arguments, code, problem) in ((string[], int, string)[])
                [
                    (
                        ["--config", "/etc/invalid.yaml"],
                        3,
                        "the provider config is invalid for the kubelet: /etc/invalid.yaml:1:1: "
                    ),
                    (
                        ["--config", "/etc/missing.yaml"],
                        1,
                        "provider \"other\" of the provider config has no executable file"
                    ),
                    (["--state", "/etc/bad-args.yaml"], 1, "unknown flag \"--nope\""),
                    (["--state", "/etc/unknown.yaml"], 3, "line 1, column 1: unknown field \"matchImage\""),
                    (["--match-images", "bad pattern"], 1, "the kubelet would not start"),
                    (
                        ["--bin-dir", "/etc/everybody"],
                        1,
                        "\"/etc/everybody\" is root:root 0777: users other than root could replace its content"
                    ),
                    (["--bin-dir", "/proc"], 1, "\"/proc"),
                    (["--kubelet-unit", "nope.service"], 1, "unit nope.service does not exist"),
                    (
                        ["--flags", "none"],
                        1,
                        "kubelet.service is running, but it does not have --image-credential-provider-config="
                    ),
                ]
        )
        {
            var run = node.Install(arguments);
            Assert.True(
                run.ExitCode == code && run.Stderr.Contains(problem, StringComparison.Ordinal),
                $"{string.Join(' ', arguments)}: {run}"
            );
        }

        Assert.Equal(process, node.Show("MainPID"));

        // On a new node, no kubelet is running yet whose command line would show the platform's own provider.
        _ = node.Run("systemctl", "stop", "kubelet.service");
        node.Write(
            "/etc/default/kubelet",
            "KUBELET_EXTRA_ARGS=\"--v=2 --image-credential-provider-config=/etc/platform.yaml\"\n"
        );
        var stopped = node.Install();
        Assert.True(
            stopped.ExitCode == 1
                && stopped.Stderr.Contains(
                    "the kubelet already has --image-credential-provider-config=/etc/platform.yaml, set by "
                        + "\"/etc/default/kubelet\"; use --flags none --config /etc/platform.yaml [CP812]\n",
                    StringComparison.Ordinal
                ),
            stopped.ToString()
        );
        File.Delete(node.Here("/etc/default/kubelet"));
        TestNode.AssertSame(before, node.Snapshot());
        Assert.False(Directory.Exists(node.Here(TestNode.StateDirectory)));
    }

    [Fact]
    public void A_file_of_a_package_is_refused_by_the_package_name()
    {
        using var node = new TestNode(node =>
        {
            node.Write($"{TestNode.BinDir}/crio-credential-provider", "the Go program");
            File.SetUnixFileMode(
                node.Here($"{TestNode.BinDir}/crio-credential-provider"),
                UnixFileMode.UserRead | UnixFileMode.UserExecute
            );
        });
        _ = node.Run(
            "sh",
            "-c",
            $"echo {TestNode.BinDir}/crio-credential-provider >>/var/lib/dpkg/info/base-files.list"
        );
        var refused = node.Install();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("belongs to package base-files; ", refused.Stderr, StringComparison.Ordinal);
        Assert.Equal(0, node.Install("--take-over").ExitCode);
        Assert.Equal(0, node.Uninstall().ExitCode);
        Assert.Equal("the Go program", File.ReadAllText(node.Here($"{TestNode.BinDir}/crio-credential-provider")));
    }

    [Fact]
    public void A_read_only_usr_and_a_full_disk_are_found_before_the_change()
    {
        using var node = new TestNode();
        var before = node.Snapshot();
        _ = node.Run("sh", "-c", "mount --rbind /usr /usr && mount -o remount,ro,bind /usr");
        var refused = node.Install();
        Assert.True(
            refused.ExitCode == 1
                && refused.Stderr.Contains(
                    "is on a read-only file system; choose another place with --bin-dir",
                    StringComparison.Ordinal
                ),
            refused.ToString()
        );
        var elsewhere = node.Install("--bin-dir", "/opt/providers");
        Assert.True(elsewhere.ExitCode == 0, elsewhere.ToString());
        Assert.Equal(0, node.Uninstall().ExitCode);

        _ = node.Run("sh", "-c", "mkdir /small && mount -t tmpfs -o size=4m,mode=755 none /small");
        var full = node.Install("--bin-dir", "/small/bin");
        Assert.True(
            full.ExitCode == 1 && full.Stderr.Contains("bytes free, but", StringComparison.Ordinal),
            full.ToString()
        );
        TestNode.AssertSame(before, node.Snapshot());
    }

    [Fact]
    public void A_disk_that_is_full_at_any_write_undoes_the_change()
    {
        using var node = new TestNode();
        var before = node.Snapshot();
        var process = node.Show("MainPID");
        var fulls = 0;

        // Writing the program alone takes about 200 writes.
        for (var at = 1; at < 1000; at += at < 8 ? 1 : 30)
        {
            var install = node.Run(
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=pwrite64",
                "-e",
                $"inject=pwrite64:error=ENOSPC:when={at}",
                TestNode.Program,
                "install",
                "--restart-kubelet",
                "--watch-for",
                "1s"
            );
            if (install.ExitCode == 0)
            {
                break;
            }

            fulls++;
            Assert.True(install.ExitCode is 1 or 3, $"full at {at}: {install}");
            Assert.Contains("No space left on device", install.Stderr, StringComparison.Ordinal);
            Assert.Equal(0, node.Provider("undo").ExitCode);
            TestNode.AssertSame(before, node.Snapshot(), $"full at {at}: {install}");
            node.AssertNothingPending();
        }

        Assert.InRange(fulls, 8, 100);
        Assert.NotEqual(process, node.Show("MainPID"));
        node.AssertKubeletHealthy(hasFlags: true);
    }
}
