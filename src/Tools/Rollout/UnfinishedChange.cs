// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Goes on with what an earlier run has left: finishes it, or undoes it. The lock is held.</summary>
internal sealed class UnfinishedChange(Executor executor, IServiceManager services, Judge judge)
{
    /// <summary>Before another change.</summary>
    /// <param name="state">As it was loaded under the lock.</param>
    /// <param name="mayRestart">Whether the kubelet may be restarted.</param>
    /// <param name="digest">Of what is wanted now.</param>
    /// <returns>The end of it, when there is nothing more to do; else null.</returns>
    public async Task<EngineResult?> SettleAsync(RolloutState state, bool mayRestart, Func<Task<string>> digest)
    {
        switch (state.Phase)
        {
            case Phase.Idle:
                return null;
            case Phase.Cleaning:
                _ = await GuardedAsync(() => executor.CleanAsync(state));
                return null;
            case Phase.AwaitingRestart:
                return await SettleAwaitingAsync(state, mayRestart, digest);
            default:
                _ = await GuardedAsync(() =>
                    executor.UndoAsync(state, "an earlier run was stopped before it was confirmed")
                );
                return null;
        }
    }

    /// <summary>For <c>undo</c>: nothing that is not confirmed stays.</summary>
    /// <param name="state">As it was loaded.</param>
    /// <param name="isBoot">Whether the kubelet has not been started yet.</param>
    public async Task<EngineResult> EndAsync(RolloutState state, bool isBoot) =>
        state.Phase switch
        {
            Phase.Idle => new EngineResult(EngineEnd.NothingToDo, [], []),
            Phase.Cleaning => (await GuardedAsync(() => executor.CleanAsync(state))).ToEngineResult([]),
            _ => (
                await GuardedAsync(() => executor.UndoAsync(state, "it was not confirmed in time", isBoot))
            ).ToEngineResult([]),
        };

    private async Task<EngineResult?> SettleAwaitingAsync(
        RolloutState state,
        bool mayRestart,
        Func<Task<string>> digest
    )
    {
        var change = state.Change!;
        var status = await services.StatusAsync(change.KubeletUnit);
        if (!status.IsWanted || status.InvocationId != change.Invocation)
        {
            // Somebody else has restarted the kubelet since, or it does not run: its next start is with the new files.
            var problem = status.IsWanted ? await judge.ProblemNowAsync(change.KubeletUnit, KubeletFlags.Any) : null;
            if (problem is null)
            {
                _ = await GuardedAsync(() => executor.ConfirmAsync(state));
                return null;
            }

            return mayRestart
                ? (await GuardedAsync(() => executor.UndoAsync(state, problem))).ToEngineResult(change.Steps)
                : new EngineResult(
                    EngineEnd.Refused,
                    change.Steps,
                    [new Refusal(problem, "bring the old files back with: crio-credential-provider undo")]
                );
        }

        if (change.Digest == await digest())
        {
            return mayRestart
                ? (await GuardedAsync(() => executor.RestartAsync(state))).ToEngineResult(change.Steps)
                : new EngineResult(EngineEnd.AwaitingRestart, change.Steps, []);
        }

        _ = await GuardedAsync(() => executor.UndoAsync(state, "another state is wanted now"));
        return null;
    }

    /// <summary>What cannot be finished now is a failure with a name, and is tried again by the next run.</summary>
    public static async Task<ChangeResult> GuardedAsync(Func<Task<ChangeResult>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (e is RolloutException or ServiceManagerException)
        {
            throw new ProviderException(
                Reasons.UndoUnfinished,
                $"a change could not be finished or undone: {e.Message}",
                "repair that, then run: crio-credential-provider undo",
                e
            );
        }
    }
}
