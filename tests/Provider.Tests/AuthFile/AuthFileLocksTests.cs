// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>Locks and their order, in one process: they belong to open files, not to processes.</summary>
public sealed class AuthFileLocksTests : IDisposable
{
    private const string Name = "f";
    private readonly HandOverWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_lock_keeps_the_same_name_out_and_no_other()
    {
        using var holder = world.Open();
        using var other = world.Open();
        using var third = world.Open();
        Assert.Equal(LockAttempt.Acquired, holder.Locks.TryTake(Name));
        Assert.Equal(LockAttempt.Busy, other.Locks.TryTake(Name));
        Assert.Equal(LockAttempt.Acquired, other.Locks.TryTake("g"));
        Assert.Equal(LockAttempt.Busy, other.Locks.Take(Name, TimeSpan.FromMilliseconds(200)));
        holder.Locks.Release(Name);
        Assert.Equal(LockAttempt.Acquired, third.Locks.Take("h", TimeSpan.Zero));
    }

    [Fact]
    public void A_lock_ends_when_its_holder_closes_it_and_the_next_in_line_has_it()
    {
        using var first = world.Open();
        Assert.Equal(LockAttempt.Acquired, first.Locks.TryTake(Name));
        List<int> order = [];
        var waiting = Enumerable
            .Range(0, 8)
            .Select(i =>
            {
                var thread = new Thread(() =>
                {
                    using var open = world.Open();
                    Assert.Equal(LockAttempt.Acquired, open.Locks.Take(Name, TimeSpan.FromSeconds(20)));
                    lock (order)
                    {
                        order.Add(i);
                    }
                });
                thread.Start();
                Thread.Sleep(100);
                return thread;
            })
            .ToList();
        first.Dispose();
        waiting.ForEach(t => t.Join());
        Assert.Equal(Enumerable.Range(0, 8), order);
    }

    [Fact]
    public void The_locks_are_in_the_run_directory_and_nothing_else_is_in_CRIOs()
    {
        using var open = world.Open();
        Assert.Equal(LockAttempt.Acquired, open.Locks.TryTake(Name));
        Assert.Empty(Directory.GetFileSystemEntries(world.At("auth")));
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(world.At("run")));
        Assert.Equal([world.At("run/hand-over.lock")], Directory.GetFileSystemEntries(world.At("run")));
        Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(world.At("run/hand-over.lock")));
    }

    [Theory]
    [InlineData("no parent")]
    [InlineData("a file")]
    [InlineData("a link")]
    [InlineData("writable by others")]
    public void Where_the_run_directory_cannot_be_used_the_locks_lie_in_CRIOs(string obstacle)
    {
        var path = obstacle == "no parent" ? world.At("no/run") : world.At("run");
        switch (obstacle)
        {
            case "a file":
                File.WriteAllText(path, "");
                break;
            case "a link":
                Directory.CreateDirectory(world.At("elsewhere"));
                Directory.CreateSymbolicLink(path, world.At("elsewhere"));
                break;
            case "writable by others":
                Directory.CreateDirectory(path);
                File.SetUnixFileMode(path, (UnixFileMode)0x1FF);
                break;
        }

        using var open = HandOverDirectory.OpenOrCreate(
            world.Settings() with
            {
                RunDirectory = path,
            },
            world.Notices.Add
        );
        Assert.Equal(LockAttempt.Acquired, open.Locks.TryTake(Name));
        Assert.Equal([world.At("auth/.hand-over.lock")], Directory.GetFileSystemEntries(world.At("auth")));
    }

    [Theory]
    [InlineData("directory")]
    [InlineData("link")]
    public void Where_no_lock_can_be_had_the_turn_comes_without_one(string obstacle)
    {
        Directory.CreateDirectory(world.At("run"), (UnixFileMode)0x1C0);
        if (obstacle == "directory")
        {
            Directory.CreateDirectory(world.At("run/" + AuthFileLocks.FileName));
        }
        else
        {
            File.CreateSymbolicLink(world.At("run/" + AuthFileLocks.FileName), world.At("target"));
        }

        var turn = world.Await(TurnPurpose.Write);
        Assert.Equal((TurnAction.Write, false), (turn.Action, turn.IsLocked));
        Assert.False(File.Exists(world.At("target")));
    }
}
