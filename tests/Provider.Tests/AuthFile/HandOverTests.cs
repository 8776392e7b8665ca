// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.AuthFile;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>Turns in one process: what is looked at, what ends a wait, and what is done to the file.</summary>
public sealed class HandOverTests : IDisposable
{
    private static readonly TurnRules Hasty = new(TimeSpan.FromSeconds(1));
    private readonly HandOverWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void Without_a_file_the_turn_is_at_once()
    {
        var turn = world.Await(TurnPurpose.Write);
        Assert.Equal((TurnAction.Write, TurnCause.Free, true), (turn.Action, turn.Cause, turn.IsLocked));
        Assert.InRange(turn.Waited.TotalMilliseconds, 0, 5000);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void The_file_that_is_taken_wakes_at_once(bool isRenamed, bool hasIntent)
    {
        if (hasIntent)
        {
            world.AddIntent("nginx:1");
        }

        world.Write();
        var taken = 0L;
        var taker = new Thread(() =>
        {
            Thread.Sleep(300);
            taken = Stopwatch.GetTimestamp();
            if (isRenamed)
            {
                File.Move(world.FilePath, world.At("auth/in-use"));
            }
            else
            {
                File.Delete(world.FilePath);
            }
        });
        taker.Start();
        var turn = world.Await(TurnPurpose.Write);
        taker.Join();
        Assert.Equal((TurnAction.Write, TurnCause.Free), (turn.Action, turn.Cause));
        Assert.InRange(Stopwatch.GetElapsedTime(taken).TotalMilliseconds, 0, 2000);
    }

    [Fact]
    public void Without_intents_the_file_is_waited_for_until_it_is_as_old_as_the_bound()
    {
        world.Write(age: TimeSpan.FromSeconds(11.5));
        var turn = world.Await(TurnPurpose.Write, rules: new TurnRules(TimeSpan.FromSeconds(12)));
        Assert.Equal((TurnAction.Replace, TurnCause.Orphaned), (turn.Action, turn.Cause));
        Assert.InRange(turn.Waited.TotalMilliseconds, 490, 8000);
    }

    [Fact]
    public void An_orphan_is_waited_for_one_second_and_a_claimed_one_for_a_tenth()
    {
        world.KeepIntents();
        world.Write("new");
        var first = world.Await(TurnPurpose.Write);
        Assert.Equal((TurnAction.Claim, TurnCause.Orphaned), (first.Action, first.Cause));
        Assert.InRange(first.Waited.TotalMilliseconds, 900, 8000);
        var second = world.Await(TurnPurpose.Write);
        Assert.Equal((TurnAction.Claim, TurnCause.Orphaned), (second.Action, second.Cause));
        Assert.InRange(second.Waited.TotalMilliseconds, 95, 900);
        Assert.Equal("new", File.ReadAllText(world.FilePath));
    }

    [Fact]
    public void While_the_kubelet_pulls_the_image_the_file_is_waited_for_however_old_it_is_and_its_end_wakes()
    {
        var intent = world.AddIntent("nginx:1.29");
        world.Write(age: TimeSpan.FromMinutes(5));
        var puller = new Thread(() =>
        {
            Thread.Sleep(1500);
            File.Delete(intent);
        });
        puller.Start();
        var turn = world.Await(TurnPurpose.Write);
        puller.Join();
        Assert.Equal((TurnAction.Replace, TurnCause.Orphaned), (turn.Action, turn.Cause));
        Assert.InRange(turn.Waited.TotalSeconds, 1.4, 8);
    }

    [Theory]
    [InlineData("NothingFound", "me", false)]
    [InlineData("NothingFound", "other", false)]
    [InlineData("Failed", "other", false)]
    [InlineData("Failed", "me", false)]
    [InlineData("Failed", "other", true)]
    public void A_run_that_writes_nothing_removes_files_that_no_pull_will_use(
        string purpose,
        string owner,
        bool isSecondFile
    )
    {
        world.KeepIntents();
        world.Write(owner: owner);
        if (isSecondFile)
        {
            File.WriteAllText(world.At("auth/other.json"), "");
        }

        var turn = world.Await(Enum.Parse<TurnPurpose>(purpose));
        Assert.Equal(TurnAction.Remove, turn.Action);
        Assert.InRange(turn.Waited.TotalMilliseconds, 900, 8000);
        Assert.Equal(isSecondFile ? ["other.json"] : [], Directory.GetFiles(world.At("auth")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("me", false)]
    [InlineData("other", true)]
    public void Without_proof_a_run_that_failed_removes_only_its_own_accounts_file(string owner, bool stays)
    {
        world.Write(owner: owner, age: TimeSpan.FromSeconds(11));
        world.Await(TurnPurpose.Failed);
        Assert.Equal(stays, File.Exists(world.FilePath));
    }

    [Fact]
    public void Without_proof_a_run_that_failed_keeps_a_file_whose_mark_cannot_be_read()
    {
        File.WriteAllText(world.FilePath, "");
        File.SetLastWriteTimeUtc(world.FilePath, DateTime.UtcNow - TimeSpan.FromSeconds(11));
        Directory.CreateDirectory(world.At($"run/{HandOverWorld.FileName}.mark"));
        Assert.Equal(TurnAction.Leave, world.Await(TurnPurpose.Failed).Action);
        Assert.True(File.Exists(world.FilePath));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_longest_wait_ends_the_one_for_the_lock_and_the_one_for_CRI_O(bool isLocked)
    {
        world.AddIntent(HandOverWorld.Image.Text);
        world.Write();
        using var holder = world.Open();
        if (isLocked)
        {
            Assert.Equal(LockAttempt.Acquired, holder.Locks.TryTake(HandOverWorld.FileName));
        }

        var turn = world.Await(TurnPurpose.Write, rules: Hasty with { LongestRun = TimeSpan.FromSeconds(0.5) });
        Assert.Equal((TurnAction.Replace, TurnCause.OutOfTime, !isLocked), (turn.Action, turn.Cause, turn.IsLocked));
        Assert.InRange(turn.Waited.TotalMilliseconds, 400, 3000);
    }

    [Fact]
    public void A_run_that_writes_nothing_and_gets_no_lock_touches_nothing()
    {
        world.KeepIntents();
        world.Write(age: TimeSpan.FromMinutes(1));
        using var holder = world.Open();
        Assert.Equal(LockAttempt.Acquired, holder.Locks.TryTake(HandOverWorld.FileName));
        var turn = world.Await(TurnPurpose.NothingFound, rules: Hasty with { LongestRun = TimeSpan.FromSeconds(0.2) });
        Assert.Equal((TurnAction.Leave, false), (turn.Action, turn.IsLocked));
        Assert.True(File.Exists(world.FilePath));
    }

    [Fact]
    public void Whatever_else_happens_in_the_directory_ends_no_wait()
    {
        world.Write();
        var start = Stopwatch.GetTimestamp();
        using var end = new CancellationTokenSource();
        var noise = new Thread(() =>
        {
            while (!end.IsCancellationRequested)
            {
                File.WriteAllText(world.At("auth/other"), "");
                File.Delete(world.At("auth/other"));
            }
        });
        noise.Start();
        var turn = world.Await(TurnPurpose.Write, rules: Hasty);
        end.Cancel();
        noise.Join();
        Assert.Equal((TurnAction.Replace, TurnCause.Orphaned), (turn.Action, turn.Cause));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 900, 8000);
    }

    /// <summary>A clock that was set back an hour would have a run wait for the file for an hour, or for twice the
    /// bound.</summary>
    [Fact]
    public void A_file_from_the_future_counts_from_now()
    {
        File.WriteAllText(world.FilePath, "old");
        File.SetLastWriteTimeUtc(world.FilePath, DateTime.UtcNow.AddHours(1));
        var turn = world.Await(TurnPurpose.Write, rules: Hasty);
        Assert.Equal((TurnAction.Replace, TurnCause.Orphaned), (turn.Action, turn.Cause));
        Assert.InRange(turn.Waited.TotalMilliseconds, 950, 8000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_clock_that_was_set_changes_no_age(int hours)
    {
        world.ClockJump = TimeSpan.FromHours(hours);
        world.Write();
        Assert.InRange(world.Await(TurnPurpose.Write, rules: Hasty).Waited.TotalMilliseconds, 950, 8000);
    }
}
