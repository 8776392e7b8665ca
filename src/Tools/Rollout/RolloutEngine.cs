// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Brings a node to a wanted state, in the same way for a person, a package, Ansible and the DaemonSet: it settles an
/// unfinished change of an earlier run, plans, checks, and runs the steps.
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
    /// <summary>A change in progress takes at most three minutes for a restart and ten minutes of watching.</summary>
    private static readonly TimeSpan LongestOther = TimeSpan.FromMinutes(14);

    private static readonly TimeSpan LongestOtherForUndo = TimeSpan.FromMinutes(5);

    private readonly Executor executor = new(files, services, health, clock, store, report);
    private readonly RolloutLock turn = new(store, clock, report);

    private UnfinishedChange Unfinished => new(executor, services, new Judge(services, health, clock));

    private NodeSurveyReader Surveyor => new(files, reader, services, store.Originals, program);

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

        using var mine = await turn.TakeAsync(LongestOther)
            ?? throw new ProviderException(
                Reasons.RolloutBusy,
                "another change of this node is in progress",
                "wait until it ends; status shows its progress"
            );
        state = store.Load();
        var settled = await Unfinished.SettleAsync(state, options.MayRestart, async () =>
            DigestOf(await SurveyAsync(wanted, state, options))
        );
        if (settled is not null)
        {
            return settled;
        }

        var (result, survey, steps) = await PlanAsync(wanted, store.Load(), options);
        if (result is not null)
        {
            return result;
        }

        Warn(survey);
        var change = new Change(
            StateFileWriter.NewId(),
            options.Action,
            DigestOf(survey),
            wanted.KubeletUnit,
            survey.Facts.Kubelet.InvocationId,
            steps
        )
        {
            Attempt = options.Attempt ?? "",
            Target = wanted.IsPresent
                ? new InstalledAs(wanted.BinDir, wanted.ConfigPath, wanted.KubeletUnit, wanted.SetsFlags)
                : null,
        };
        var end = await UnfinishedChange.GuardedAsync(() => executor.RunAsync(change, place => Content(survey, place)));
        return end.ToEngineResult(steps);
    }

    /// <summary>Finishes or undoes an unfinished change of an earlier run.</summary>
    /// <param name="isBoot">Whether the node is booting and the kubelet has not been started yet.</param>
    public async Task<EngineResult> UndoAsync(bool isBoot)
    {
        if (store.Load().Phase == Phase.Idle)
        {
            return new EngineResult(EngineEnd.NothingToDo, [], []);
        }

        using var mine = await turn.TakeAsync(LongestOtherForUndo);
        if (mine is null)
        {
            // The process that holds the lock is stuck. If it continues later, it does no harm, because its staged
            // files are gone.
            report("the change in progress is stuck: undoing it anyway");
        }

        return await Unfinished.EndAsync(store.Load(), isBoot);
    }

    /// <summary>Examines the node without changing anything.</summary>
    private Task<NodeSurvey> SurveyAsync(WantedState wanted, RolloutState state, EngineOptions options) =>
        Surveyor.ReadAsync(wanted, state, options);

    private async Task<(EngineResult? Result, NodeSurvey Survey, IReadOnlyList<Step> Steps)> PlanAsync(
        WantedState wanted,
        RolloutState state,
        EngineOptions options
    )
    {
        var survey = await SurveyAsync(wanted, state, options);
        var steps = survey.Steps;
        return (await WhyNotAsync(survey, steps, options), survey, steps);
    }

    /// <returns>The result if nothing is to be changed; null if the steps are to be run.</returns>
    private async Task<EngineResult?> WhyNotAsync(NodeSurvey survey, IReadOnlyList<Step> steps, EngineOptions options)
    {
        // If an uninstall cannot see the installed files, it must not report that there is nothing to do.
        if (steps.Count == 0 && (survey.Wanted.IsPresent || survey.Refusals.Count == 0))
        {
            return new EngineResult(EngineEnd.NothingToDo, [], []);
        }

        if (survey.State.Last is { } last && last.IsFailureOf(DigestOf(survey), options.Attempt))
        {
            return new EngineResult(EngineEnd.Undone, steps, [], last.Problem);
        }

        var preflight = new Preflight(reader, health);
        using var stream = Surveyor.OpenProgram();
        var refusals = (await preflight.CheckAsync(survey, steps, options, stream.Length)).ToList();
        if (
            refusals.Count == 0
            && survey.Wanted.IsPresent
            && await ProgramTrial.ProblemAsync(program, survey.Wanted) is { } refusal
        )
        {
            refusals.Add(refusal);
        }

        if (options.IsPlanOnly)
        {
            Warn(survey);
        }

        return options.IsPlanOnly ? new EngineResult(EngineEnd.Planned, steps, refusals)
            : refusals.Count > 0 ? new EngineResult(EngineEnd.Refused, steps, refusals)
            : options.IsRepair && survey.IsMoreThanRepair ? new EngineResult(EngineEnd.NeedsRollout, steps, [])
            : null;
    }

    private void Warn(NodeSurvey survey)
    {
        foreach (var warning in survey.Warnings)
        {
            report($"warning: {warning}");
        }
    }

    private Stream Content(NodeSurvey survey, PlaceStep place) =>
        survey.Contents.TryGetValue(place.Path, out var bytes) ? new MemoryStream(bytes)
        : place.Role == PathRole.Program && survey.Wanted.IsPresent && place.Path == survey.Wanted.ProgramPath
            ? Surveyor.OpenProgram()
        : store.Originals.Open(place.After.Content);

    private static string DigestOf(NodeSurvey survey) =>
        FileState.HashOf(
            System.Text.Encoding.UTF8.GetBytes(
                survey.Wanted.IsPresent
                    ? string.Join('\n', survey.Paths.Select(path => $"{path.Path} {path.State}"))
                    : "absent"
            )
        );
}
