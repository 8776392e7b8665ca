// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Why a change is refused before anything is touched.</summary>
/// <param name="Problem">One line with the value.</param>
/// <param name="Hint">What to do.</param>
internal sealed record Refusal(string Problem, string Hint);

/// <summary>What a node is like, held against the wanted state.</summary>
internal sealed record NodeSurvey
{
    public required WantedState Wanted { get; init; }

    /// <summary>What is to be where, directories first.</summary>
    public required IReadOnlyList<WantedPath> Paths { get; init; }

    public required RolloutFacts Facts { get; init; }

    /// <summary>The new content of files, by path; the program's is not in it.</summary>
    public required IReadOnlyDictionary<string, byte[]> Contents { get; init; }

    public required RolloutState State { get; init; }

    /// <summary>Found while looking; preflight adds to them.</summary>
    public required IReadOnlyList<Refusal> Refusals { get; init; }

    /// <summary>What could not be checked, one line each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>
    /// Whether the kubelet would have to be restarted for something that was not installed before. Other providers'
    /// part of the config is theirs: with it, the file is another one.
    /// </summary>
    public bool IsMoreThanRepair =>
        Steps.Any(step => step is RestartStep)
        && Steps.OfType<PlaceStep>().Any(place => Planner.MustBeRead(place) && !Facts.IsRepair(place));

    /// <summary>The steps to the wanted state; none when the node is there.</summary>
    public IReadOnlyList<Step> Steps => Planner.Plan(Wanted, Paths, Facts);
}
