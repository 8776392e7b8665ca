// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.PullRecords;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>Each row of the decision, on both sides of each bound. Times are in milliseconds.</summary>
public sealed class TurnRulesTests
{
    private static readonly TurnRules Rules = new(TimeSpan.FromSeconds(10));

    [Theory]
    // Nobody will come: older than the grace, and no intent.
    [InlineData(PullIntentName.Absent, 999, false, false, 0, "Wait 1")]
    [InlineData(PullIntentName.Absent, 1000, false, false, 0, "Replace Orphaned")]
    [InlineData(PullIntentName.Absent, 1000, false, true, 0, "Claim Orphaned")]
    [InlineData(PullIntentName.Absent, 99, true, true, 0, "Wait 1")]
    [InlineData(PullIntentName.Absent, 100, true, true, 0, "Claim Orphaned")]
    [InlineData(PullIntentName.Absent, 100, true, false, 0, "Replace Orphaned")]
    [InlineData(PullIntentName.Absent, 0, false, false, 49_900, "Wait 100")]
    [InlineData(PullIntentName.Absent, 0, false, false, 50_000, "Replace OutOfTime")]
    // Somebody will come, however old the file is.
    [InlineData(PullIntentName.Present, 600_000, false, true, 0, "Wait 50000")]
    [InlineData(PullIntentName.Present, 600_000, true, true, 49_999, "Wait 1")]
    [InlineData(PullIntentName.Present, 600_000, false, true, 50_000, "Replace OutOfTime")]
    // Without intents its age decides, and the content does not.
    [InlineData(PullIntentName.Unknown, 9_999, true, true, 0, "Wait 1")]
    [InlineData(PullIntentName.Unknown, 10_000, false, true, 0, "Replace Orphaned")]
    [InlineData(PullIntentName.Unknown, 0, false, false, 29_999, "Wait 1")]
    [InlineData(PullIntentName.Unknown, 0, false, false, 30_000, "Replace OutOfTime")]
    public void A_run_that_writes(
        PullIntentName intent,
        int age,
        bool isClaimed,
        bool isSame,
        int waited,
        string expected
    ) =>
        Assert.Equal(
            expected,
            Decide(TurnPurpose.Write, new FileInTurn(Ms(age), isClaimed, isSame, IsOwn: false), intent, waited)
        );

    [Theory]
    [InlineData("NothingFound", PullIntentName.Absent, 999, false, 0, "Wait 1")]
    [InlineData("NothingFound", PullIntentName.Absent, 1000, false, 0, "Remove Orphaned")]
    [InlineData("Failed", PullIntentName.Absent, 1000, false, 0, "Remove Orphaned")] // its own pull would take it else
    [InlineData("NothingFound", PullIntentName.Present, 60_000, false, 0, "Wait 50000")]
    [InlineData("NothingFound", PullIntentName.Present, 60_000, false, 50_000, "Remove OutOfTime")]
    [InlineData("Failed", PullIntentName.Present, 60_000, false, 50_000, "Leave OutOfTime")] // it belongs to the pull in front
    [InlineData("Failed", PullIntentName.Present, 60_000, true, 50_000, "Remove OutOfTime")]
    [InlineData("Failed", PullIntentName.Unknown, 10_000, false, 0, "Leave Orphaned")]
    [InlineData("Failed", PullIntentName.Unknown, 10_000, true, 0, "Remove Orphaned")]
    [InlineData("NothingFound", PullIntentName.Unknown, 10_000, false, 0, "Remove Orphaned")]
    public void A_run_that_writes_nothing(
        string purpose,
        PullIntentName intent,
        int age,
        bool isOwn,
        int waited,
        string expected
    ) =>
        Assert.Equal(
            expected,
            Decide(
                Enum.Parse<TurnPurpose>(purpose),
                new FileInTurn(Ms(age), IsClaimed: false, IsSame: false, isOwn),
                intent,
                waited
            )
        );

    [Fact]
    public void Without_a_file_a_run_writes_or_leaves_at_once()
    {
        Assert.Equal("Write Free", Decide(TurnPurpose.Write, null, PullIntentName.Unknown, 0));
        Assert.Equal("Leave Free", Decide(TurnPurpose.Failed, null, PullIntentName.Present, 0));
    }

    /// <summary>The run that claimed the file may have needed long for its answer: only this run's own watching is
    /// sure.</summary>
    [Fact]
    public void A_claimed_file_is_watched_for_the_grace_by_the_run_that_claims_it_next()
    {
        var view = new TurnView(
            new FileInTurn(Ms(5000), IsClaimed: true, IsSame: true, IsOwn: true),
            PullIntent.Absent,
            Ms(40),
            Ms(40),
            Ms(40)
        );
        Assert.Equal(new TurnDecision(TurnAction.Wait, TurnCause.Free, Ms(60)), Rules.Decide(TurnPurpose.Write, view));
    }

    [Theory]
    [InlineData(0, 0, 30)]
    [InlineData(0, 25, 30)]
    [InlineData(0, 40, 15)]
    [InlineData(20, 20, 10)]
    [InlineData(0, 70, 0)]
    public void Without_intents_a_run_waits_half_a_minute_and_is_never_older_than_55_seconds(
        int waited,
        int age,
        int left
    ) =>
        Assert.Equal(
            TimeSpan.FromSeconds(left),
            Rules.RemainingWait(PullIntent.Unknown, TimeSpan.FromSeconds(waited), TimeSpan.FromSeconds(age))
        );

    [Fact]
    public void If_waiting_is_off_a_run_that_writes_nothing_leaves_a_file_that_is_still_young()
    {
        var off = Rules with { MayWait = false };
        var view = new TurnView(
            new FileInTurn(Ms(999), false, false, true),
            PullIntent.Absent,
            default,
            default,
            default
        );
        Assert.Equal(TurnAction.Leave, off.Decide(TurnPurpose.NothingFound, view).Action);
    }

    public enum PullIntentName
    {
        Unknown,
        Absent,
        Present,
    }

    private static string Decide(TurnPurpose purpose, FileInTurn? file, PullIntentName intent, int waited)
    {
        var decision = Rules.Decide(
            purpose,
            new TurnView(file, Enum.Parse<PullIntent>(intent.ToString()), Ms(200_000), Ms(waited), Ms(waited))
        );
        return decision.Action == TurnAction.Wait
            ? $"Wait {decision.Longest.TotalMilliseconds:0}"
            : $"{decision.Action} {decision.Cause}";
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
