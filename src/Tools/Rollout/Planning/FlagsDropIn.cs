// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Generate;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>The drop-in of the kubelet's unit that gives it the two flags, by a variable that nobody else
/// uses.</summary>
internal static class FlagsDropIn
{
    public const string FileName = DropIn.FileName;

    /// <summary>The drop-in's path.</summary>
    public static string PathFor(string unit) => $"/etc/systemd/system/{unit}.d/{FileName}";

    /// <param name="execStart">The kubelet's own line, without our drop-in.</param>
    /// <param name="config">The provider config on the node.</param>
    /// <param name="binDir">The binary's directory on the node.</param>
    public static string Text(string execStart, string config, string binDir)
    {
        const string Variable = Profile.OwnFlagsVariable;
        var service = $"""
            # Made by crio-credential-provider install; crio-credential-provider uninstall takes it away.
            [Service]
            Environment="{Variable}={KubeletFlags.ConfigFlag}={config} {KubeletFlags.BinDirFlag}={binDir}"

            """;
        return
            execStart.Contains("$" + Variable, StringComparison.Ordinal)
            || execStart.Contains("${" + Variable, StringComparison.Ordinal)
            ? service
            : service
                + $"""
                    # systemd cannot append to ExecStart: this is the kubelet's own line with the variable at its end.
                    ExecStart=
                    ExecStart={execStart} ${Variable}

                    """;
    }
}
