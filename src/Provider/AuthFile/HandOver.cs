// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.PullRecords;

namespace CrioCredentialProvider.AuthFile;

/// <summary>How a turn ended.</summary>
/// <param name="Action">The decision; a claim or removal has already been carried out.</param>
/// <param name="Cause">Why it was this run's turn.</param>
/// <param name="Waited">How long the run waited, for the lock and for CRI-O together.</param>
/// <param name="WaitedForFile">
/// The part of it that was spent waiting for the file that existed when the run got the lock.
/// </param>
/// <param name="IsLocked">False if no lock was available, so that another run may write at the same time.</param>
internal readonly record struct HandOverTurn(
    TurnAction Action,
    TurnCause Cause,
    TimeSpan Waited,
    TimeSpan WaitedForFile,
    bool IsLocked
);

/// <summary>The pull that takes its turn.</summary>
/// <param name="FileName">The name of the auth file.</param>
/// <param name="Image">The image of the pull.</param>
/// <param name="Owner">The service account, as in the marks of its files.</param>
internal sealed record TurnOwner(string FileName, RepositoryName Image, string Owner);

/// <summary>
/// Lets the pulls of one namespace and image take turns with their single file. <see cref="TurnRules"/> decides; this
/// class looks, waits and acts.
/// </summary>
/// <param name="directory">CRI-O's directory.</param>
/// <param name="locks">The locks of this directory. The lock is held until they are closed, when the run ends.</param>
/// <param name="marks">The marks of its files.</param>
/// <param name="intents">The kubelet's intents; opened only if there is something to wait for.</param>
/// <param name="clocks">Wall clock and boot clock.</param>
internal sealed class HandOver(
    AuthDirectory directory,
    AuthFileLocks locks,
    AuthFileMarks marks,
    Lazy<PullIntentReader> intents,
    Clocks clocks
)
{
    /// <summary>Returns when it is this run's turn, or when it stops waiting.</summary>
    /// <param name="purpose">What the run wants.</param>
    /// <param name="owner">The pull that takes its turn.</param>
    /// <param name="content">The content that it would write; empty if it writes nothing.</param>
    /// <param name="rules">Limits and decisions.</param>
    /// <param name="runAge">The age of the run at the call.</param>
    /// <exception cref="Diagnostics.ProviderException">The file cannot be read or removed.</exception>
    public HandOverTurn Await(
        TurnPurpose purpose,
        TurnOwner owner,
        ReadOnlySpan<byte> content,
        TurnRules rules,
        TimeSpan runAge
    )
    {
        var start = Stopwatch.GetTimestamp();
        var attempt = locks.TryTake(owner.FileName);
        if (attempt == LockAttempt.Busy && rules.MayWait)
        {
            var known = intents.Value.DirectoryPath is null ? PullIntent.Unknown : PullIntent.Absent;
            attempt = locks.Take(owner.FileName, rules.RemainingWait(known, TimeSpan.Zero, runAge));
        }

        var locked = Stopwatch.GetTimestamp();
        var turn =
            attempt == LockAttempt.Busy
                ? new(
                    purpose == TurnPurpose.Write ? TurnAction.Replace : TurnAction.Leave,
                    TurnCause.OutOfTime,
                    TimeSpan.Zero
                )
                : AwaitPickup(purpose, owner, content, rules, runAge, start, locked);
        return new HandOverTurn(
            turn.Action,
            turn.Cause,
            Stopwatch.GetElapsedTime(start),
            Stopwatch.GetElapsedTime(locked),
            attempt == LockAttempt.Acquired
        );
    }

    private TurnDecision AwaitPickup(
        TurnPurpose purpose,
        TurnOwner owner,
        ReadOnlySpan<byte> content,
        TurnRules rules,
        TimeSpan runAge,
        long start,
        long locked
    )
    {
        HandOverWatch? watch = null;
        try
        {
            while (true)
            {
                using var file = UntakenFile.Open(directory, marks, owner.FileName);
                var waited = Stopwatch.GetElapsedTime(start);
                var decision = rules.Decide(
                    purpose,
                    new TurnView(
                        file is null
                            ? null
                            : new FileInTurn(
                                file.Age(clocks),
                                file.IsClaimed,
                                file.Holds(content),
                                file.IsOf(owner.Owner)
                            ),
                        file is null ? PullIntent.Unknown : intents.Value.Of(owner.Image),
                        Stopwatch.GetElapsedTime(locked),
                        waited,
                        runAge + waited
                    )
                );
                switch (decision.Action)
                {
                    case TurnAction.Wait:
                        watch ??= new HandOverWatch(directory.Path, intents.Value.DirectoryPath);
                        if (!watch.Open())
                        {
                            watch.Wait(decision.Longest);
                        }

                        break;
                    case TurnAction.Claim when !file!.Claim(owner.Owner, clocks):
                        // CRI-O has just taken it.
                        break;
                    case TurnAction.Remove:
                        directory.Remove(owner.FileName);
                        return decision;
                    default:
                        return decision;
                }
            }
        }
        finally
        {
            watch?.Dispose();
        }
    }
}
