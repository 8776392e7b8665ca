// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Why a change is refused before anything is changed.</summary>
/// <param name="Problem">One line, including the value.</param>
/// <param name="Hint">What to do.</param>
internal sealed record Refusal(string Problem, string Hint);

/// <summary>The state of a node compared with the wanted state.</summary>
internal sealed record NodeSurvey
{
    public required WantedState Wanted { get; init; }

    /// <summary>The wanted paths, directories first.</summary>
    public required IReadOnlyList<WantedPath> Paths { get; init; }

    public required RolloutFacts Facts { get; init; }

    /// <summary>The new content of files by path, except for the program.</summary>
    public required IReadOnlyDictionary<string, byte[]> Contents { get; init; }

    public required RolloutState State { get; init; }

    /// <summary>Found by the survey; preflight adds more.</summary>
    public required IReadOnlyList<Refusal> Refusals { get; init; }

    /// <summary>What could not be checked, one line each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>
    /// Whether the kubelet would have to be restarted for a state that was not installed before. If other providers'
    /// entries of the config changed, the file is not what was installed.
    /// </summary>
    public bool IsMoreThanRepair =>
        Steps.Any(step => step is RestartStep)
        && Steps.OfType<PlaceStep>().Any(place => Planner.MustBeRead(place) && !Facts.IsRepair(place));

    /// <summary>The steps to the wanted state; empty if the node is already there.</summary>
    public IReadOnlyList<Step> Steps => Planner.Plan(Wanted, Paths, Facts);
}
