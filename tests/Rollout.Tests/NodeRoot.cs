// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>
/// The root directory of an operating system, made by <c>scripts/node-root</c>. Nodes are overlays of it.
/// </summary>
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

    /// <summary>Why no node can be booted from it here; null if it can.</summary>
    public string? WhyNot { get; }

    /// <summary>
    /// Options that permit loop devices, which mounting a system extension requires, for package tests.
    /// </summary>
    public string NspawnOptions =>
        Name == "node-root"
            ? ""
            : string.Join(' ', Directory.GetFiles("/dev", "loop*").Select(device => $"--bind={device}"));

    /// <summary>Since version 256, systemd boots with cgroup v1 only if that is forced.</summary>
    public string BootArguments =>
        Name == "debian-13" && Directory.Exists("/sys/fs/cgroup/systemd")
            ? "SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 systemd.unified_cgroup_hierarchy=0"
            : "";

    /// <param name="name">A name that <c>scripts/node-root</c> supports; the root is created once.</param>
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

        // Checks that namespaces and mounts are permitted, which most containers do not allow.
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
