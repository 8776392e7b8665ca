// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.PullRecords;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>
/// A world of three runs, their three pulls, the kubelet's intents, CRI-O and one auth file, in which every step that
/// could happen next may happen next. The runs decide by the program's own <see cref="TurnRules"/>. Time passes in
/// ticks and only when nobody has to act at once.
/// </summary>
/// <remarks>
/// The kubelet records the intent within one tick of the answer, which is less than the grace of a claimed file: a
/// kubelet that is slower loses pulls, and the page about hand-over says so.
/// </remarks>
internal sealed record TurnModel
{
    private const int Longest = 7;

    /// <summary>From this age on a file is old for every rule.</summary>
    public const byte Oldest = 5;

    /// <summary>The program's rules with small numbers, so that all orders can be tried.</summary>
    public static readonly TurnRules Small = new(Ticks(5))
    {
        Grace = Ticks(3),
        ClaimedGrace = Ticks(2),
        LongestRun = Ticks(Longest),
        LongestBlindWait = Ticks(6),
        LongestBlindRun = Ticks(Longest),
    };

    /// <summary>What happens to the secret at some moment: nothing, another password, or its end.</summary>
    public enum Change
    {
        None,
        Rotated,
        Deleted,
    }

    public enum Phase : byte
    {
        NotStarted,
        Queued,
        HasLock,
        AwaitsIntent,
        Pulling,
        UsesFile,
        Done,
    }

    public enum Fate : byte
    {
        Pull,
        Refused,
        AccessCheck,
    }

    /// <param name="Phase">How far it is.</param>
    /// <param name="Saw">The version of the secret that it listed: 0 for none.</param>
    /// <param name="Age">In ticks.</param>
    /// <param name="Watched">Ticks with the lock.</param>
    /// <param name="Place">In the queue for the lock.</param>
    /// <param name="Fate">What the kubelet does after the answer.</param>
    /// <param name="Wrote">Whether it left a file for its pull.</param>
    public readonly record struct Run(Phase Phase, byte Saw, byte Age, byte Watched, byte Place, Fate Fate, bool Wrote);

    /// <param name="Version">The secret's version in it.</param>
    /// <param name="Age">In ticks, at most 15.</param>
    /// <param name="IsClaimed">As its mark says.</param>
    /// <param name="Owner">The account that it is marked with.</param>
    /// <param name="Barred">The pulls that must not use it, one bit each: a later run no longer saw its
    /// version.</param>
    public readonly record struct OneFile(byte Version, byte Age, bool IsClaimed, byte Owner, byte Barred);

    /// <summary>By what the runs decide.</summary>
    public TurnRules Rules { get; init; } = Small;

    public Run First { get; init; }

    public Run Second { get; init; }

    public Run Third { get; init; }

    /// <summary>Which of the three fail, one bit each.</summary>
    public required byte Failing { get; init; }

    /// <summary>Whether those are of another service account, which may not list secrets. If not, they fail by
    /// chance.</summary>
    public bool FailingAreOthers { get; init; } = true;

    /// <summary>A pull of the image in another namespace: 0 is still to come, 1 goes on, 2 is over.</summary>
    public byte ForeignPull { get; init; } = 2;

    public required Change WhatChanges { get; init; }

    public required bool SeesIntents { get; init; }

    public OneFile? File { get; init; }

    /// <summary>1, and 2 or 0 after the change.</summary>
    public byte Version { get; init; } = 1;

    /// <summary>A run gave up waiting while its file could still be taken: one of the cases that the page
    /// names.</summary>
    public bool GaveUp { get; init; }

    /// <summary>The pull of a run that wrote nothing took a file that was written after its answer: the page names
    /// it.</summary>
    public bool WasStolen { get; init; }

    /// <summary>Nothing of a run matters any more when it is over: fewer worlds differ then.</summary>
    private static Run Finished => new() { Phase = Phase.Done };

    public Run this[int i] =>
        i == 0 ? First
        : i == 1 ? Second
        : Third;

    public bool IsOver => First.Phase == Phase.Done && Second.Phase == Phase.Done && Third.Phase == Phase.Done;

