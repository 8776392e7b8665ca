// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider;

/// <summary>What a run still needs when it has read the node's configuration and is about to ask the API
/// server.</summary>
internal static class RunSandbox
{
    private const ushort Dns = 53;

    /// <summary>What the garbage collector looks at on its own: memory limits.</summary>
    private static readonly string[] OfTheRuntime = ["/proc/self", "/proc/meminfo", "/sys/fs/cgroup"];

    private static readonly string[] OfNames =
    [
        "/etc/hosts",
        "/etc/resolv.conf",
        "/etc/nsswitch.conf",
        "/etc/host.conf",
        "/etc/gai.conf",
    ];

    /// <param name="node">Where a run of the kubelet's enters a sandbox, and nobody else.</param>
    /// <param name="settings">The run's options.</param>
    /// <param name="server">The API server that it is about to ask.</param>
    /// <returns>What the kernel refused, in words.</returns>
    public static IReadOnlyList<string> Enter(Node node, Settings settings, ApiServer server) =>
        node.EnterSandbox?.Invoke(Needs(node, settings, server)) ?? [];

    private static SandboxNeeds Needs(Node node, Settings settings, ApiServer server)
    {
        var hasName = server.BaseAddress.HostNameType == UriHostNameType.Dns;
        var port = (ushort)server.BaseAddress.Port;

        // A rule needs the directory, which the first run on a node would make only later. Why it cannot be made shows
        // when it is needed.
        AuthDirectory.MakeIfMissing(settings.AuthDir);
        return new SandboxNeeds(
            Writable: RunDirectory.Exists(settings.RunDir) ? [settings.AuthDir, settings.RunDir] : [settings.AuthDir],
            // The dynamic build may still load modules of OpenSSL and of the name service, from wherever the node has
            // them.
            Readable: !Libc.IsStatic
                ? null
                : [.. OfTheRuntime, .. hasName ? OfNames : [], .. KubeletsRecords(node, settings)],
            TcpPorts: hasName ? [port, Dns] : [port]
        );
    }

    private static IEnumerable<string> KubeletsRecords(Node node, Settings settings)
    {
        try
        {
            return [KubeletRoot.Locate(settings, node.ApiFiles) + KubeletRoot.Records];
        }
        catch (ProviderException)
        {
            // It is not known where they are: the hand-over says so if it needs them.
            return [];
        }
    }
}
