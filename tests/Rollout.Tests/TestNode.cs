// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Security.Cryptography;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>The result of a command on the node.</summary>
internal sealed record NodeRun(int ExitCode, string Stdout, string Stderr)
{
    public override string ToString() => $"exit code {ExitCode}\n{Stdout}{Stderr}";
}

/// <summary>
/// A node with a real systemd and D-Bus, booted by systemd-nspawn on an overlay of a <see cref="NodeRoot"/>, with the
/// stand-in kubelet as a real unit. A reboot keeps its files.
/// </summary>
internal sealed class TestNode : IDisposable
{
    public const string Program = "/opt/crio-credential-provider";
    public const string BinDir = "/usr/libexec/kubelet-image-credential-provider-plugins";
    public const string Config = "/etc/kubernetes/credential-providers/config.yaml";
    public const string DropIn = "/etc/systemd/system/kubelet.service.d/40-crio-credential-provider.conf";
    public const string StateDirectory = "/var/lib/crio-credential-provider";

    private static int count;

    private readonly string name = $"crio-cp-{Environment.ProcessId}-{Interlocked.Increment(ref count)}";
    private readonly string folder;
    private readonly NodeRoot lowest;
    private Process? nspawn;
    private int leader;

    /// <param name="prepare">Writes files to the node before it boots, given its local root directory.</param>
    /// <param name="root">The root that the node is an overlay of; by default the rollout tests' own.</param>
    public TestNode(Action<TestNode>? prepare = null, NodeRoot? root = null)
    {
        lowest = root ?? NodeRoot.Of("node-root");
        Assert.SkipWhen(lowest.WhyNot is not null, lowest.WhyNot ?? "");
        folder = Path.Combine(Repository.Root, "build", "nodes", name);
        foreach (var part in (string[])["upper", "work", "root"])
        {
            _ = Directory.CreateDirectory(Path.Combine(folder, part));
        }

        Host(
            "mount",
            "-t",
            "overlay",
            "overlay",
            "-o",
            $"lowerdir={lowest.Path},upperdir={folder}/upper,workdir={folder}/work",
            Root
        );
        Write("/etc/systemd/system/kubelet.service", KubeletUnit);
        Write("/etc/systemd/system/kubelet.service.d/10-kubeadm.conf", KubeadmDropIn);
        Write("/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\nhealthzPort: 10248\n");
        Write("/etc/containers/registries.conf", RegistriesConf);

        // Not in /usr, which a system extension may overlay.
        Write("/etc/dotnet/install_location", "/opt/dotnet\n");
        foreach (var directory in (string[])["/opt/kubelet", "/opt/dotnet"])
        {
            _ = Directory.CreateDirectory(Here(directory));
        }

        File.WriteAllText(Here(Program), "");
        _ = Directory.CreateDirectory(Here("/etc/systemd/system/multi-user.target.wants"));
        File.CreateSymbolicLink(
            Here("/etc/systemd/system/multi-user.target.wants/kubelet.service"),
            "/etc/systemd/system/kubelet.service"
        );
        prepare?.Invoke(this);
        try
        {
            Boot();
            Eventually(IsKubeletHealthy);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The node's init process, as a PID of this machine.</summary>
    public int Leader => leader;

    public string Root => Path.Combine(folder, "root");

    public string Here(string path) => Root + path;

    public void Write(string path, string text)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(Here(path))!);
        File.WriteAllText(Here(path), text);
    }

    /// <summary>Makes the kubelet misbehave if its provider config names this program.</summary>
    public void LetNewKubelet(string what) =>
        Write("/etc/kubelet-stand-in.conf", $"only-with=crio-credential-provider\n{what}\n");

    public NodeRun Run(params IEnumerable<string> command) =>
        Start("nsenter", ["-t", $"{leader}", "-m", "-p", "-u", "-i", "-n", "-C", "-r", "-w", "--", .. command]);

    /// <summary>Runs the program on the node.</summary>
    public NodeRun Provider(params IEnumerable<string> arguments) => Run([Program, .. arguments]);

