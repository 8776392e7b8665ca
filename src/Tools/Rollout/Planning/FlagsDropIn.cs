// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Generate;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// The drop-in for the kubelet's unit that sets the two flags, through a variable that nobody else uses.
/// </summary>
internal static class FlagsDropIn
{
    public const string FileName = DropIn.FileName;

    /// <summary>The drop-in's path.</summary>
    public static string PathFor(string unit) => $"/etc/systemd/system/{unit}.d/{FileName}";

    /// <param name="execStart">The kubelet's ExecStart line without our drop-in.</param>
    /// <param name="config">The provider config on the node.</param>
    /// <param name="binDir">The binary's directory on the node.</param>
    public static string Text(string execStart, string config, string binDir)
    {
        const string Variable = Profile.OwnFlagsVariable;
        var service = $"""
            # Made by crio-credential-provider install; crio-credential-provider uninstall removes it.
            [Service]
            Environment="{Variable}={KubeletFacts.ConfigFlag}={config} {KubeletFacts.BinDirFlag}={binDir}"

            """;
        return
            execStart.Contains("$" + Variable, StringComparison.Ordinal)
            || execStart.Contains("${" + Variable, StringComparison.Ordinal)
            ? service
            : service
                + $"""
                    # systemd cannot append to ExecStart, so this repeats the kubelet's line with the variable added.
                    ExecStart=
                    ExecStart={execStart} ${Variable}

                    """;
    }
}
