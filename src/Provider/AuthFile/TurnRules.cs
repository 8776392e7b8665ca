// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.PullRecords;

namespace CrioCredentialProvider.AuthFile;

/// <summary>What a run wants from its turn.</summary>
internal enum TurnPurpose
{
    /// <summary>It has credentials to write.</summary>
    Write,

    /// <summary>It read the namespace's secrets and none of them matches, so no pull may use an earlier
    /// credential.</summary>
    NothingFound,

    /// <summary>It failed, so it does not know which credentials are still valid.</summary>
    Failed,
}

/// <summary>What a run does next about the auth file of its pull.</summary>
internal enum TurnAction
{
    /// <summary>Look again when something changes, or after <see cref="TurnDecision.Longest"/>.</summary>
    Wait,

    /// <summary>There is no file: write one.</summary>
    Write,

    /// <summary>Write over the file.</summary>
    Replace,

    /// <summary>No pull will take the file, and it has the content that this run would write: reuse it, with a new
    /// age.</summary>
    Claim,

    /// <summary>Remove the file.</summary>
    Remove,

    /// <summary>End without changing anything.</summary>
    Leave,
}

/// <summary>Why it is the run's turn.</summary>
internal enum TurnCause
{
    /// <summary>There is no file, or CRI-O has taken it.</summary>
    Free,

    /// <summary>No pull will take the file.</summary>
    Orphaned,

    /// <summary>A pull may still take the file, but the time for waiting has run out.</summary>
    OutOfTime,
}

/// <summary>The next step of a turn.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Cause">Why; meaningless for <see cref="TurnAction.Wait"/>.</param>
/// <param name="Longest">The longest wait before the next look; zero for the other actions.</param>
internal readonly record struct TurnDecision(TurnAction Action, TurnCause Cause, TimeSpan Longest);

/// <summary>The existing auth file of the pull's name.</summary>
/// <param name="Age">Since it was written or claimed.</param>
/// <param name="IsClaimed">Whether a run has claimed it, which proves that it was an orphan.</param>
/// <param name="IsSame">Whether it has the content that this run would write.</param>
/// <param name="IsOwn">Whether it was written for this run's service account, or does not name one.</param>
internal readonly record struct FileInTurn(TimeSpan Age, bool IsClaimed, bool IsSame, bool IsOwn);

/// <summary>The state that a run sees.</summary>
/// <param name="File">The existing file; null if there is none.</param>
/// <param name="Intent">Whether the kubelet is pulling this image.</param>
/// <param name="Watched">
/// How long this run has held the lock. The previous run had answered the kubelet by then.
/// </param>
/// <param name="Waited">How long it has waited, for the lock and for CRI-O together.</param>
/// <param name="RunAge">How old the run is.</param>
internal readonly record struct TurnView(
    FileInTurn? File,
    PullIntent Intent,
    TimeSpan Watched,
    TimeSpan Waited,
    TimeSpan RunAge
);

/// <summary>
/// Decides which pull may use the one auth file of a namespace and image, as a function of what a run sees, without
/// clock or file access. CRI-O gives a file to the first pull that asks (cri-o server/image_pull.go
/// prepareTempAuthFile), so a run waits until CRI-O has taken the previous run's file, unless no pull will take it
/// (docs/explanation/hand-over.md).
/// </summary>
/// <param name="Bound">Without intents: how old a file may get before the run stops waiting for it.</param>
internal sealed record TurnRules(TimeSpan Bound)
{
    /// <summary>
    /// An intent appears 30 to 40 ms after the response, and CRI-O takes the file within half a second on a busy node.
    /// An older file without an intent belongs to no pull.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same for a file that was already claimed once: the pods seem to only check their access to the
    /// image.</summary>
    public TimeSpan ClaimedGrace { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>With intents, the age at which a run stops waiting: the kubelet kills a run after a minute.</summary>
    public TimeSpan LongestRun { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>Without intents, how long a run waits in total.</summary>
    public TimeSpan LongestBlindWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Without intents, the age at which a run stops waiting.</summary>
    public TimeSpan LongestBlindRun { get; init; } = TimeSpan.FromSeconds(55);

    /// <summary>Whether a run waits at all. If not, a run that writes does not take a turn.</summary>
    public bool MayWait { get; init; } = true;

    /// <summary>Decides the next step.</summary>
    /// <param name="purpose">What the run wants.</param>
    /// <param name="view">The state that it sees.</param>
    public TurnDecision Decide(TurnPurpose purpose, in TurnView view)
    {
        if (view.File is not { } file)
        {
            return new(
                purpose == TurnPurpose.Write ? TurnAction.Write : TurnAction.Leave,
                TurnCause.Free,
                TimeSpan.Zero
            );
        }

        var isProven = view.Intent == PullIntent.Absent;
        var untilOrphaned = view.Intent switch
        {
            PullIntent.Present => TimeSpan.MaxValue,
            PullIntent.Unknown => Bound - file.Age,
            _ when file.IsClaimed => ClaimedGrace - Shorter(file.Age, view.Watched),
            _ => Grace - file.Age,
        };
        if (untilOrphaned <= TimeSpan.Zero)
        {
            return Take(purpose, file, isProven, TurnCause.Orphaned);
        }

        if (!MayWait)
        {
            return new(TurnAction.Leave, TurnCause.OutOfTime, TimeSpan.Zero);
        }

        var left = RemainingWait(view.Intent, view.Waited, view.RunAge);
        return left <= TimeSpan.Zero
            ? Take(purpose, file, isProven: false, TurnCause.OutOfTime)
            : new(TurnAction.Wait, TurnCause.Free, Shorter(untilOrphaned, left));
    }

    /// <summary>How much longer a run may wait, for the lock or for CRI-O.</summary>
    /// <param name="intent">Whether the kubelet's intents can be read.</param>
    /// <param name="waited">How long it has waited.</param>
    /// <param name="runAge">How old it is.</param>
    public TimeSpan RemainingWait(PullIntent intent, TimeSpan waited, TimeSpan runAge)
    {
        var left =
            intent == PullIntent.Unknown
                ? Shorter(LongestBlindWait - waited, LongestBlindRun - runAge)
                : LongestRun - runAge;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <param name="purpose">What the run wants.</param>
    /// <param name="file">The existing file.</param>
    /// <param name="isProven">
    /// Whether the kubelet's intents show that no pull will take the file. If not, the file may belong to a pull that
    /// is queued before this run's: a failed run then keeps it, unless it was written for the run's own account.
    /// </param>
    /// <param name="cause">Why it is the run's turn.</param>
    private static TurnDecision Take(TurnPurpose purpose, FileInTurn file, bool isProven, TurnCause cause) =>
        new(
            purpose switch
            {
                TurnPurpose.Write => isProven && file.IsSame ? TurnAction.Claim : TurnAction.Replace,
                TurnPurpose.NothingFound => TurnAction.Remove,
                _ => isProven || file.IsOwn ? TurnAction.Remove : TurnAction.Leave,
            },
            cause,
            TimeSpan.Zero
        );

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
