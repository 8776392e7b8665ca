// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Tools.Agent;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>The process is gone at this point: nothing of it runs any more.</summary>
internal sealed class KilledException : Exception;

/// <summary>
/// A node as a folder, with real files, a simulated systemd and kubelet, and time that passes when somebody waits. Its
/// program can be killed at, or fail, any of its changes.
/// </summary>
internal sealed class SimulatedNode : IDisposable
{
    public const string KubeletUnit = "kubelet.service";

    /// <summary>In memory: each change is synchronised to disk, which takes its time there.</summary>
    private static readonly string Parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly string folder = Directory.CreateDirectory($"{Parent}/crio-cp-node-{Guid.NewGuid():N}").FullName;
    private readonly string program;

    public SimulatedNode()
    {
        Systemd = new SimulatedSystemd(this);
        program = Path.Combine(folder, "program");
        Write("/etc/systemd/system/kubelet.service", "[Service]\nExecStart=/usr/bin/kubelet $KUBELET_EXTRA_ARGS\n");
        foreach (
            var directory in (string[])
                [
                    "/etc/systemd/system/multi-user.target.wants",
                    "/etc/systemd/system/timers.target.wants",
                    "/usr/libexec",
                    "/var/lib",
                ]
        )
        {
            _ = Directory.CreateDirectory(Here(directory));
        }

        SetProgram("1");
        Systemd.Reload();
        Systemd.StartKubelet();
    }

    public SimulatedSystemd Systemd { get; }

    public string Root => folder + "/root";

    public TimeSpan Now { get; set; }

    /// <summary>How wrong the wall clock is.</summary>
    public TimeSpan ClockError { get; set; }

    /// <summary>Kills the program before its change of this number, counted from 1; zero never.</summary>
    public int KillAt { get; set; }

    /// <summary>Fails the change of this number; zero never.</summary>
    public int FailAt { get; set; }

    /// <summary>Called before each change.</summary>
    public Action<string> Changing { get; set; } = static _ => { };

    public int Changes { get; private set; }

    /// <summary>What the program has told people.</summary>
    public List<string> Reports { get; } = [];

    public string Here(string path) => Root + path;

