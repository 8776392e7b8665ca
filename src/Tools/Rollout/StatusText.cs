// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Summarizes the state of a node in one line.</summary>
internal static class StatusText
{
    public static string Of(RolloutState state) =>
        state.Phase switch
        {
            Phase.Idle when state.Last is { Result: LastChange.Undone } last =>
                $"the last {last.Action} was undone: {last.Problem}",
            Phase.Idle when state.Installed.Count > 0 => "installed and confirmed",
            Phase.Idle => "not installed",
            Phase.AwaitingRestart =>
                $"{state.Change!.Action}: files are in place, {state.Change.KubeletUnit} has not been restarted since",
            Phase.Staging or Phase.Applying => $"{state.Change!.Action} is in progress, or was interrupted",
            Phase.Cleaning => $"{state.Change!.Action} is confirmed, and is being finished",
            _ => $"{state.Change!.Action} is being undone: {state.Change.Problem}",
        };
}
