// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Computes the steps from the facts of a node to the wanted state; a pure function. Their order lets the kubelet
/// restart at any moment: the program is placed before the config that names it, and the config before the flags that
/// name it. They are removed in reverse order, with a reload of systemd between flags and config.
/// </summary>
internal static class Planner
{
    public const string SweepTimer = "crio-credential-provider-sweep.timer";

    /// <param name="wanted">The watch time and the units; the paths are not read from here.</param>
    /// <param name="paths">The wanted paths, each directory before its content.</param>
    /// <param name="facts">The facts of the node.</param>
    /// <returns>The steps; empty if the node is in the wanted state.</returns>
    public static IReadOnlyList<Step> Plan(WantedState wanted, IReadOnlyList<WantedPath> paths, RolloutFacts facts)
    {
        var puts = paths
            .Select(path => new PlaceStep(path.Path, path.Role, facts.Paths[path.Path], path.State))
            .Where(IsChange)
            .ToArray();
        var restores = facts
            .Installed.Where(installed => paths.All(path => path.Path != installed.Path))
            .Select(installed => new PlaceStep(
                installed.Path,
                installed.Role,
                facts.Paths[installed.Path],
                installed.Original
            ))
            .Where(IsChange)
            .Reverse()
            .ToArray();
        PlaceStep[] places = [.. puts, .. restores];
        var isRestartNeeded =
            facts.HasServiceManager
            && facts.Kubelet.IsWanted
            && (
                facts.IsKubeletStale
                || places.Any(place => MustBeRead(place) && !(facts.HasReadInstalled && facts.IsRepair(place)))
            );
        if (places.Length == 0 && !isRestartNeeded)
        {
            return [];
        }

        var arm = new ArmStep(wanted.ProgramPath, wanted.KubeletUnit, wanted.UndoAfter);
        List<Step> steps = [.. puts.Where(place => place.Role == PathRole.Program)];
        if (isRestartNeeded && facts.MayRestart)
        {
            steps.Add(arm);
        }

        var hasTimer = places.Any(place =>
            place.Role == PathRole.Sweep && place.Path.EndsWith(".timer", StringComparison.Ordinal)
        );
        if (facts.HasServiceManager && restores.Any(place => place.Role == PathRole.Sweep))
        {
            steps.Add(new StopStep(SweepTimer));
        }

        PlaceStep[] rest =
        [
            .. puts.Where(place => place.Role != PathRole.Program),
            .. restores.Where(place => !IsLate(place)),
        ];
        steps.AddRange(rest.Where(place => place is { Role: PathRole.ProviderConfig, After.IsAbsent: false }));
        steps.AddRange(rest.Where(place => place.Role != PathRole.ProviderConfig));
        if (facts.HasServiceManager && rest.Any(place => place.Role != PathRole.ProviderConfig && IsFile(place)))
        {
            steps.Add(new ReloadStep());
        }

        steps.AddRange(rest.Where(place => place is { Role: PathRole.ProviderConfig, After.IsAbsent: true }));

        if (facts.HasServiceManager && hasTimer && puts.Any(place => place.Role == PathRole.Sweep))
        {
            steps.Add(new StartStep(SweepTimer));
        }

        if (isRestartNeeded)
        {
            if (!facts.MayRestart)
            {
                steps.Add(new AwaitRestartStep(wanted.KubeletUnit));
                steps.Add(arm);
            }

            steps.Add(new RestartStep(wanted.KubeletUnit));
            steps.Add(new JudgeStep(wanted.KubeletUnit, wanted.WatchFor, FlagsAfter(wanted, restores)));
        }

        return [.. steps, new ConfirmStep(), .. restores.Where(IsLate)];
    }

    /// <summary>Whether the kubelet reads the path only at its start.</summary>
    public static bool MustBeRead(PlaceStep place) =>
        place.Role is PathRole.ProviderConfig or PathRole.KubeletUnit && IsFile(place);

    private static KubeletFlags FlagsAfter(WantedState wanted, PlaceStep[] restores) =>
        wanted.IsPresent ? new KubeletFlags(wanted.ConfigPath, wanted.BinDir, AreGone: false)
        : restores.Any(place => place.Role == PathRole.KubeletUnit && IsFile(place))
            ? new KubeletFlags(wanted.ConfigPath, wanted.BinDir, AreGone: true)
        : KubeletFlags.Any;

    private static bool IsChange(PlaceStep place) =>
        place.Before != place.After
        && !(place.Before.Kind == FileStateKind.Directory && place.After.Kind == FileStateKind.Directory);

    private static bool IsFile(PlaceStep place) =>
        place.Before.Kind != FileStateKind.Directory && place.After.Kind != FileStateKind.Directory;

    /// <summary>
    /// The program is removed when no kubelet runs it any more; a directory, when it no longer contains files kept for
    /// an undo.
    /// </summary>
    private static bool IsLate(PlaceStep place) =>
        place.Role == PathRole.Program || (place.Before.Kind == FileStateKind.Directory && place.After.IsAbsent);
}
