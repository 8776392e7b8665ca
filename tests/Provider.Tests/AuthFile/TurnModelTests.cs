// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.PullRecords;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>
/// Tries all orders in which three runs and three pulls of one image can happen, with back-off, limiter and pods that
/// only check their access, and with a secret that changes at any moment. <see cref="TurnModel"/> has what must hold:
/// a pull whose run wrote a file finds one that is no older than what its run listed, no run waits beyond its bounds,
/// and no pull that begins after a run's answer uses a file from before it that this run no longer saw.
/// </summary>
public sealed class TurnModelTests
{
    public static TheoryData<string, int, int, bool> Worlds
    {
        get
        {
            TheoryData<string, int, int, bool> worlds = [];
            foreach (var change in Enum.GetNames<TurnModel.Change>())
            {
                foreach (var failing in new[] { 0b000, 0b001, 0b011 })
                {
                    foreach (var orphan in new[] { 0, 1, 2 })
                    {
                        worlds.Add(change, failing, orphan, true);
                    }

                    if (failing > 0)
                    {
                        worlds.Add(change, failing, 1, false);
                    }
                }
            }

            return worlds;
        }
    }

    [Theory]
    [MemberData(nameof(Worlds))]
    public void In_no_order_of_events_a_pull_loses_its_file_or_uses_what_a_later_run_no_longer_saw(
        string change,
        int failing,
        int orphan,
        bool areOthers
    )
    {
        var (worlds, ends) = Explore(Start(change, failing, orphan) with { FailingAreOthers = areOthers });
        Assert.True(ends >= 5, $"only {ends} ends of {worlds} worlds were reached");
    }

    [Theory]
    [InlineData("Rotated", 0b000)]
    [InlineData("Deleted", 0b001)]
    public void A_pull_of_the_image_in_another_namespace_costs_a_wait_and_nothing_else(string change, int failing) =>
        Explore(Start(change, failing, orphan: 1) with { ForeignPull = 0 });

    /// <summary>The model can fail: each of these rules would lose a pull.</summary>
    [Fact]
    public void The_model_finds_what_is_wrong_with_other_rules()
    {
        var orphaned = Start("None", 0, orphan: 2);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
            Explore(orphaned with { Rules = TurnModel.Small with { ClaimedGrace = TimeSpan.FromSeconds(0.5) } })
        );
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
            Explore(
                Start("None", 0, orphan: 0) with
                {
                    Rules = TurnModel.Small with { Grace = TimeSpan.FromSeconds(0.5) },
                }
            )
        );

        // As before there were intents: a file that is queued for longer than the bound is replaced.
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
            Explore(Start("None", 0, orphan: 0) with { SeesIntents = false })
        );
    }

    private static TurnModel Start(string change, int failing, int orphan) =>
        new()
        {
            Failing = (byte)failing,
            WhatChanges = Enum.Parse<TurnModel.Change>(change),
            SeesIntents = true,
            File = orphan == 0 ? null : new TurnModel.OneFile(1, TurnModel.Oldest, orphan == 2, 0, 0),
        };

    private static (int Worlds, int Ends) Explore(TurnModel start)
    {
        var ends = 0;
        HashSet<TurnModel> seen = [start];
        Stack<TurnModel> open = new([start]);
        while (open.TryPop(out var world))
        {
            if (world.IsOver)
            {
                // After quiet time, a sweep removes whatever is left.
                Assert.True(LeftoverRules.IsOrphan(TimeSpan.FromSeconds(60), PullIntent.Absent));
                ends++;
            }

            foreach (var next in world.Next())
            {
                if (seen.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return (seen.Count, ends);
    }
}
