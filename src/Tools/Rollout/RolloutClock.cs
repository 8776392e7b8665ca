// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Time as a change needs it; a simulation has its own.</summary>
internal sealed record RolloutClock
{
    /// <summary>Wall-clock time, for people only: nothing is decided by it.</summary>
    public required Func<DateTimeOffset> Now { get; init; }

    /// <summary>Monotonic time since some moment.</summary>
    public required Func<TimeSpan> Elapsed { get; init; }

    public required Func<TimeSpan, Task> Pause { get; init; }
}

/// <summary>Asks a kubelet's health port.</summary>
/// <param name="commandLine">The running kubelet's: its flags and configuration say where the port is.</param>
/// <returns>Null when it answers ok, else what it does instead, in a few words.</returns>
internal delegate Task<string?> KubeletHealth(IReadOnlyList<string> commandLine);
