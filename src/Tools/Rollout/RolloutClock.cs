// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>The clocks that a change needs; simulations replace them.</summary>
internal sealed record RolloutClock
{
    /// <summary>Wall-clock time, only for display.</summary>
    public required Func<DateTimeOffset> Now { get; init; }

    /// <summary>Monotonic time since an arbitrary point.</summary>
    public required Func<TimeSpan> Elapsed { get; init; }

    public required Func<TimeSpan, Task> Pause { get; init; }
}

/// <summary>Queries a kubelet's health port.</summary>
/// <param name="commandLine">The running kubelet's command line; its flags and configuration set the port.</param>
/// <returns>Null if the port responds ok; otherwise what is wrong, as the rest of a sentence.</returns>
internal delegate Task<string?> KubeletHealth(IReadOnlyList<string> commandLine);
