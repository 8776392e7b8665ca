// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.View;

/// <summary>
/// Detects whether this machine is a node: one line is clearer than fourteen checks that find nothing.
/// </summary>
internal static class NodeSigns
{
    private static readonly string[] Signs =
    [
        KubeletRoot.Default,
        "/etc/kubernetes",
        "/etc/crio",
        "/usr/bin/crio",
        "/usr/bin/kubelet",
        "/var/lib/rancher",
        "/var/lib/microshift",
    ];

    /// <returns>Null if a part of a kubelet or of CRI-O exists, or if the command line names its files.</returns>
    public static string? WhyNone(NodeView view)
    {
        if (
            view.Option(DoctorOptions.ProviderConfig.Flag) is not null
            || DoctorOptions.Settings.Any(s => view.Option(s.Flag) is not null)
        )
        {
            return null;
        }

        try
        {
            return
                view.Kubelet is { Process: null, Unit: null }
                && view.Crio.Process is null
                && Signs.All(path => view.Files.Find(path) is null)
                ? "this does not look like a node: no kubelet, no CRI-O and none of their files are here; "
                    + "run doctor on a node, or name a node's root with --root"
                : null;
        }
        catch (Exception e) when (e is FactUnknownException or Report.CheckSkippedException)
        {
            // A path that cannot be read exists, so this is a node.
            return null;
        }
    }
}