    /// <summary>What the runs see of the kubelet.</summary>
    public PullIntent Intent =>
        !SeesIntents ? PullIntent.Unknown
        : AnyIntent || ForeignPull == 1 ? PullIntent.Present
        : PullIntent.Absent;

    private bool AnyIntent => Enumerable.Range(0, 3).Any(i => this[i].Phase is Phase.Pulling or Phase.UsesFile);

    /// <summary>All worlds that may come next.</summary>
    public IEnumerable<TurnModel> Next()
    {
        if (WhatChanges != Change.None && Version == 1)
        {
            yield return this with
            {
                Version = (byte)(WhatChanges == Change.Rotated ? 2 : 0),
            };
        }

        if (ForeignPull < 2)
        {
            yield return this with
            {
                ForeignPull = (byte)(ForeignPull + 1),
            };
        }

        var mustAct = false;
        for (var i = 0; i < 3; i++)
        {
            foreach (var next in StepsOf(i))
            {
                yield return next;
            }

            mustAct |= this[i].Phase switch
            {
                Phase.HasLock => Decide(i).Action != TurnAction.Wait,
                Phase.Queued => IsFree && IsFirst(i) || RemainingWait(i) == TimeSpan.Zero,
                Phase.AwaitsIntent => this[i].Watched > 0,
                _ => false,
            };
        }

        if (!mustAct && !IsOver)
        {
            yield return Tick();
        }
    }

    private bool IsFree => Enumerable.Range(0, 3).All(i => this[i].Phase != Phase.HasLock);

    private IEnumerable<TurnModel> StepsOf(int i)
    {
        var run = this[i];
        switch (run.Phase)
        {
            case Phase.NotStarted:
                // Listing, and asking for the lock.
                var place = (byte)Enumerable.Range(0, 3).Count(j => this[j].Phase == Phase.Queued);
                yield return With(
                    i,
                    run with
                    {
                        Phase = Phase.Queued,
                        Saw = Cannot(i) ? (byte)0 : Version,
                        Place = place,
                    }
                );
                break;
            case Phase.Queued when IsFree && IsFirst(i):
                yield return Dequeued(i, run with { Phase = Phase.HasLock, Watched = 0 });
                break;
            case Phase.Queued when RemainingWait(i) == TimeSpan.Zero:
                // Out of time in the queue: on without the lock.
                foreach (var next in Dequeued(i, run with { Watched = 0 }).Act(i, Decide(i), gaveUp: true))
                {
                    yield return next;
                }

                break;
            case Phase.HasLock when Decide(i) is { Action: not TurnAction.Wait } decision:
                foreach (var next in Act(i, decision, decision.Cause == TurnCause.OutOfTime))
                {
                    yield return next;
                }

                break;
            case Phase.AwaitsIntent:
                yield return With(
                    i,
                    run.Fate == Fate.AccessCheck ? Finished : run with { Phase = Phase.Pulling, Watched = 0 }
                );
                break;
            case Phase.Pulling when run.Fate == Fate.Refused:
                yield return With(i, Finished);
                break;
            case Phase.Pulling:
                yield return Taken(i, run);
                break;
            case Phase.UsesFile:
                yield return With(i, Finished);
                break;
        }
    }

    private TurnPurpose Purpose(int i, Run run) =>
        Cannot(i) ? TurnPurpose.Failed
        : run.Saw == 0 ? TurnPurpose.NothingFound
        : TurnPurpose.Write;

    private bool Cannot(int i) => (Failing & (1 << i)) != 0;

    private TurnDecision Decide(int i)
    {
        var run = this[i];
        FileInTurn? file = File is { } f
            ? new FileInTurn(Ticks(f.Age), f.IsClaimed, f.Version == run.Saw, f.Owner == OwnerOf(i))
            : null;
        return Rules.Decide(
            Purpose(i, run),
            new TurnView(file, Intent, Ticks(run.Watched), Ticks(run.Age), Ticks(run.Age))
        );
    }

    private TimeSpan RemainingWait(int i) => Rules.RemainingWait(Intent, Ticks(this[i].Age), Ticks(this[i].Age));

    private byte OwnerOf(int i) => (byte)(Cannot(i) && FailingAreOthers ? 1 : 0);

