// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>The timer that removes auth files which CRI-O never picked up, as the packages bring it.</summary>
internal static class SweepUnits
{
    private const string Directory = "/etc/systemd/system/";

    public const string ServicePath = Directory + "crio-credential-provider-sweep.service";
    public const string TimerPath = Directory + Planner.SweepTimer;
    public const string LinkPath = Directory + "timers.target.wants/" + Planner.SweepTimer;

    public static string Service(string program) =>
        $"""
            # Made by crio-credential-provider install; crio-credential-provider uninstall takes it away.
            [Unit]
            Description=Remove CRI-O auth files that no pull picked up
            ConditionPathIsDirectory=/etc/crio/auth

            [Service]
            Type=oneshot
            ExecStart={program} sweep

            """;

    public static string Timer() =>
        """
            # Made by crio-credential-provider install; crio-credential-provider uninstall takes it away.
            [Unit]
            Description=Remove CRI-O auth files that no pull picked up, each minute

            [Timer]
            OnBootSec=1min
            OnUnitActiveSec=1min
            AccuracySec=10s

            [Install]
            WantedBy=timers.target

            """;
}
