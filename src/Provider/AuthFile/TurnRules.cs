// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.PullRecords;

namespace CrioCredentialProvider.AuthFile;

/// <summary>What a run wants from its turn.</summary>
internal enum TurnPurpose
{
    /// <summary>It has credentials to write.</summary>
    Write,

    /// <summary>It saw the namespace's secrets, and none of them fits: nobody may use one that it no longer
    /// saw.</summary>
    NothingFound,

    /// <summary>It failed, so it does not know which credentials are still valid.</summary>
    Failed,
}

/// <summary>What a run does next about the auth file of its pull. Closed: these are all there is.</summary>
internal enum TurnAction
{
    /// <summary>Look again when something changes, or when <see cref="TurnDecision.Longest"/> is over.</summary>
    Wait,

    /// <summary>There is no file: write one.</summary>
    Write,

    /// <summary>Write over the file.</summary>
    Replace,

    /// <summary>Nobody will take the file, and it holds what this run would write: use it, as of now.</summary>
    Claim,

    /// <summary>Remove the file.</summary>
    Remove,

    /// <summary>End without touching anything.</summary>
    Leave,
}

/// <summary>Why the turn came.</summary>
internal enum TurnCause
{
    /// <summary>There is no file, or none any more: CRI-O took it.</summary>
    Free,

    /// <summary>Nobody will take the file.</summary>
    Orphaned,

    /// <summary>The file may still be taken, but the time for waiting is over.</summary>
    OutOfTime,
}

/// <summary>The next step of a turn.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Cause">Why; meaningless for <see cref="TurnAction.Wait"/>.</param>
/// <param name="Longest">How long to wait at most before the next look; zero for the other actions.</param>
internal readonly record struct TurnDecision(TurnAction Action, TurnCause Cause, TimeSpan Longest);

/// <summary>The auth file that a run finds in its place.</summary>
/// <param name="Age">Since it was written, or claimed.</param>
/// <param name="IsClaimed">Whether a run has claimed it: then it is a proven orphan.</param>
/// <param name="IsSame">Whether it holds what this run would write.</param>
/// <param name="IsOwn">Whether it was written for this run's service account, or does not say for which.</param>
internal readonly record struct FileInTurn(TimeSpan Age, bool IsClaimed, bool IsSame, bool IsOwn);

/// <summary>What a run knows when it looks.</summary>
/// <param name="File">The file in its place; null when there is none.</param>
/// <param name="Intent">Whether the kubelet is pulling this image.</param>
/// <param name="Watched">How long this run has had the lock. The run before had answered the kubelet by then.</param>
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
/// Decides who has the one auth file of a namespace and image, as a function of what a run sees: no clock, no file.
/// CRI-O gives a file to the first pull that asks (cri-o server/image_pull.go prepareTempAuthFile), so a run waits
/// until CRI-O has taken the file of the run before, unless nobody will take it (docs/explanation/hand-over.md).
/// </summary>
/// <param name="Bound">Without intents: how old a file may get before the run stops waiting for it.</param>
internal sealed record TurnRules(TimeSpan Bound)
{
    /// <summary>
    /// An intent comes 30 to 40 ms after the answer, and CRI-O takes the file within half a second on a busy node. A
    /// file of this age without an intent belongs to no pull.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same for a file that nobody took once before: the pods seem to only check their access to the
    /// image.</summary>
    public TimeSpan ClaimedGrace { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>With intents, the age at which a run gives up waiting: the kubelet kills it when it is a minute
    /// old.</summary>
    public TimeSpan LongestRun { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>Without intents, how long a run waits in all.</summary>
    public TimeSpan LongestBlindWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Without intents, the age at which a run gives up waiting.</summary>
    public TimeSpan LongestBlindRun { get; init; } = TimeSpan.FromSeconds(55);

    /// <summary>Whether a run waits at all. One that writes does not ask for its turn then.</summary>
    public bool MayWait { get; init; } = true;

    /// <summary>What to do now.</summary>
    /// <param name="purpose">What the run wants.</param>
    /// <param name="view">What it sees.</param>
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

    /// <summary>How long a run may go on waiting, for the lock or for CRI-O.</summary>
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
    /// <param name="file">The file in its place.</param>
    /// <param name="isProven">
    /// Whether the kubelet's intents show that nobody will take the file. If not, it may belong to a pull that is
    /// queued in front of this run's: a run that failed then leaves it to that pull, unless it was its own account's.
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
