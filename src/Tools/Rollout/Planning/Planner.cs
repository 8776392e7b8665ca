// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// From the wanted state and the facts of a node to the steps between them. Pure. The order keeps a kubelet alive that
/// starts again at any moment: the program comes before the config that names it, that before the flags that name it,
/// and they go the other way round, with a reload of systemd between flags and config.
/// </summary>
internal static class Planner
{
    public const string SweepTimer = "crio-credential-provider-sweep.timer";

    /// <param name="wanted">How long to watch, which units; not what is to be where.</param>
    /// <param name="paths">Directories before what is in them.</param>
    /// <param name="facts">Of the node.</param>
    /// <returns>The steps; none when the node is as it should be.</returns>
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

    /// <summary>Whether the kubelet reads the path at its start only.</summary>
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

    /// <summary>The program goes when no kubelet runs it; a directory, when nothing that is kept for an undo is in
    /// it.</summary>
    private static bool IsLate(PlaceStep place) =>
        place.Role == PathRole.Program || (place.Before.Kind == FileStateKind.Directory && place.After.IsAbsent);
}
