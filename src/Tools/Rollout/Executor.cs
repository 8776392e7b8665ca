// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>How a change ended.</summary>
internal enum ChangeEnd
{
    Confirmed,
    AwaitingRestart,
    Undone,
}

/// <param name="Problem">Why it was undone; empty when it was not.</param>
internal sealed record ChangeResult(ChangeEnd End, string Problem = "");

/// <summary>
/// Does the steps of a change, with a journal: whatever stops it, even between two instructions, the next run, the
/// host's timer or the next boot finishes it or brings the old state back.
/// </summary>
internal sealed class Executor(
    NodeFileWriter files,
    IServiceManager services,
    KubeletHealth health,
    RolloutClock clock,
    StateFileWriter store,
    Action<string> report
)
{
    private readonly UndoGuard guard = new(files, services);
    private readonly Judge judge = new(services, health, clock);

    /// <param name="change">The change; the lock is held, and no other change is in progress.</param>
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

    /// <summary>Goes on with a change that waits for a restart of the kubelet, which is allowed now.</summary>
    public Task<ChangeResult> RestartAsync(RolloutState state) =>
        GoOnAsync(
            state with
            {
                Phase = Phase.Applying,
            },
            [.. state.Change!.Steps.SkipWhile(step => step is not AwaitRestartStep).Skip(1)]
        );

    /// <summary>Confirms a change that waited for a restart, after somebody else has restarted the kubelet.</summary>
    public Task<ChangeResult> ConfirmAsync(RolloutState state) => GoOnAsync(state, [new ConfirmStep()]);

    /// <summary>Brings the old state back. May be called again after it was stopped.</summary>
    /// <param name="state">With the change.</param>
    /// <param name="problem">Why.</param>
    /// <param name="isBoot">Whether the kubelet has not been started yet, so that it needs no restart.</param>
    /// <exception cref="ServiceManagerException">systemd does not answer: the undo is not finished.</exception>
    /// <exception cref="RolloutException">A file cannot be brought back: the undo is not finished.</exception>
    public async Task<ChangeResult> UndoAsync(RolloutState state, string problem, bool isBoot = false)
    {
        var change = state.Change! with { Problem = state.Phase == Phase.Undoing ? state.Change!.Problem : problem };
        state = state with { Phase = Phase.Undoing, Change = change };
        store.Save(state);
        report($"undoing: {change.Problem}");
        if (change.HasApplied)
        {
            foreach (var start in change.BeforeConfirmation.OfType<StartStep>())
            {
                files.Changing($"stop {start.Unit}");
                await services.StopAsync(start.Unit);
            }
        }

        // A kubelet that starts again meanwhile finds what its flags name: see Planner.
        Revert(change, place => place is { Role: PathRole.ProviderConfig, Before.IsAbsent: false });
        Revert(change, place => place.Role is PathRole.KubeletUnit or PathRole.Sweep);
        if (change.HasApplied)
        {
            await RestoreUnitsAsync(change);
        }

        Revert(change, place => place is { Role: PathRole.ProviderConfig, Before.IsAbsent: true });
        var words = change.Problem + (change.HasApplied && !isBoot ? await RestartOldAsync(change) : "");

        Revert(change, place => place.Role == PathRole.Program);
        await DisarmAsync(change);
        Finish(state, new LastChange(clock.Now(), change.Action, LastChange.Undone, change.Digest, words));
        return new ChangeResult(ChangeEnd.Undone, words);
    }

    /// <summary>Finishes a confirmed change. May be called again after it was stopped.</summary>
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
                files.Stage(place.Path, now, place.After, () => store.OpenOriginal(place.After.Content));
                files.Apply(place.Path, now, place.After);
                files.Settle(place.Path);
            }
        }

        Finish(state, new LastChange(clock.Now(), change.Action, LastChange.Confirmed, change.Digest, ""));
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
                store.KeepOriginal(place.Path, place.Before.Content);
            }
        }

        foreach (var place in state.Change!.Places)
        {
            if (place.After.Kind == FileStateKind.Directory)
            {
                // The files to be staged lie in it.
                files.Apply(place.Path, place.Before, place.After);
            }
            else if (place.Before.Kind != FileStateKind.Directory)
            {
                files.Stage(place.Path, place.Before, place.After, () => content(place));
            }
        }
    }

    private async Task<ChangeResult> GoOnAsync(RolloutState state, IReadOnlyList<Step> steps)
    {
        try
        {
            foreach (var step in steps)
            {
                if (step is ConfirmStep)
                {
                    break;
                }

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

                await DoAsync(step);
            }

            state = state with { Phase = Phase.Cleaning, Installed = InstalledAfter(state), As = state.Change!.Target };
            store.Save(state);
        }
        catch (Exception e) when (e is RolloutException or ServiceManagerException)
        {
            return await UndoAsync(state, e.Message);
        }

        report(new ConfirmStep().Text);
        return await CleanAsync(state);
    }

    private async Task DoAsync(Step step)
    {
        switch (step)
        {
            case PlaceStep { After.Kind: FileStateKind.Directory }:
                break;
            case PlaceStep place:
                files.Apply(place.Path, place.Before, place.After);
                break;
            case ArmStep arm:
                await guard.ArmAsync(arm);
                break;
            case ReloadStep:
                files.Changing("reload");
                await services.ReloadAsync();
                break;
            case StartStep start:
                files.Changing($"start {start.Unit}");
                Expect(await services.StartAsync(start.Unit), $"{start.Unit} was not started");
                break;
            case StopStep stop:
                files.Changing($"stop {stop.Unit}");
                await services.StopAsync(stop.Unit);
                break;
            case RestartStep restart:
                files.Changing($"restart {restart.Unit}");
                Expect(await services.RestartAsync(restart.Unit), $"{restart.Unit} was not restarted");
                break;
            case JudgeStep look:
                if (await judge.ProblemAsync(look.Unit, look.For, look.Flags) is { } problem)
                {
                    throw new RolloutException(problem);
                }

                break;
            default:
                throw new InvalidOperationException("unknown step");
        }
    }

    private static void Expect(string result, string problem)
    {
        if (result != "done")
        {
            throw new RolloutException($"{problem}: the job's result is \"{result}\"");
        }
    }

    private void Revert(Change change, Func<PlaceStep, bool> which)
    {
        foreach (var place in change.Places.Where(which).Reverse())
        {
            if (!change.HasApplied && place.After.Kind != FileStateKind.Directory)
            {
                files.Settle(place.Path);
            }
            else if (
                files.Revert(place.Path, place.Before, place.After, store.EditedPath(change.Id, place.Path)) is { } kept
            )
            {
                report($"\"{place.Path}\" was edited meanwhile: what it was then is in \"{kept}\"");
            }
        }
    }

    private Task DisarmAsync(Change change) =>
        change.Steps.Any(step => step is ArmStep) ? guard.DisarmAsync() : Task.CompletedTask;

    private async Task RestoreUnitsAsync(Change change)
    {
        if (change.BeforeConfirmation.Any(step => step is ReloadStep))
        {
            files.Changing("reload");
            await services.ReloadAsync();
        }

        foreach (var stop in change.BeforeConfirmation.OfType<StopStep>())
        {
            files.Changing($"start {stop.Unit}");
            _ = await services.StartAsync(stop.Unit);
        }
    }

    /// <returns>What to add to the problem; empty when the old kubelet runs.</returns>
    private async Task<string> RestartOldAsync(Change change)
    {
        var status = await services.StatusAsync(change.KubeletUnit);
        if (!change.HasRestarted && (status.InvocationId == change.Invocation || !status.IsWanted))
        {
            return "";
        }

        report($"restart {change.KubeletUnit} with its old files");
        await services.ResetFailedAsync(change.KubeletUnit);
        files.Changing($"restart {change.KubeletUnit}");
        var result = await services.RestartAsync(change.KubeletUnit);
        var window = change.Steps.OfType<JudgeStep>().Select(step => step.For).FirstOrDefault(TimeSpan.FromSeconds(5));
        var still =
            result == "done"
                ? await judge.ProblemAsync(
                    change.KubeletUnit,
                    window < ShortLook ? window : ShortLook,
                    KubeletFlags.Any
                )
                : $"{change.KubeletUnit} was not restarted: the job's result is \"{result}\"";
        return still is null ? "" : StillUnwell + still;
    }

    /// <summary>Stands in the problem of an undo whose kubelet is not well either.</summary>
    public const string StillUnwell = "; with the old files, too: ";

    private static readonly TimeSpan ShortLook = TimeSpan.FromSeconds(10);

    /// <summary>What is installed when the change is confirmed.</summary>
    private static IReadOnlyList<InstalledPath> InstalledAfter(RolloutState state)
    {
        var installed = state.Installed.ToDictionary(path => path.Path);
        foreach (var place in state.Change!.Steps.OfType<PlaceStep>())
        {
            var original = installed.TryGetValue(place.Path, out var known) ? known.Original : place.Before;
            if (original == place.After)
            {
                installed.Remove(place.Path);
            }
            else
            {
                installed[place.Path] = new InstalledPath(place.Path, place.Role, original, place.After);
            }
        }

        return [.. installed.Values];
    }

    private void Finish(RolloutState state, LastChange last)
    {
        var end = state with { Phase = Phase.Idle, Change = null, Last = last };
        if (end.Installed.Count > 0 || last.Result == LastChange.Undone)
        {
            store.Save(end);
        }

        store.Tidy(end);
    }
}
