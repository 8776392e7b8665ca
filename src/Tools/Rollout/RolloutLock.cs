// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Waits for the lock that serializes the processes that change the node.</summary>
internal sealed class RolloutLock(StateFileWriter store, RolloutClock clock, Action<string> report)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <returns>The lock; null if another process holds it for longer than that.</returns>
    /// <exception cref="ProviderException">The state directory cannot be used.</exception>
    public async Task<IDisposable?> TakeAsync(TimeSpan longest)
    {
        var end = clock.Elapsed() + longest;
        var hasReported = false;
        while (true)
        {
            try
            {
                if (store.TryLock() is { } mine)
                {
                    return mine;
                }
            }
            catch (RolloutException e)
            {
                throw new ProviderException(
                    Reasons.RolloutStateUnusable,
                    e.Message,
                    "run it as root, on a writable file system"
                );
            }

            if (clock.Elapsed() >= end)
            {
                return null;
            }

            if (!hasReported)
            {
                report("another change of this node is in progress: waiting until it ends");
                hasReported = true;
            }

            await clock.Pause(Interval);
        }
    }
}