    public NodeRun Install(params IEnumerable<string> arguments) =>
        Provider(["install", "--restart-kubelet", "--watch-for", "2s", .. arguments]);

    public NodeRun Uninstall(params IEnumerable<string> arguments) =>
        Provider(["uninstall", "--restart-kubelet", "--watch-for", "2s", .. arguments]);

    /// <summary>One property of a unit, as systemctl shows it.</summary>
    public string Show(string property, string unit = "kubelet.service") =>
        Run("systemctl", "show", "--value", "-p", property, unit).Stdout.Trim();

    /// <summary>The command line of the running kubelet.</summary>
    public string KubeletLine() => Run("sh", "-c", $"tr '\\0' ' ' </proc/{Show("MainPID")}/cmdline").Stdout;

    /// <summary>Asserts that the kubelet is active and responds, with or without the flags of our config.</summary>
    public void AssertKubeletHealthy(bool hasFlags)
    {
        Eventually(IsKubeletHealthy);
        Assert.Equal("active", Show("ActiveState"));
        Assert.Equal(
            hasFlags,
            KubeletLine().Contains($"--image-credential-provider-config={Config}", StringComparison.Ordinal)
        );
    }

    private bool IsKubeletHealthy()
    {
        const string Ask =
            "exec 3<>/dev/tcp/127.0.0.1/10248 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3";
        return Run("bash", "-c", Ask).Stdout.EndsWith("ok", StringComparison.Ordinal);
    }

    public void Eventually(Func<bool> isSo, int seconds = 30)
    {
        if (!Within(seconds, isSo))
        {
            Assert.Fail($"not within {seconds} s\n{Run("journalctl", "-n", "60", "--no-pager")}");
        }
    }

    /// <returns>Whether the condition became true in time.</returns>
    public static bool Within(int seconds, Func<bool> isSo)
    {
        var watch = Stopwatch.StartNew();
        while (!isSo())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(seconds))
            {
                return false;
            }

