// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// The timer that removes auth files that CRI-O never picked up. The unit files come from <c>packaging/</c> and are
/// embedded in the program.
/// </summary>
internal static class SweepUnits
{
    private const string Directory = "/etc/systemd/system/";
    private const string ServiceName = "crio-credential-provider-sweep.service";
    private const string PackagedProgram = OwnProvider.UsualBinDir + "/crio-credential-provider";

    private const string Head =
        "# Made by crio-credential-provider install; crio-credential-provider uninstall removes it.\n";

    public const string ServicePath = Directory + ServiceName;
    public const string TimerPath = Directory + Planner.SweepTimer;
    public const string LinkPath = Directory + "timers.target.wants/" + Planner.SweepTimer;

    /// <param name="program">The program's path on the node.</param>
    public static string Service(string program) =>
        Head
        + Packaged(ServiceName)
            .Replace($"ExecStart={PackagedProgram} ", $"ExecStart={program} ", StringComparison.Ordinal);

    public static string Timer() => Head + Packaged(Planner.SweepTimer);

    private static string Packaged(string name)
    {
        using var stream = typeof(SweepUnits).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not part of the program");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
