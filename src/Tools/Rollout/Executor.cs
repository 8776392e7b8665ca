// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Runs the steps of a change and records its progress: if it is interrupted at any point, the next run, the host's
/// timer or the next boot finishes the change or restores the old state.
/// </summary>
internal sealed class Executor
{
    private readonly NodeFileWriter files;
    private readonly RolloutClock clock;
    private readonly StateFileWriter store;
    private readonly Action<string> report;
    private readonly UndoGuard guard;
    private readonly StepRunner steps;
    private readonly ChangeUndo undo;

    public Executor(
        NodeFileWriter files,
        IServiceManager services,
        KubeletHealth health,
        RolloutClock clock,
        StateFileWriter store,
        Action<string> report
    )
    {
        (this.files, this.clock, this.store, this.report) = (files, clock, store, report);
        var judge = new Judge(services, health, clock);
        guard = new UndoGuard(files, services);
        steps = new StepRunner(files, services, guard, judge);
        undo = new ChangeUndo(files, services, judge, store, report);
    }

    /// <param name="change">The change. The caller holds the lock, and no other change is in progress.</param>
    /// <param name="content">Opens the new content of a path.</param>
    public async Task<ChangeResult> RunAsync(Change change, Func<PlaceStep, Stream> content)
    {
        var state = store.Load() with { Phase = Phase.Staging, Change = change };
        try
        {
            store.Save(state);
            Stage(state, content);
            state = state with { Phase = Phase.Applying, Change = change with { HasApplied = true } };
            store.Save(state);
        }
        catch (Exception e) when (e is RolloutException or ServiceManagerException)
        {
            return await UndoAsync(state, e.Message);
        }

        return await GoOnAsync(state, change.Steps);
    }

    /// <summary>Continues a change that was waiting for permission to restart the kubelet.</summary>
    public Task<ChangeResult> RestartAsync(RolloutState state) =>
        GoOnAsync(
            state with
            {
                Phase = Phase.Applying,
            },
            [.. state.Change!.Steps.SkipWhile(step => step is not AwaitRestartStep).Skip(1)]
        );

    /// <summary>Confirms a change that was waiting for a restart, after somebody else restarted the kubelet.</summary>
    public Task<ChangeResult> ConfirmAsync(RolloutState state) => GoOnAsync(state, [new ConfirmStep()]);

    /// <summary>Restores the old state. May be called again after an interruption.</summary>
    /// <param name="state">The state, with the change.</param>
    /// <param name="problem">Why the change is undone.</param>
    /// <param name="isBoot">Whether the node is booting: the kubelet has not been started yet, so it needs no
    /// restart.</param>
    /// <exception cref="ServiceManagerException">systemd does not respond; the undo is not finished.</exception>
    /// <exception cref="RolloutException">A file cannot be restored; the undo is not finished.</exception>
    public async Task<ChangeResult> UndoAsync(RolloutState state, string problem, bool isBoot = false)
    {
        var change = state.Change! with { Problem = state.Phase == Phase.Undoing ? state.Change!.Problem : problem };
        state = state with { Phase = Phase.Undoing, Change = change };
        store.Save(state);
        report($"undoing: {change.Problem}");
        var words = change.Problem + await undo.RunAsync(change, isBoot);
        await DisarmAsync(change);
        Finish(state, LastChange.Undone, words);
        return new ChangeResult(ChangeEnd.Undone, words);
    }

    /// <summary>Finishes a confirmed change. May be called again after an interruption.</summary>
    public async Task<ChangeResult> CleanAsync(RolloutState state)
    {
        var change = state.Change!;
        await DisarmAsync(change);
        foreach (var place in change.Places)
        {
            files.Settle(place.Path);
        }

        foreach (var place in change.AfterConfirmation.OfType<PlaceStep>())
        {
            files.Settle(place.Path);
            var now = files.Observe(place.Path);
            if (now != place.After)
            {
                files.Stage(place.Path, now, place.After, () => store.Originals.Open(place.After.Content));
                files.Apply(place.Path, now, place.After);
                files.Settle(place.Path);
            }
        }

        Finish(state, LastChange.Confirmed, "");
        return new ChangeResult(ChangeEnd.Confirmed);
    }

    private void Stage(RolloutState state, Func<PlaceStep, Stream> content)
    {
        foreach (var place in state.Change!.Places.Concat(state.Change!.AfterConfirmation.OfType<PlaceStep>()))
        {
            if (
                place.Before.Kind == FileStateKind.File
                && !state.Installed.Any(installed => installed.Path == place.Path)
            )
            {
                store.Originals.Keep(place.Path, place.Before.Content);
            }
        }

        foreach (var place in state.Change!.Places)
        {
            if (place.After.Kind == FileStateKind.Directory)
            {
                // The files are staged in this directory, so it must exist first.
                files.Apply(place.Path, place.Before, place.After);
            }
            else if (place.Before.Kind != FileStateKind.Directory)
            {
                files.Stage(place.Path, place.Before, place.After, () => content(place));
            }
        }
    }

    private async Task<ChangeResult> GoOnAsync(RolloutState state, IReadOnlyList<Step> rest)
    {
        try
        {
            foreach (var step in rest.TakeWhile(step => step is not ConfirmStep))
            {
                report(step.Text);
                if (step is AwaitRestartStep)
                {
                    store.Save(state with { Phase = Phase.AwaitingRestart });
                    return new ChangeResult(ChangeEnd.AwaitingRestart);
                }

                if (step is RestartStep)
                {
                    state = state with { Phase = Phase.Applying, Change = state.Change! with { HasRestarted = true } };
                    store.Save(state);
                }

                await steps.RunAsync(step);
            }

            state = state with
            {
                Phase = Phase.Cleaning,
                Installed = state.InstalledAfter(),
                As = state.Change!.Target,
            };
            store.Save(state);
        }
        catch (Exception e) when (e is RolloutException or ServiceManagerException)
        {
            return await UndoAsync(state, e.Message);
        }

        report(new ConfirmStep().Text);
        return await CleanAsync(state);
    }

    private Task DisarmAsync(Change change) =>
        change.Steps.Any(step => step is ArmStep) ? guard.DisarmAsync() : Task.CompletedTask;

    private void Finish(RolloutState state, string result, string problem)
    {
        var change = state.Change!;
        var last = new LastChange(clock.Now(), change.Action, result, change.Digest, problem)
        {
            Attempt = change.Attempt,
        };
        var end = state with { Phase = Phase.Idle, Change = null, Last = last };
        if (end.Installed.Count > 0 || last.Result == LastChange.Undone)
        {
            store.Save(end);
        }

        store.Tidy(end);
    }
}
