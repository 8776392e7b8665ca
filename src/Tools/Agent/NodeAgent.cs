// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>What a round works with. Opened for each round, because a restart of D-Bus drops its connections.</summary>
internal sealed record AgentTools(RolloutEngine Engine, IServiceManager Services, StateFileWriter Store);

/// <summary>What the agent is allowed to do.</summary>
/// <param name="MayRestart">Whether the first change may restart the kubelet.</param>
/// <param name="MayTakeOver">Whether it may change files that others manage.</param>
/// <param name="Attempt">A change that was undone in this attempt is not retried.</param>
internal sealed record AgentPolicy(bool MayRestart, bool MayTakeOver, string Attempt);

/// <summary>
/// Brings a node to the wanted state and keeps it there. Until the change is confirmed, each round retries a refused
/// change. After that, this attempt never restarts the kubelet again, not even from a later container of the same pod:
/// it restores files, and only reports what needs a restart, because only a rollout restarts kubelets one by one.
/// </summary>
internal sealed class NodeAgent(WantedState wanted, AgentPolicy leave)
{
    private bool isConfirmed;

    /// <summary>The invocation ID of the kubelet that read the confirmed files.</summary>
    private string loadedBy = "";

    /// <summary>Runs one round: a change, or a check for drift. Expected failures become a status.</summary>
    public async Task<AgentStatus> RoundAsync(AgentTools tools)
    {
        var status = await TryRoundAsync(tools);
        return status with { WasConfirmed = isConfirmed };
    }

    private async Task<AgentStatus> TryRoundAsync(AgentTools tools)
    {
        try
        {
            Recall(tools.Store.Load());
            if (!tools.Services.IsRunning)
            {
                return new AgentStatus(
                    AgentResult.Failed,
                    tools.Services is NoServiceManager { Why: var why } ? why : "there is no service manager"
                );
            }

            var now = wanted.IsPresent ? wanted : InstallCommand.Absent(wanted, tools.Store.Load());
            var status = isConfirmed ? await LookAsync(tools, now) : await BringAsync(tools, now);
            if (status.IsAsWanted)
            {
                isConfirmed = true;
                loadedBy = (await tools.Services.StatusAsync(now.KubeletUnit)).InvocationId;
                Remember(tools.Store);
            }

            return status;
        }
        catch (ProviderException e)
        {
            return new AgentStatus(AgentResult.Failed, new Outcome.Failed(e.Reason, e.Problem, e.Hint).Line);
        }
        catch (Exception e) when (e is FactUnknownException or ServiceManagerException or RolloutException)
        {
            return new AgentStatus(AgentResult.Failed, OneLine.Of(e.Message));
        }
    }

    /// <summary>Loads what an earlier container of this pod confirmed.</summary>
    private void Recall(RolloutState state)
    {
        if (!isConfirmed && state.IsConfirmedIn(leave.Attempt))
        {
            isConfirmed = true;
            loadedBy = state.Confirmed?.Attempt == leave.Attempt ? state.Confirmed.Invocation : "";
        }
    }

    /// <summary>
    /// Saves the confirmation for the next container of this pod. After an uninstall there is no state file, and none
    /// is created.
    /// </summary>
    private void Remember(StateFileWriter store)
    {
        var confirmation = new Confirmation(leave.Attempt, loadedBy);
        if (!wanted.IsPresent || leave.Attempt.Length == 0 || store.Load().Confirmed == confirmation)
        {
            return;
        }

        using var mine = store.TryLock();
        if (mine is not null)
        {
            store.Save(store.Load() with { Confirmed = confirmation });
        }

        // If another process holds the lock, the next round saves it.
    }

    private async Task<AgentStatus> BringAsync(AgentTools tools, WantedState now)
    {
        var result = await tools.Engine.BringAsync(now, Options(now, leave.MayRestart));
        return result.End switch
        {
            EngineEnd.NothingToDo or EngineEnd.Confirmed => Confirmed(),
            EngineEnd.AwaitingRestart => AwaitingRestart(now, "the files are in place"),
            EngineEnd.Refused => Refused(result),
            _ => Undone(result),
        };
    }

    private async Task<AgentStatus> LookAsync(AgentTools tools, WantedState now)
    {
        var isWaiting = tools.Store.Load().Phase == Phase.AwaitingRestart;
        var result = await tools.Engine.BringAsync(now, Options(now, mayRestart: false) with { LoadedBy = loadedBy });
        string[] paths = [.. result.Steps.OfType<PlaceStep>().Select(place => place.Path)];
        return result.End switch
        {
            EngineEnd.NothingToDo => Confirmed(),
            EngineEnd.Confirmed => Confirmed() with { Repaired = paths },
            EngineEnd.AwaitingRestart => AwaitingRestart(
                now,
                "the kubelet was started with other files; the installed files were restored"
            ) with
            {
                Repaired = isWaiting ? [] : paths,
            },
            EngineEnd.NeedsRollout => new AgentStatus(
                AgentResult.Drifted,
                $"the wanted state has changed, and requires a restart of {now.KubeletUnit}: "
                    + $"{string.Join(", ", result.Steps.OfType<PlaceStep>().Select(place => place.Text))}; "
                    + "replace this pod to roll it out"
            )
            {
                Drift = paths,
            },
            EngineEnd.Refused => Refused(result) with { Drift = paths },
            _ => Undone(result) with { Drift = paths },
        };
    }

    private EngineOptions Options(WantedState now, bool mayRestart) =>
        new(now.IsPresent ? "install" : "uninstall", mayRestart, leave.MayTakeOver, IsPlanOnly: false)
        {
            Attempt = leave.Attempt,
        };

    private AgentStatus Confirmed() =>
        new(AgentResult.Confirmed, wanted.IsPresent ? "installed and confirmed" : "not installed, as wanted");

    private static AgentStatus AwaitingRestart(WantedState now, string what) =>
        new(
            AgentResult.AwaitingRestart,
            $"{what}, and {now.KubeletUnit} needs a restart: replace this pod to roll it out with --restart-kubelet, "
                + $"or run: systemctl restart {ShellWord.Of(now.KubeletUnit)}"
        );

    private static AgentStatus Refused(EngineResult result) =>
        new(
            AgentResult.Refused,
            string.Join("; ", result.Refusals.Select(refusal => $"{refusal.Problem}: {refusal.Hint}"))
        );

    private static AgentStatus Undone(EngineResult result) =>
        new(AgentResult.Undone, $"the change was undone: {OneLine.Of(result.Problem)}; replace this pod to retry it");
}
