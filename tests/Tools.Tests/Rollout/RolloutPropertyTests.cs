// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>
/// From any prefix of any plan, with any one step failing or the program killed, an undo or the next run reaches the
/// old or the new state: every file with its bytes, mode, owner and label, and a kubelet that runs with it.
/// </summary>
[Trait("slow", "yes")]
public sealed class RolloutPropertyTests
{
    [Fact]
    public async Task A_change_that_is_killed_or_fails_anywhere_ends_in_the_old_or_the_new_state()
    {
        Assert.SkipUnless(Libc.Geteuid() == 0, "changing owners needs root");
        var ends = new Dictionary<string, int>();
        foreach (var world in RolloutWorld.Generate())
        {
            var (before, after, count) = await UndisturbedAsync(world);
            Assert.True(count > 5, $"{world}: {count} changes");
            for (var at = 1; at <= count; at++)
            {
                foreach (var (isKill, isUndo) in ((bool, bool)[])[(true, true), (true, false), (false, true)])
                {
                    var end = await DisturbedAsync(world, at, isKill, isUndo, before, after);
                    ends[end] = ends.GetValueOrDefault(end) + 1;
                }
            }
        }

        // Each kind of end was really met.
        Assert.True(ends["old"] > 50 && ends["new"] > 50, string.Join(", ", ends));
    }

    [Fact]
    public async Task An_undo_that_is_killed_anywhere_is_finished_by_the_next_run()
    {
        Assert.SkipUnless(Libc.Geteuid() == 0, "changing owners needs root");
        var world = new RolloutWorld(true, true, false, false, false, true, 0x180, 1234, false, true);
        var (before, _, count) = await UndisturbedAsync(world);
        for (var at = 2; at <= count; at += 3)
        {
            for (var undoAt = 1; ; undoAt++)
            {
                using var node = await world.PrepareAsync();
                var isKilled = await KilledAsync(() => world.ChangeAsync(node), node, at);
                if (!isKilled || node.Store.Load().Phase == Phase.Cleaning)
                {
                    break;
                }

                var isUndoKilled = await KilledAsync(() => node.Engine().UndoAsync(isBoot: false), node, undoAt);
                _ = await node.Engine().UndoAsync(isBoot: false);
                AssertSame(before, node.Snapshot(), $"killed at {at}, undo killed at {undoAt}");
                Assert.True(node.Systemd.IsKubeletHealthy);
                if (!isUndoKilled)
                {
                    break;
                }
            }
        }
    }

    private static async Task<(
        SortedDictionary<string, string> Before,
        SortedDictionary<string, string> After,
        int Changes
    )> UndisturbedAsync(RolloutWorld world)
    {
        using var node = await world.PrepareAsync();
        var before = node.Snapshot();
        List<string> bad = [];
        node.Changing = what =>
        {
            // The order of the steps: a kubelet that dies at this very moment starts again. What somebody has broken
            // stays so until it is repaired.
            if (!world.IsRepair && !node.Systemd.WouldStart)
            {
                bad.Add(what);
            }
        };
        var result = await world.ChangeAsync(node);
        Assert.True(
            result.End == EngineEnd.Confirmed,
            $"{world}: {result.End} {result.Problem} {string.Join("; ", result.Refusals)}"
        );
        Assert.Empty(bad);
        Assert.True(node.Systemd.IsKubeletHealthy);
        Assert.True(node.Systemd.WouldStart);
        Assert.False(world.IsRepair && result.Steps.Any(step => step is RestartStep));
        Assert.Empty(node.Systemd.Timers);
        var count = node.Changes;
        var after = node.Snapshot();
        if (world.IsRepair)
        {
            using var intact = await (world with { Drift = 0 }).PrepareAsync();
            AssertSame(intact.Snapshot(), after, $"{world}: repaired");
        }

        Assert.DoesNotContain(after.Keys, path => path.Contains(".crio-cp-", StringComparison.Ordinal));
        Assert.Equal(EngineEnd.NothingToDo, (await world.ChangeAsync(node)).End);
        AssertSame(after, node.Snapshot(), "the same change again");
        return (before, after, count);
    }

    private static async Task<string> DisturbedAsync(
        RolloutWorld world,
        int at,
        bool isKill,
        bool isUndo,
        SortedDictionary<string, string> before,
        SortedDictionary<string, string> after
    )
    {
        using var node = await world.PrepareAsync();
        var words = $"{world}; {(isKill ? "killed" : "failed")} at {at}, then {(isUndo ? "undo" : "the same again")}";
        var result = EngineEnd.NothingToDo;
        if (isKill)
        {
            Assert.True(await KilledAsync(() => world.ChangeAsync(node), node, at), words);
        }
        else
        {
            node.FailAt = at;
            try
            {
                result = (await world.ChangeAsync(node)).End;
            }
            catch (Exception e) when (e is Diagnostics.ProviderException or RolloutException)
            {
                // It says that it could not finish.
            }

            node.FailAt = 0;
        }

        if (isUndo)
        {
            _ = await node.Engine().UndoAsync(isBoot: false);
        }
        else
        {
            var again = await world.ChangeAsync(node);
            Assert.True(
                again.End is EngineEnd.Confirmed or EngineEnd.NothingToDo,
                $"{words}: {again.End} {again.Problem}"
            );
        }

        var now = node.Snapshot();
        Assert.True(node.Systemd.IsKubeletHealthy, words);
        Assert.Equal(Phase.Idle, node.Store.Load().Phase);
        Assert.Empty(node.Systemd.Timers);
        if (now.SequenceEqual(after))
        {
            return "new";
        }

        Assert.True(isUndo, $"{words}: not the new state");
        AssertSame(before, now, words);
        Assert.NotEqual(EngineEnd.Confirmed, result);
        return "old";
    }

    private static async Task<bool> KilledAsync(Func<Task> run, SimulatedNode node, int at)
    {
        node.KillAt = at;
        try
        {
            await run();
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
        finally
        {
            node.KillAt = 0;
        }
    }

    private static void AssertSame(
        SortedDictionary<string, string> wanted,
        SortedDictionary<string, string> now,
        string words
    )
    {
        var differences = wanted
            .Except(now)
            .Select(pair => $"-{pair}")
            .Concat(now.Except(wanted).Select(pair => $"+{pair}"))
            .ToArray();
        Assert.True(differences.Length == 0, $"{words}\n{string.Join('\n', differences)}");
    }
}