    public void Write(string path, string text)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(Here(path))!);
        File.WriteAllText(Here(path), text);
    }

    /// <summary>Lets the program see the node as a container does: only what is below these mounts.</summary>
    public void Mount(params string[] points)
    {
        Write("/proc/1/comm", "crio-credential\n");
        foreach (var process in (string[])["1", "self"])
        {
            Write(
                $"/proc/{process}/mountinfo",
                "20 1 0:40 / / ro - overlay overlay ro\n"
                    + string.Concat(
                        points.Select((point, i) => $"{21 + i} 20 8:1 {point} {point} rw - ext4 /dev/sda1 rw\n")
                    )
            );
        }
    }

    /// <summary>The program that gets installed: one that answers a request as this program does.</summary>
    public void SetProgram(string version)
    {
        File.WriteAllText(
            program,
            $"#!/bin/sh\n# {version}\nread -r request; echo '{{\"kind\":\"CredentialProviderResponse\"}}'\n"
        );
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public StateFileWriter Store => new(Files(), StateFileWriter.UsualDirectory);

    /// <summary>A new process of the program.</summary>
    public RolloutEngine Engine()
    {
        WaitForLock();
        Changes = 0;
        var files = Files();
        return new RolloutEngine(
            files,
            new NodeFilesReader(Root),
            Systemd,
            _ => Task.FromResult(Systemd.IsKubeletHealthy ? null : "10248 does not answer"),
            new RolloutClock
            {
                Now = () => DateTimeOffset.UnixEpoch + Now + ClockError,
                Elapsed = () => Now,
                Pause = time =>
                {
                    Now += time;
                    return Task.CompletedTask;
                },
            },
            new StateFileWriter(files, StateFileWriter.UsualDirectory),
            program,
            Reports.Add
        );
    }

    /// <summary>The first round of an agent whose container has just been started.</summary>
    public Task<AgentStatus> RoundAsync(WantedState wanted, string attempt) =>
        new NodeAgent(wanted, new AgentPolicy(MayRestart: true, MayTakeOver: false, attempt)).RoundAsync(
            new AgentTools(Engine(), Systemd, Store)
        );

    public Task<EngineResult> InstallAsync(WantedState wanted, bool mayRestart = true) =>
        Engine().BringAsync(wanted, new EngineOptions("install", mayRestart, MayTakeOver: false, IsPlanOnly: false));

    public Task<EngineResult> PlanAsync(WantedState wanted) =>
        Engine()
            .BringAsync(wanted, new EngineOptions("install", MayRestart: true, MayTakeOver: false, IsPlanOnly: true));

    /// <summary>Brings back what was installed, which the running kubelet has read.</summary>
    public async Task<EngineResult> RepairAsync(WantedState wanted) =>
        await Engine()
            .BringAsync(
                wanted,
                new EngineOptions("install", MayRestart: false, MayTakeOver: false, IsPlanOnly: false)
                {
                    LoadedBy = (await Systemd.StatusAsync(KubeletUnit)).InvocationId,
                }
            );

    public Task<EngineResult> UninstallAsync(bool mayRestart = true, bool mayTakeOver = false) =>
        Engine()
            .BringAsync(
                InstallCommand.Absent(new WantedState(), Store.Load()),
                new EngineOptions("uninstall", mayRestart, mayTakeOver, IsPlanOnly: false)
            );

    /// <summary>Every path with everything that can be brought back of it; the state directory is the program's
    /// own.</summary>
    public SortedDictionary<string, string> Snapshot()
    {
        SortedDictionary<string, string> all = new(StringComparer.Ordinal);
        var label = new byte[256];
        foreach (
            var entry in new DirectoryInfo(Root).EnumerateFileSystemInfos(
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }
            )
        )
        {
            var path = entry.FullName[Root.Length..];
            if (path.StartsWith(StateFileWriter.UsualDirectory, StringComparison.Ordinal))
            {
                continue;
            }

            Assert.Equal(0, Libc.Statx(Libc.AT_FDCWD, entry.FullName, Libc.AT_SYMLINK_NOFOLLOW, out var status));
            var length = Libc.Lgetxattr(entry.FullName, "security.selinux", label, label.Length);
            all[path] =
                (
                    entry.LinkTarget is { } target ? $"link {target}"
                    : entry is FileInfo
                        ? $"file {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(entry.FullName)))}"
                    : "directory"
                )
                + $" {Convert.ToString((int)status.Mode, 8)} {status.Owner}:{status.Group}"
                + (length > 0 ? $" {Encoding.UTF8.GetString(label.AsSpan(0, (int)length))}" : "");
        }

        return all;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private NodeFileWriter Files() => new(Root) { Changing = Change };

    /// <summary>
    /// Between fork and exec, a program that another test starts has a copy of the lock's descriptor, and with it the
    /// lock of a run that has ended. The simulated time of the next run would pass before that copy is closed.
    /// </summary>
    private void WaitForLock()
    {
        if (!File.Exists(Here(StateFileWriter.UsualDirectory + "/lock")))
        {
            return;
        }

        var isFree = SpinWait.SpinUntil(
            () =>
            {
                using var mine = Store.TryLock();
                return mine is not null;
            },
            TimeSpan.FromSeconds(10)
        );
        Assert.True(isFree, "the lock of a run that has ended is still taken");
    }

    private void Change(string what)
    {
        Changing(what);
        Changes++;
        if (Changes == KillAt)
        {
            throw new KilledException();
        }

        if (Changes == FailAt)
        {
            throw new RolloutException($"injected: {what}");
        }
    }
}
