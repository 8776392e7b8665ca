// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>A path, and what it is to be.</summary>
internal sealed record WantedPath(string Path, PathRole Role, FileState State);

/// <summary>What a plan depends on, besides the wanted paths.</summary>
internal sealed record RolloutFacts
{
    /// <summary>The state of each path that is wanted or installed.</summary>
    public required IReadOnlyDictionary<string, FileState> Paths { get; init; }

    /// <summary>What this program has placed before.</summary>
    public required IReadOnlyList<InstalledPath> Installed { get; init; }

    public required UnitStatus Kubelet { get; init; }

    /// <summary>Whether a service manager answers.</summary>
    public required bool HasServiceManager { get; init; }

    /// <summary>Whether the running kubelet lacks flags that its unit's files give it.</summary>
    public required bool IsKubeletStale { get; init; }

    /// <summary>The running kubelet's arguments; empty when none runs.</summary>
    public required IReadOnlyList<string> CommandLine { get; init; }

    /// <summary>
    /// Whether the running kubelet was started with the installed files: to bring them back needs no restart then.
    /// </summary>
    public bool HasReadInstalled { get; init; }

    /// <summary>Whether the step brings back what was installed.</summary>
    public bool IsRepair(PlaceStep place) =>
        Installed.Any(installed => installed.Path == place.Path && installed.Placed == place.After);

    /// <summary>Whether the kubelet may be restarted.</summary>
    public required bool MayRestart { get; init; }
}
