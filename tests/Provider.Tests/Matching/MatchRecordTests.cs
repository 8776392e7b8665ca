// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.Matching;

/// <summary>What is told of the matching is bounded, and misses are kept only for those who ask for them.</summary>
public sealed class MatchRecordTests
{
    private static readonly PullSource Source = new(PullSourceKind.Mirror, "m.io", RepositoryName.OfLocation("m.io/a"));

    [Fact]
    public void There_are_at_most_fifty_notices_and_one_that_says_so()
    {
        var record = new MatchRecord(keepMisses: false);
        for (var i = 0; i < 50; i++)
        {
            record.Notice(Reasons.EntrySkipped, $"{i}");
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), record.Notices.Select(notice => notice.Message));
        record.Notice(Reasons.EntrySkipped, "one more");
        record.Notice(Reasons.EntrySkipped, "and another");
        record.NoticeOfRun(Reasons.EntrySkipped, "of all");
        Assert.Equal(
            ["49", "Further warnings about the namespace's secrets are left out: there are more than 50", "of all"],
            record.Notices.Skip(49).Select(notice => notice.Message)
        );
    }

    [Theory]
    [InlineData(false, "b: fits fits2")]
    [InlineData(true, "a: misses; b: fits misses fits2; c:")]
    public void Misses_and_secrets_without_a_hit_are_kept_for_people_only(bool keepMisses, string expected)
    {
        var record = new MatchRecord(keepMisses);
        record.Add("b", [Fit("fits", 1), Fit("misses", 0), Fit("fits2", 1)]);
        record.Add("c", []);
        record.Add("a", [Fit("misses", 0)]);
        Assert.Equal(
            expected,
            string.Join(
                "; ",
                record.Decisions.Select(decision =>
                    $"{decision.SecretName}: {string.Join(' ', decision.Keys.Select(key => key.Key))}".TrimEnd()
                )
            )
        );
    }

    [Theory]
    [InlineData(MatchRecord.MaximumFits - 1, true)]
    [InlineData(MatchRecord.MaximumFits, false)]
    public void Beyond_ten_thousand_fits_nothing_is_kept(int fits, bool hasRoom)
    {
        var record = new MatchRecord(keepMisses: true);
        record.Add("s", [Fit("many", fits)]);
        Assert.Equal(hasRoom, record.HasRoom);
        record.Add("t", [Fit("miss", 0), Fit("one more", 1)]);
        Assert.Equal(hasRoom ? ["miss"] : [], record.Decisions[1].Keys.Select(key => key.Key));
    }

    private static KeyDecision Fit(string key, int count) =>
        new(key, key, [.. Enumerable.Repeat(new FittingSource(Source, "m.io"), count)]);
}
