// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider;

/// <summary>What a run still needs after it has read the node's configuration, just before it connects to the API
/// server.</summary>
internal static class RunSandbox
{
    private const ushort Dns = 53;

    /// <summary>Files that the garbage collector reads to find memory limits.</summary>
    private static readonly string[] OfTheRuntime = ["/proc/self", "/proc/meminfo", "/sys/fs/cgroup"];

    private static readonly string[] OfNames =
    [
        "/etc/hosts",
        "/etc/resolv.conf",
        "/etc/nsswitch.conf",
        "/etc/host.conf",
        "/etc/gai.conf",
    ];

    /// <param name="node">Enters the sandbox in the kubelet's run only.</param>
    /// <param name="settings">The run's options.</param>
    /// <param name="server">The API server that the run is about to connect to.</param>
    /// <returns>The restrictions that the kernel refused, as text.</returns>
    public static IReadOnlyList<string> Enter(Node node, Settings settings, ApiServer server) =>
        node.EnterSandbox?.Invoke(Needs(node, settings, server)) ?? [];

    private static SandboxNeeds Needs(Node node, Settings settings, ApiServer server)
    {
        var hasName = server.BaseAddress.HostNameType == UriHostNameType.Dns;
        var port = (ushort)server.BaseAddress.Port;

        // A Landlock rule needs an existing directory, which the first run on a node would otherwise create later. A
        // failure is reported when the directory is used.
        AuthDirectory.MakeIfMissing(settings.AuthDir);
        return new SandboxNeeds(
            Writable: RunDirectory.Exists(settings.RunDir) ? [settings.AuthDir, settings.RunDir] : [settings.AuthDir],
            // The dynamic build may still load modules of OpenSSL and of the name service, from wherever the node keeps
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
            // The location is unknown; the hand-over reports that if it needs the records.
            return [];
        }
    }
}
