// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>
/// What a round works with; opened anew for each, since a bus that was restarted has dropped its connections.
/// </summary>
internal sealed record AgentTools(RolloutEngine Engine, IServiceManager Services, StateFileWriter Store);

/// <summary>How the agent may go about its changes.</summary>
/// <param name="MayRestart">Whether the first change may restart the kubelet.</param>
/// <param name="MayTakeOver">Whether files of others may be changed.</param>
/// <param name="Attempt">A change that was undone in this attempt is not tried again.</param>
internal sealed record AgentLeave(bool MayRestart, bool MayTakeOver, string Attempt);

/// <summary>
/// Brings a node to the wanted state, and keeps it there. Until the change is confirmed, each round tries what was
/// refused before. From then on the kubelet is never restarted in this attempt, also not by another container of the
/// pod: files are brought back, and what needs a restart is only told, since nothing but a rollout sees to it that
/// kubelets are restarted one by one.
/// </summary>
internal sealed class NodeAgent(WantedState wanted, AgentLeave leave)
{
    private bool isConfirmed;

    /// <summary>The kubelet's invocation that has read the files as they were confirmed.</summary>
    private string loadedBy = "";

    /// <summary>One round: a change, or a look for drift. Expected failures are a status.</summary>
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

    /// <summary>What an earlier container of this pod has confirmed.</summary>
    private void Recall(RolloutState state)
    {
        if (!isConfirmed && state.IsConfirmedIn(leave.Attempt))
        {
            isConfirmed = true;
            loadedBy = state.Confirmed?.Attempt == leave.Attempt ? state.Confirmed.Invocation : "";
        }
    }

    /// <summary>
    /// For the next container of this pod. A node from which the program is gone has no state file, and gets none.
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

        // While somebody else changes the node, the next round remembers it.
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
                "the kubelet was started with other files; they were brought back"
            ) with
            {
                Repaired = isWaiting ? [] : paths,
            },
            EngineEnd.NeedsRollout => new AgentStatus(
                AgentResult.Drifted,
                $"the wanted state is another one now, and takes a restart of {now.KubeletUnit}: "
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
        new(
            AgentResult.Undone,
            $"the change was undone: {OneLine.Of(result.Problem)}; replace this pod to try it again"
        );
}
