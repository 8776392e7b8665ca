// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>How a change ended.</summary>
internal enum ChangeEnd
{
    Confirmed,
    AwaitingRestart,
    Undone,
}

/// <param name="Problem">Why the change was undone; empty if it was not.</param>
internal sealed record ChangeResult(ChangeEnd End, string Problem = "")
{
    public EngineResult ToEngineResult(IReadOnlyList<Step> steps) =>
        new(
            End switch
            {
                ChangeEnd.Confirmed => EngineEnd.Confirmed,
                ChangeEnd.AwaitingRestart => EngineEnd.AwaitingRestart,
                _ => EngineEnd.Undone,
            },
            steps,
            [],
            Problem
        );
}
