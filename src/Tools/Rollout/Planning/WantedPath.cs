// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>A path and its wanted state.</summary>
internal sealed record WantedPath(string Path, PathRole Role, FileState State);

/// <summary>What a plan depends on besides the wanted paths.</summary>
internal sealed record RolloutFacts
{
    /// <summary>The state of each path that is wanted or installed.</summary>
    public required IReadOnlyDictionary<string, FileState> Paths { get; init; }

    /// <summary>What this program has installed before.</summary>
    public required IReadOnlyList<InstalledPath> Installed { get; init; }

    public required UnitStatus Kubelet { get; init; }

    /// <summary>Whether a service manager responds.</summary>
    public required bool HasServiceManager { get; init; }

    /// <summary>Whether the running kubelet lacks flags that its unit files set.</summary>
    public required bool IsKubeletStale { get; init; }

    /// <summary>The running kubelet's arguments; empty if it is not running.</summary>
    public required IReadOnlyList<string> CommandLine { get; init; }

    /// <summary>
    /// Whether the running kubelet was started with the installed files; restoring them then needs no restart.
    /// </summary>
    public bool HasReadInstalled { get; init; }

    /// <summary>Whether the step restores what was installed.</summary>
    public bool IsRepair(PlaceStep place) =>
        Installed.Any(installed => installed.Path == place.Path && installed.Placed == place.After);

    /// <summary>Whether the kubelet may be restarted.</summary>
    public required bool MayRestart { get; init; }
}
