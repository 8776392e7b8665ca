using System.Diagnostics;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>Turns, locks and their order, in one process: the locks belong to open files, not to processes.</summary>
public sealed class HandOverTests : IDisposable
{
    private const string Name = "f";
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Without_a_file_the_turn_is_at_once()
    {
        using var directory = Open();
        using var locks = new AuthFileLocks(directory);
        var turn = Await(directory, locks, TimeSpan.FromSeconds(10));
        Assert.Equal((HandOverEnd.Free, true), (turn.End, turn.IsLocked));
        Assert.InRange(turn.Waited.TotalMilliseconds, 0, 5000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_file_that_is_taken_wakes_at_once(bool isRenamed)
    {
        using var directory = Open();
        using var locks = new AuthFileLocks(directory);
        File.WriteAllText(At(Name), "");
        var taken = 0L;
        var taker = new Thread(() =>
        {
            Thread.Sleep(300);
            taken = Stopwatch.GetTimestamp();
            if (isRenamed)
            {
                File.Move(At(Name), At("in-use"));
            }
            else
            {
                File.Delete(At(Name));
            }
        });
        taker.Start();
        var turn = Await(directory, locks, TimeSpan.FromSeconds(10));
        taker.Join();
        Assert.Equal(HandOverEnd.Free, turn.End);
        Assert.InRange(Stopwatch.GetElapsedTime(taken).TotalMilliseconds, 0, 2000);
    }

    [Fact]
    public void A_file_that_nobody_takes_is_waited_for_until_it_is_as_old_as_the_bound()
    {
        using var directory = Open();
        using var locks = new AuthFileLocks(directory);
        File.WriteAllText(At(Name), "");
        var start = Stopwatch.GetTimestamp();
        File.SetLastWriteTimeUtc(At(Name), DateTime.UtcNow.AddSeconds(-11.5));
        var turn = Await(directory, locks, TimeSpan.FromSeconds(12));
        Assert.Equal(HandOverEnd.Leftover, turn.End);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 490, 8000);
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(20, 30)]
    [InlineData(25, 30)]
    [InlineData(40, 15)]
    [InlineData(55, 0)]
    [InlineData(70, 0)]
    public void A_run_that_was_long_with_the_API_server_waits_no_longer_than_the_kubelet_does(int elapsed, int longest) =>
        Assert.Equal(TimeSpan.FromSeconds(longest), HandOver.LongestAfter(TimeSpan.FromSeconds(elapsed)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_longest_wait_ends_the_one_for_the_lock_and_the_one_for_CRI_O(bool isLocked)
    {
        using var directory = Open();
        using var holder = new AuthFileLocks(directory);
        using var locks = new AuthFileLocks(directory);
        File.WriteAllText(At(Name), "");
        if (isLocked)
        {
            Assert.Equal(LockAttempt.Taken, holder.TryTake(Name));
        }

        var turn = Await(directory, locks, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(0.5));
        Assert.Equal((HandOverEnd.OutOfTime, !isLocked), (turn.End, turn.IsLocked));
        Assert.InRange(turn.Waited.TotalMilliseconds, 400, 3000);
    }

    [Fact]
    public void Whatever_else_happens_in_the_directory_ends_no_wait()
    {
        using var directory = Open();
        using var locks = new AuthFileLocks(directory);
        var start = Stopwatch.GetTimestamp();
        File.WriteAllText(At(Name), "");
        using var end = new CancellationTokenSource();
        var noise = new Thread(() =>
        {
            while (!end.IsCancellationRequested)
            {
                File.WriteAllText(At("other"), "");
                File.Delete(At("other"));
            }
        });
        noise.Start();
        var turn = Await(directory, locks, TimeSpan.FromSeconds(1));
        end.Cancel();
        noise.Join();
        Assert.Equal(HandOverEnd.Leftover, turn.End);

        // From before the file was written: on a busy machine the wait itself begins later. The kernel dates a file by a
        // clock that ticks every few milliseconds.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 980, 8000);
    }

    [Fact]
    public void A_lock_keeps_the_same_name_out_and_no_other()
    {
        using var directory = Open();
        using var holder = new AuthFileLocks(directory);
        using var other = new AuthFileLocks(directory);
        Assert.Equal(LockAttempt.Taken, holder.TryTake(Name));
        Assert.Equal(LockAttempt.Busy, other.TryTake(Name));
        Assert.Equal(LockAttempt.Taken, other.TryTake("g"));
        Assert.Equal(LockAttempt.Busy, other.Take(Name, TimeSpan.FromMilliseconds(200)));
        holder.Release(Name);
        Assert.Equal(LockAttempt.Taken, new AuthFileLocks(directory).Take("h", TimeSpan.Zero));
    }

    [Fact]
    public void A_lock_ends_when_its_holder_closes_it_and_the_next_in_line_has_it()
    {
        using var directory = Open();
        using var first = new AuthFileLocks(directory);
        Assert.Equal(LockAttempt.Taken, first.TryTake(Name));
        List<int> order = [];
        var waiting = Enumerable.Range(0, 8).Select(i =>
        {
            var thread = new Thread(() =>
            {
                using var locks = new AuthFileLocks(directory);
                Assert.Equal(LockAttempt.Taken, locks.Take(Name, TimeSpan.FromSeconds(20)));
                lock (order)
                {
                    order.Add(i);
                }
            });
            thread.Start();
            Thread.Sleep(100);
            return thread;
        }).ToList();
        first.Dispose();
        waiting.ForEach(t => t.Join());
        Assert.Equal(Enumerable.Range(0, 8), order);
    }

    [Theory]
    [InlineData("directory")]
    [InlineData("link")]
    public void Where_no_lock_can_be_had_the_turn_comes_without_one(string obstacle)
    {
        if (obstacle == "directory")
        {
            Directory.CreateDirectory(At(AuthFileLocks.FileName));
        }
        else
        {
            File.CreateSymbolicLink(At(AuthFileLocks.FileName), At("target"));
        }

        using var directory = Open();
        using var locks = new AuthFileLocks(directory);
        var turn = Await(directory, locks, TimeSpan.FromSeconds(10));
        Assert.Equal((HandOverEnd.Free, false), (turn.End, turn.IsLocked));
        Assert.False(File.Exists(At("target")));
    }

    private AuthDirectory Open() => AuthDirectory.OpenOrCreate(folder, notice => Assert.Fail(notice.Message));

    private string At(string name) => Path.Combine(folder, name);

    private static HandOverTurn Await(AuthDirectory directory, AuthFileLocks locks, TimeSpan bound, TimeSpan? longest = null) =>
        HandOver.Await(directory, locks, Name, bound, longest ?? HandOver.Longest, () => DateTimeOffset.UtcNow);
}
