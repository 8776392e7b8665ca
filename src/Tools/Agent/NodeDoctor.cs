// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>Runs <c>doctor</c> on the node between two rounds of the agent.</summary>
/// <param name="node">This node.</param>
/// <param name="wanted">Has the provider config and binary directory; the agent cannot read them from the kubelet's
/// flags, because it does not see the kubelet's process.</param>
internal sealed class NodeDoctor(Node node, WantedState wanted)
{
    /// <summary>Time limit for the checks; those that exceed it are reported as skipped.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly CommandInput input = new(
        new Settings(),
        ParsedWords.Parse(
            [
                $"--{DoctorOptions.ProviderConfig.Flag}={wanted.ConfigPath}",
                $"--{DoctorOptions.ProviderBinDir.Flag}={wanted.BinDir}",
            ],
            DoctorCommand.Row.Options
        )
    );

    public async Task<NodeFindings> LookAsync()
    {
        using var view = new NodeView(node, input);
        var report = await DoctorRun.ReportAsync(view, [], isStrict: false, Longest);
        return new NodeFindings(report.Checks, Leftovers(view));
    }

    private int? Leftovers(NodeView view)
    {
        try
        {
            return LeftoverFiles.Count(view.Files, view.Settings.AuthDir, node.Clock());
        }
        catch (Exception e) when (e is FactUnknownException or CheckSkippedException or ProviderException)
        {
            // The checks report why.
            return null;
        }
    }
}

/// <param name="Checks">The checks that have a result.</param>
/// <param name="Leftovers">The number of auth files that were not picked up; null if unknown.</param>
internal sealed record NodeFindings(IReadOnlyList<CheckReport> Checks, int? Leftovers);