            Thread.Sleep(200);
        }

        return true;
    }

    /// <summary>Asserts that no trace of a change is left: no timer, no unit, no staged file.</summary>
    public void AssertNothingPending()
    {
        Assert.DoesNotContain(
            "crio-credential-provider-undo",
            Run("systemctl", "list-units", "--all", "--no-legend", "crio*").Stdout,
            StringComparison.Ordinal
        );
        Assert.Equal(
            "",
            Run("sh", "-c", "find / -xdev -name '*crio-cp-*'; ls -d /etc/systemd/system/*undo* 2>/dev/null").Stdout
        );
    }

    /// <summary>Every file that a rollout could change, with content, mode and owner.</summary>
    public SortedDictionary<string, string> Snapshot()
    {
        SortedDictionary<string, string> all = new(StringComparer.Ordinal);
        foreach (
            var line in Run(
                "find",
                "/etc",
                "/usr/libexec",
                "/var/lib/kubelet",
                "/opt",
                "-xdev",
                "-printf",
                "%p|%y %m %U:%G %l\\n"
            )
                .Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        )
        {
            var (path, facts) = line.Split('|', 2) is [var left, var right] ? (left, right) : (line, "");
            if (path.StartsWith("/opt/kubelet", StringComparison.Ordinal))
            {
                continue;
            }

            all[path] =
                facts
                + (
                    facts.StartsWith('f') && path != Program
                        ? " " + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Here(path))))
                        : ""
                );
        }

        return all;
    }

    public static void AssertSame(
        SortedDictionary<string, string> wanted,
        SortedDictionary<string, string> now,
        string words = ""
    )
    {
        var differences = wanted
            .Except(now)
            .Select(pair => $"-{pair}")
            .Concat(now.Except(wanted).Select(pair => $"+{pair}"))
            .ToArray();
        Assert.True(differences.Length == 0, $"{words}\n{string.Join('\n', differences)}");
    }

    /// <summary>Simulates a power loss: kills every process of the node at once.</summary>
    public void Reboot()
    {
        Stop();
        Boot();
    }

    public void Dispose()
    {
        Stop();
        _ = Start("umount", ["-l", Root]);
        Directory.Delete(folder, recursive: true);
        foreach (var directory in Cgroups().Where(Directory.Exists))
        {
            foreach (
                var inner in Directory
                    .GetDirectories(directory, "*", SearchOption.AllDirectories)
                    .OrderByDescending(path => path.Length)
                    .Append(directory)
            )
            {
                _ = Start("rmdir", [inner]);
            }
        }
    }

    private const string KubeletUnit = """
        [Unit]
        Description=kubelet: The Kubernetes Node Agent
        [Service]
        ExecStart=/opt/kubelet/kubelet
        Restart=always
        StartLimitIntervalSec=0
        RestartSec=1
        TimeoutStopSec=3

        """;

    private const string KubeadmDropIn = """
        [Service]
        Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
        EnvironmentFile=-/etc/default/kubelet
        ExecStart=
        ExecStart=/opt/kubelet/kubelet $KUBELET_CONFIG_ARGS $KUBELET_EXTRA_ARGS

        """;

    private const string RegistriesConf = """
        [[registry]]
        prefix = "docker.io"
        location = "docker.io"
        [[registry.mirror]]
        location = "mirror.example.com/hub"

        """;

    private IEnumerable<string> Cgroups() =>
        Directory.Exists("/sys/fs/cgroup/systemd")
            ? [$"/sys/fs/cgroup/systemd/{name}", $"/sys/fs/cgroup/unified/{name}"]
            : [$"/sys/fs/cgroup/{name}"];

    private void Boot()
    {
        var runtime = Path.GetFullPath(
            Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../..")
        );
        var standIn = Path.Combine(Repository.Root, "build", "bin", "KubeletStandIn", "release");
        var script =
            string.Concat(
                Cgroups().Select(cgroup => $"mkdir -p {cgroup} 2>/dev/null && echo $$ >{cgroup}/cgroup.procs; ")
            )
            + $"exec systemd-nspawn --quiet --register=no --keep-unit --private-network -b -D {Root} --machine={name} "
            + $"--bind-ro={runtime}:/opt/dotnet --bind-ro={standIn}:/opt/kubelet "
            + $"--bind-ro={PublishedBinary.FilePath}:{Program} "
            + $"{lowest.NspawnOptions} --console=pipe {lowest.BootArguments} </dev/null >>{folder}/console 2>&1";
        nspawn = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]))!;
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (nspawn.HasExited || watch.Elapsed > TimeSpan.FromSeconds(60))
            {
                Assert.Fail(
                    "the node does not boot: "
                        + $"{(File.Exists(folder + "/console") ? File.ReadAllText(folder + "/console") : "")}"
                );
            }

            leader = Children(nspawn.Id).FirstOrDefault();
            if (leader > 0 && Run("systemctl", "is-system-running").Stdout.Trim() is "running" or "degraded")
            {
                return;
            }

            Thread.Sleep(100);
        }
    }

    private void Stop()
    {
        if (nspawn is { HasExited: false })
        {
            // When the leader dies, the kernel kills every process of its PID namespace.
            _ = Start("kill", ["-KILL", $"{leader}"]);
            if (!nspawn.WaitForExit(TimeSpan.FromSeconds(20)))
            {
                nspawn.Kill();
                nspawn.WaitForExit();
            }
        }

        nspawn?.Dispose();
        nspawn = null;
    }

    private static IEnumerable<int> Children(int parent) =>
        File.Exists($"/proc/{parent}/task/{parent}/children")
            ? File.ReadAllText($"/proc/{parent}/task/{parent}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(int.Parse)
            : Start("pgrep", ["-P", $"{parent}"])
                .Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(int.Parse);

    private static void Host(string program, params IEnumerable<string> arguments)
    {
        var run = Start(program, arguments);
        Assert.True(run.ExitCode == 0, $"{program}: {run}");
    }

    internal static NodeRun Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var stdout = process.StandardOutput.ReadToEndAsync();
        var stderr = process.StandardError.ReadToEndAsync();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(5)), $"{program} does not end");
        return new NodeRun(process.ExitCode, stdout.Result, stderr.Result);
    }
}
