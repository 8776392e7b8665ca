// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Finds other owners of the files of a change, who would revert the change or conflict with it.</summary>
internal sealed class FileManagers(NodeFilesReader reader)
{
    /// <param name="survey">The survey, including what was installed before.</param>
    /// <param name="places">The paths that the plan changes.</param>
    /// <param name="isRepair">Whether to restore our own files even if they were changed since.</param>
    public async Task<IReadOnlyList<Refusal>> RefusalsAsync(NodeSurvey survey, PlaceStep[] places, bool isRepair)
    {
        List<Refusal> refusals = [];
        if (reader.Find("/etc/machine-config-daemon/currentconfig") is not null && places.Length > 0)
        {
            refusals.Add(
                new Refusal(
                    "the Machine Config Operator manages this node, and reverts changes",
                    "use a CRIOCredentialProviderConfig or a MachineConfig (docs/how-to/openshift.md), or --take-over"
                )
            );
        }

        if (places.Any(place => place.Path.StartsWith("/etc/eks/", StringComparison.Ordinal)))
        {
            refusals.Add(
                new Refusal(
                    "nodeadm manages the files below \"/etc/eks\"",
                    "choose another place with --config, or use --take-over"
                )
            );
        }

        foreach (var place in places.Where(place => place.Before.Kind == FileStateKind.File))
        {
            var installed = survey.Facts.Installed.FirstOrDefault(installed => installed.Path == place.Path);
            if (installed is not null && isRepair)
            {
                continue;
            }

            if (installed is not null && installed.Placed != place.Before && place.Role != PathRole.ProviderConfig)
            {
                refusals.Add(
                    new Refusal(
                        $"\"{place.Path}\" was changed since it was installed: "
                            + $"{place.Before.DifferenceFrom(installed.Placed)}",
                        "use --take-over to overwrite that change"
                    )
                );
            }
            else if (installed is null && await PackageOfAsync(place.Path) is { } package)
            {
                refusals.Add(
                    new Refusal(
                        $"\"{place.Path}\" belongs to {package}",
                        "change it through that package, choose another place, or use --take-over"
                    )
                );
            }
        }

        return refusals;
    }

    private async Task<string?> PackageOfAsync(string path)
    {
        if (reader.Root.Length > 0)
        {
            return null;
        }

        if (await ProgramClient.RunAsync("dpkg", ["-S", path]) is { ExitCode: 0 } dpkg)
        {
            return $"package {OneLine.Of(dpkg.Stdout.Split(':')[0])}";
        }

        return await ProgramClient.RunAsync("rpm", ["-qf", path]) is { ExitCode: 0 } rpm
            ? $"package {OneLine.Of(rpm.Stdout.Trim())}"
            : null;
    }
}
