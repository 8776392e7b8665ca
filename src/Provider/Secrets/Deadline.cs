// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>When communication with the API server must end; based on a monotonic clock.</summary>
internal sealed class Deadline(TimeSpan budget)
{
    private long start = Stopwatch.GetTimestamp();

    /// <summary>Never negative.</summary>
    public TimeSpan Remaining =>
        Stopwatch.GetElapsedTime(start) is var elapsed && elapsed < budget ? budget - elapsed : TimeSpan.Zero;

    public bool IsOver => Remaining == TimeSpan.Zero;

    /// <summary>Starts the whole budget again.</summary>
    public void Restart() => start = Stopwatch.GetTimestamp();
}
