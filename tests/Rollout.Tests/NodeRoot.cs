// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>The root of an operating system that nodes are overlays of, made by <c>scripts/node-root</c>.</summary>
internal sealed class NodeRoot
{
    private static readonly ConcurrentDictionary<string, Lazy<NodeRoot>> All = new();

    private NodeRoot(string name)
    {
        Name = name;
        Path = System.IO.Path.Combine(Repository.Root, "build", name);
        WhyNot = FindWhyNot();
    }

    public string Name { get; }

    public string Path { get; }

    /// <summary>Why no node can be booted from it here; null when it can.</summary>
    public string? WhyNot { get; }

    /// <summary>
    /// Loop devices, which a system extension is mounted by, for the roots that packages are tested in.
    /// </summary>
    public string NspawnOptions =>
        Name == "node-root"
            ? ""
            : string.Join(' ', Directory.GetFiles("/dev", "loop*").Select(device => $"--bind={device}"));

    /// <summary>Since 256, systemd boots with the first version of cgroups only when it is told to.</summary>
    public string BootArguments =>
        Name == "debian-13" && Directory.Exists("/sys/fs/cgroup/systemd")
            ? "SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 systemd.unified_cgroup_hierarchy=0"
            : "";

    /// <param name="name">A name that <c>scripts/node-root</c> knows; it is made once.</param>
    public static NodeRoot Of(string name) =>
        All.GetOrAdd(name, _ => new Lazy<NodeRoot>(() => new NodeRoot(name))).Value;

    private string? FindWhyNot()
    {
        if (Environment.UserName != "root")
        {
            return "booting a node needs root";
        }

        if (!File.Exists("/usr/bin/systemd-nspawn"))
        {
            return "systemd-nspawn is not installed (Debian package systemd-container)";
        }

        var made = TestNode.Start(System.IO.Path.Combine(Repository.Root, "scripts", "node-root"), [Name]);
        if (made.ExitCode != 0)
        {
            return "the node's root could not be made: "
                + $"{made.Stderr.Split('\n').LastOrDefault(line => line.Length > 0)}";
        }

        // Whether namespaces and mounts are permitted here, as they are not in most containers.
        var probe = TestNode.Start(
            "systemd-nspawn",
            [
                "--quiet",
                "--register=no",
                "--keep-unit",
                "--private-network",
                "--volatile=overlay",
                "-D",
                Path,
                "/bin/true",
            ]
        );
        return probe.ExitCode == 0 ? null : $"systemd-nspawn cannot run here: {probe.Stderr.Trim().Split('\n')[^1]}";
    }
}
