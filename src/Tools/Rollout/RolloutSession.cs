// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Access to this node for a command that changes or examines it.</summary>
internal sealed class RolloutSession : IDisposable
{
    private const string BusSocket = "/run/dbus/system_bus_socket";
    private const string PrivateSocket = "/run/systemd/private";

    /// <summary>The running program, which is what gets installed.</summary>
    private const string Program = "/proc/self/exe";

    private readonly KubeletHealthClient kubelet = new();

    private RolloutSession(Node node, IServiceManager services)
    {
        Services = services;
        var reader = new NodeFilesReader("/");
        Store = new StateFileWriter(Files, StateFileWriter.UsualDirectory);
        var watch = Stopwatch.StartNew();
        Clock = new RolloutClock
        {
            Now = node.Clock,
            Elapsed = () => watch.Elapsed,
            Pause = Task.Delay,
        };
        Engine = new RolloutEngine(
            Files,
            reader,
            services,
            commandLine => kubelet.AskAsync(reader, commandLine),
            Clock,
            Store,
            Program,
            node.Report
        );
    }

    public NodeFileWriter Files { get; } = new("");

    public IServiceManager Services { get; }

    public StateFileWriter Store { get; }

    public RolloutClock Clock { get; }

    public RolloutEngine Engine { get; }

    /// <summary>Whether this process may change the kubelet's files.</summary>
    public static bool IsRoot => Libc.Geteuid() == 0;

    public static async Task<RolloutSession> OpenAsync(Node node)
    {
        ProcessEnvironment.CompleteSocketsOnThreadPool();
        return new RolloutSession(node, await SystemdClient.ConnectAsync(BusSocket, PrivateSocket));
    }

    public void Dispose()
    {
        kubelet.Dispose();
        Services.Dispose();
    }
}
