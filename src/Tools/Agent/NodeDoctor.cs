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

/// <summary>What <c>doctor</c> finds on the node between two rounds of the agent.</summary>
/// <param name="node">This node.</param>
/// <param name="wanted">Where the program is wanted; the agent does not see the kubelet's process, whose flags say
/// so.</param>
internal sealed class NodeDoctor(Node node, WantedState wanted)
{
    /// <summary>Checks that have not ended by then are open questions.</summary>
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
            // The checks say why.
            return null;
        }
    }
}

/// <param name="Checks">The checks that there was something to say about.</param>
/// <param name="Leftovers">Auth files that nobody took; null when that is not known.</param>
internal sealed record NodeFindings(IReadOnlyList<CheckReport> Checks, int? Leftovers);
