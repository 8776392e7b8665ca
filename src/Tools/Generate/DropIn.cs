// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Generate;

/// <summary>
/// A drop-in for the kubelet's unit. It sets the flags in its own variable, because KUBELET_EXTRA_ARGS belongs to the
/// administrator, and the last file that sets it overrides the others.
/// </summary>
internal static class DropIn
{
    /// <summary>The name below <c>/etc/systemd/system/kubelet.service.d/</c>.</summary>
    public const string FileName = "40-crio-credential-provider.conf";

    /// <param name="profile">The kind of cluster.</param>
    /// <param name="execStart">The kubelet's ExecStart= if it differs from the profile's; otherwise null.</param>
    /// <param name="config">The config's path on the node.</param>
    /// <param name="binDir">The binary's directory on the node.</param>
    public static string Text(Profile profile, string? execStart, string config, string binDir)
    {
        var line = execStart ?? profile.ExecStart;
        var variable = line is null ? profile.FlagsVariable : Profile.OwnFlagsVariable;
        var flags = $"--image-credential-provider-config={config} --image-credential-provider-bin-dir={binDir}";
        var head = $"""
            # For /etc/systemd/system/kubelet.service.d/{FileName}. The kubelet does not start without
            # the binary or with an invalid config, so check both:
            # crio-credential-provider doctor --check CP001,CP003 {flags}
            # Then run: systemctl daemon-reload && systemctl restart kubelet

            """;
        var service = $"""
            [Service]
            Environment="{variable}={flags}"

            """;
        return line is null
            ? head
                + $"# The kubelet's unit reads {variable}: systemctl cat kubelet shows whether yours does.\n"
                + "# If it does not, give its own line with --exec-start.\n"
                + service
            : head
                + $"# ExecStart must be your kubelet's own line (systemctl cat kubelet) with ${variable} at its end.\n"
                + service
                + $"ExecStart=\nExecStart={line} ${variable}\n";
    }
}
