// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Restores the files and units from before a change, in the reverse order of <see cref="Planner"/>, so that a kubelet
/// that restarts at any moment still finds what its flags name.
/// </summary>
internal sealed class ChangeUndo(
    NodeFileWriter files,
    IServiceManager services,
    Judge judge,
    StateFileWriter store,
    Action<string> report
)
{
    /// <summary>Part of the problem text if the kubelet is unhealthy with the old files as well.</summary>
    public const string StillUnhealthy = "; with the old files as well: ";

    private static readonly TimeSpan ShortLook = TimeSpan.FromSeconds(10);

    /// <summary>May be called again after an interruption.</summary>
    /// <param name="change">The change; the state file already records that it is being undone.</param>
    /// <param name="isBoot">Whether the node is booting: the kubelet has not been started yet, so it needs no
    /// restart.</param>
    /// <returns>What to add to the problem; empty if the kubelet runs with the old files.</returns>
    public async Task<string> RunAsync(Change change, bool isBoot)
    {
        if (change.HasApplied)
        {
            foreach (var start in change.BeforeConfirmation.OfType<StartStep>())
            {
                files.Changing($"stop {start.Unit}");
                await services.StopAsync(start.Unit);
            }
        }

        Revert(change, place => place is { Role: PathRole.ProviderConfig, Before.IsAbsent: false });
        Revert(change, place => place.Role is PathRole.KubeletUnit or PathRole.Sweep);
        if (change.HasApplied)
        {
            await RestoreUnitsAsync(change);
        }

        Revert(change, place => place is { Role: PathRole.ProviderConfig, Before.IsAbsent: true });
        var words = change.HasApplied && !isBoot ? await RestartOldAsync(change) : "";
        Revert(change, place => place.Role == PathRole.Program);
        return words;
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
                report($"\"{place.Path}\" was edited meanwhile: the edited file was moved to \"{kept}\"");
            }
        }
    }

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
                : $"{change.KubeletUnit} was not restarted: the job result is \"{result}\"";
        return still is null ? "" : StillUnhealthy + still;
    }
}
