// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>What came of it.</summary>
internal enum EngineEnd
{
    NothingToDo,
    Planned,
    Refused,
    Confirmed,
    AwaitingRestart,
    Undone,
}

/// <param name="Problem">Why it was undone, or what is wrong; empty when nothing is.</param>
internal sealed record EngineResult(
    EngineEnd End,
    IReadOnlyList<Step> Steps,
    IReadOnlyList<Refusal> Refusals,
    string Problem = ""
)
{
    public bool IsGood => End is not (EngineEnd.Refused or EngineEnd.Undone);
}

/// <summary>How a change may go.</summary>
internal sealed record EngineOptions(string Action, bool MayRestart, bool MayTakeOver, bool IsPlanOnly);

/// <summary>
/// Brings a node to a wanted state. The same for a person, a package, Ansible and the DaemonSet: what an earlier run
/// has left comes first, then the plan, the checks, the steps.
/// </summary>
internal sealed class RolloutEngine(
    NodeFileWriter files,
    NodeFilesReader reader,
    IServiceManager services,
    KubeletHealth health,
    RolloutClock clock,
    StateFileWriter store,
    string program,
    Action<string> report
)
{
    /// <summary>A change that is in progress takes at most a restart of three minutes and ten minutes of
    /// watching.</summary>
    private static readonly TimeSpan LongestOther = TimeSpan.FromMinutes(14);

    private static readonly TimeSpan LongestOtherForUndo = TimeSpan.FromMinutes(5);

    private readonly Executor executor = new(files, services, health, clock, store, report);

    /// <summary>Whether the change was undone before, so that a program on its own must not try it again and
    /// again.</summary>
    public async Task<bool> HasFailedBeforeAsync(WantedState wanted)
    {
        var state = store.Load();
        return state is { Phase: Phase.Idle, Last: { Result: LastChange.Undone } last }
            && last.Digest == DigestOf(await SurveyAsync(wanted, state, mayRestart: false));
    }

    public async Task<EngineResult> BringAsync(WantedState wanted, EngineOptions options)
    {
        var state = store.Load();
        if (state.Phase == Phase.Idle)
        {
            var (early, _, _) = await PlanAsync(wanted, state, options);
            if (early is not null)
            {
                return early;
            }
        }
        else if (options.IsPlanOnly)
        {
            return new EngineResult(
                EngineEnd.Planned,
                state.Change!.Steps,
                [],
                $"a change is in progress: {StatusText.Of(state)}"
            );
        }

        using var mine = await LockAsync(LongestOther)
            ?? throw new ProviderException(
                Reasons.RolloutBusy,
                "another change of this node is in progress",
                "wait for its end; status shows it"
            );
        state = store.Load();
        if (await SettleAsync(state, wanted, options) is { } settled)
        {
            return settled;
        }

        var (result, survey, steps) = await PlanAsync(wanted, store.Load(), options);
        if (result is not null)
        {
            return result;
        }

        var change = new Change(
            StateFileWriter.NewId(),
            options.Action,
            DigestOf(survey),
            wanted.KubeletUnit,
            survey.Facts.Kubelet.InvocationId,
            steps
        )
        {
            Target = wanted.IsPresent
                ? new InstalledAs(wanted.BinDir, wanted.ConfigPath, wanted.KubeletUnit, wanted.SetsFlags)
                : null,
        };
        return Told(await executor.RunAsync(change, place => Content(survey, place)), steps);
    }

    /// <summary>Finishes or undoes what an earlier run has left.</summary>
    /// <param name="isBoot">Whether the kubelet has not been started yet.</param>
    public async Task<EngineResult> UndoAsync(bool isBoot)
    {
        if (store.Load().Phase == Phase.Idle)
        {
            return new EngineResult(EngineEnd.NothingToDo, [], []);
        }

        using var mine = await LockAsync(LongestOtherForUndo);
        if (mine is null)
        {
            // Whoever holds the lock has stopped. It cannot do harm when it goes on: its new files are gone then.
            report("the change in progress does not go on: undoing it all the same");
        }

        var state = store.Load();
        return state.Phase switch
        {
            Phase.Idle => new EngineResult(EngineEnd.NothingToDo, [], []),
            Phase.Cleaning => Told(await GuardedAsync(() => executor.CleanAsync(state)), []),
            _ => Told(await GuardedAsync(() => executor.UndoAsync(state, "it was not confirmed in time", isBoot)), []),
        };
    }

    /// <summary>Looks at the node without changing anything.</summary>
    public Task<NodeSurvey> SurveyAsync(WantedState wanted, RolloutState state, bool mayRestart) =>
        new NodeSurveyReader(files, reader, services, program).ReadAsync(wanted, state, mayRestart);

    private async Task<(EngineResult? Result, NodeSurvey Survey, IReadOnlyList<Step> Steps)> PlanAsync(
        WantedState wanted,
        RolloutState state,
        EngineOptions options
    )
    {
        var survey = await SurveyAsync(wanted, state, options.MayRestart);
        var steps = survey.Steps;
        if (steps.Count == 0)
        {
            return (new EngineResult(EngineEnd.NothingToDo, [], []), survey, steps);
        }

        var preflight = new Preflight(reader, health);
        using var stream = new NodeSurveyReader(files, reader, services, program).OpenProgram();
        var refusals = (await preflight.CheckAsync(survey, steps, options.MayTakeOver, stream.Length)).ToList();
        if (refusals.Count == 0 && wanted.IsPresent && await Preflight.TryProgramAsync(program, wanted) is { } refusal)
        {
            refusals.Add(refusal);
        }

        return (
            options.IsPlanOnly ? new EngineResult(EngineEnd.Planned, steps, refusals)
            : refusals.Count > 0 ? new EngineResult(EngineEnd.Refused, steps, refusals)
            : null,
            survey,
            steps
        );
    }

    /// <returns>The end of it, when there is nothing more to do; else null.</returns>
    private async Task<EngineResult?> SettleAsync(RolloutState state, WantedState wanted, EngineOptions options)
    {
        switch (state.Phase)
        {
            case Phase.Idle:
                return null;
            case Phase.Cleaning:
                _ = await GuardedAsync(() => executor.CleanAsync(state));
                return null;
            case Phase.AwaitingRestart:
                return await SettleAwaitingAsync(state, wanted, options);
            default:
                _ = await GuardedAsync(() =>
                    executor.UndoAsync(state, "an earlier run was stopped before it was confirmed")
                );
                return null;
        }
    }

    private async Task<EngineResult?> SettleAwaitingAsync(RolloutState state, WantedState wanted, EngineOptions options)
    {
        var change = state.Change!;
        var status = await services.StatusAsync(change.KubeletUnit);
        if (!status.IsWanted || status.InvocationId != change.Invocation)
        {
            // Somebody else has restarted the kubelet since, or it does not run: its next start is with the new files.
            var problem = status.IsWanted
                ? await new Judge(services, health, clock).ProblemNowAsync(change.KubeletUnit, KubeletFlags.Any)
                : null;
            if (problem is null)
            {
                _ = await GuardedAsync(() => executor.ConfirmAsync(state));
                return null;
            }

            return options.MayRestart
                ? Told(await GuardedAsync(() => executor.UndoAsync(state, problem)), change.Steps)
                : new EngineResult(
                    EngineEnd.Refused,
                    change.Steps,
                    [new Refusal(problem, "bring the old files back with: crio-credential-provider undo")]
                );
        }

        if (change.Digest == DigestOf(await SurveyAsync(wanted, state, options.MayRestart)))
        {
            return options.MayRestart
                ? Told(await executor.RestartAsync(state), change.Steps)
                : new EngineResult(EngineEnd.AwaitingRestart, change.Steps, []);
        }

        _ = await GuardedAsync(() => executor.UndoAsync(state, "another state is wanted now"));
        return null;
    }

    private Stream Content(NodeSurvey survey, PlaceStep place) =>
        survey.Contents.TryGetValue(place.Path, out var bytes) ? new MemoryStream(bytes)
        : place.Role == PathRole.Program && survey.Wanted.IsPresent && place.Path == survey.Wanted.ProgramPath
            ? new NodeSurveyReader(files, reader, services, program).OpenProgram()
        : store.OpenOriginal(place.After.Content);

    private async Task<IDisposable?> LockAsync(TimeSpan longest)
    {
        var end = clock.Elapsed() + longest;
        var isTold = false;
        while (true)
        {
            try
            {
                if (store.TryLock() is { } mine)
                {
                    return mine;
                }
            }
            catch (RolloutException e)
            {
                throw new ProviderException(
                    Reasons.RolloutStateUnusable,
                    e.Message,
                    "run it as root, on a file system that can be written"
                );
            }

            if (clock.Elapsed() >= end)
            {
                return null;
            }

            if (!isTold)
            {
                report("another change of this node is in progress: waiting for its end");
                isTold = true;
            }

            await clock.Pause(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>What cannot be finished now is a failure with a name, and is tried again by the next run.</summary>
    private static async Task<ChangeResult> GuardedAsync(Func<Task<ChangeResult>> run)
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

    private static EngineResult Told(ChangeResult result, IReadOnlyList<Step> steps) =>
        new(
            result.End switch
            {
                ChangeEnd.Confirmed => EngineEnd.Confirmed,
                ChangeEnd.AwaitingRestart => EngineEnd.AwaitingRestart,
                _ => EngineEnd.Undone,
            },
            steps,
            [],
            result.Problem
        );

    private static string DigestOf(NodeSurvey survey) =>
        FileState.HashOf(
            System.Text.Encoding.UTF8.GetBytes(
                survey.Wanted.IsPresent
                    ? string.Join('\n', survey.Paths.Select(path => $"{path.Path} {path.State}"))
                    : "absent"
            )
        );
}