    private bool IsFirst(int i) => this[i].Place == 0;

    /// <summary>The run's step, then its answer, and what the kubelet may make of it.</summary>
    private IEnumerable<TurnModel> Act(int i, TurnDecision decision, bool gaveUp)
    {
        var run = this[i];
        var action =
            decision.Action == TurnAction.Wait
                ? Purpose(i, run) == TurnPurpose.Write
                    ? TurnAction.Replace
                    : TurnAction.Leave
                : decision.Action;
        var wrote = action is TurnAction.Write or TurnAction.Replace or TurnAction.Claim;
        OneFile? file = action switch
        {
            TurnAction.Write or TurnAction.Replace => new OneFile(run.Saw, 0, false, OwnerOf(i), 0),
            TurnAction.Claim => File!.Value with { Age = 0, IsClaimed = true, Owner = OwnerOf(i), Barred = 0 },
            TurnAction.Remove => null,
            _ => File,
        };

        // A file that is still there after the answer of a run that saw another version must not serve any later pull.
        if (!wrote && file is { } left && !gaveUp)
        {
            file = left with
            {
                Barred = (byte)(left.Barred | Enumerable.Range(0, 3).Where(j => !HasBegun(j)).Sum(j => 1 << j)),
            };
        }

        foreach (var fate in Enum.GetValues<Fate>())
        {
            yield return With(
                i,
                run with
                {
                    Phase = Phase.AwaitsIntent,
                    Age = 0,
                    Watched = 0,
                    Fate = fate,
                    Wrote = wrote,
                }
            ) with
            {
                File = file,
                GaveUp = GaveUp || (gaveUp && File is not null),
            };
        }
    }

    private bool HasBegun(int i) => this[i].Phase is Phase.Pulling or Phase.UsesFile or Phase.Done;

    private TurnModel Taken(int i, Run run)
    {
        if (File is not { } file)
        {
            Assert.True(!run.Wrote || GaveUp || WasStolen, $"the pull of run {i} wrote a file and finds none: {this}");
            return With(i, Finished);
        }

        Assert.True((file.Barred & (1 << i)) == 0, $"the pull of run {i} uses what a later run no longer saw: {this}");
        Assert.True(
            !run.Wrote || GaveUp || WasStolen || IsAtLeastAsNew(file.Version, run.Saw),
            $"the pull of run {i} uses an older version than its run listed: {this}"
        );
        return With(i, new Run { Phase = Phase.UsesFile }) with { File = null, WasStolen = WasStolen || !run.Wrote };
    }

    private static bool IsAtLeastAsNew(byte version, byte than) => version == than || version == 2;

    private TurnModel Tick()
    {
        var next = this with
        {
            File = File is { } file ? file with { Age = (byte)Math.Min(file.Age + 1, Oldest) } : null,
        };
        for (var i = 0; i < 3; i++)
        {
            var run = this[i];
            if (run.Phase is Phase.Queued or Phase.HasLock)
            {
                Assert.True(run.Age < Longest, $"run {i} waits beyond its bounds: {this}");
            }

            next = run.Phase switch
            {
                Phase.Queued => next.With(i, run with { Age = (byte)(run.Age + 1) }),
                Phase.HasLock => next.With(
                    i,
                    run with
                    {
                        Age = (byte)(run.Age + 1),
                        Watched = (byte)(run.Watched + 1),
                    }
                ),
                Phase.AwaitsIntent => next.With(i, run with { Watched = 1 }),
                _ => next,
            };
        }

        return next;
    }

    private TurnModel Dequeued(int i, Run run)
    {
        var place = this[i].Place;
        var next = With(i, run with { Place = 0 });
        for (var j = 0; j < 3; j++)
        {
            if (j != i && this[j].Phase == Phase.Queued && this[j].Place > place)
            {
                next = next.With(j, this[j] with { Place = (byte)(this[j].Place - 1) });
            }
        }

        return next;
    }

    private TurnModel With(int i, Run run) =>
        i == 0 ? this with { First = run }
        : i == 1 ? this with { Second = run }
        : this with { Third = run };

    private static TimeSpan Ticks(int ticks) => TimeSpan.FromSeconds(ticks);
}
