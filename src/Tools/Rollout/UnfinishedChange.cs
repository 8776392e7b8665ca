// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Finishes or undoes an unfinished change of an earlier run. The caller holds the lock.</summary>
internal sealed class UnfinishedChange(Executor executor, IServiceManager services, Judge judge)
{
    /// <summary>Settles an unfinished change before a new one.</summary>
    /// <param name="state">The state, loaded under the lock.</param>
    /// <param name="mayRestart">Whether the kubelet may be restarted.</param>
    /// <param name="digest">Computes the digest of the current wanted state.</param>
    /// <returns>The result if there is nothing more to do; otherwise null.</returns>
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
                    executor.UndoAsync(state, "an earlier run was interrupted before it was confirmed")
                );
                return null;
        }
    }

    /// <summary>For <c>undo</c>: undoes any unconfirmed change.</summary>
    /// <param name="state">The loaded state.</param>
    /// <param name="isBoot">Whether the node is booting and the kubelet has not been started yet.</param>
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
            // Somebody else restarted the kubelet, or it is not running and will start with the new files.
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
                    [new Refusal(problem, "restore the old files with: crio-credential-provider undo")]
                );
        }

        if (change.Digest == await digest())
        {
            return mayRestart
                ? (await GuardedAsync(() => executor.RestartAsync(state))).ToEngineResult(change.Steps)
                : new EngineResult(EngineEnd.AwaitingRestart, change.Steps, []);
        }

        _ = await GuardedAsync(() => executor.UndoAsync(state, "the wanted state has changed"));
        return null;
    }

    /// <summary>Turns a failure to finish into a <see cref="ProviderException"/>; the next run tries again.</summary>
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
