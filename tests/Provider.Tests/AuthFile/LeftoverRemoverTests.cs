// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>What is removed in passing, and above all what is not.</summary>
public sealed class LeftoverRemoverTests : IDisposable
{
    private const string Digest = "7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5";
    private const string Name = "default-" + Digest + ".json";
    private const string NameInUse = "default-" + Digest + "-c56a4180-65aa-42ec-a945-5fd21dec0538.json";

    private readonly HandOverWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(Name, 59, false)]
    [InlineData(Name, 61, true)]
    [InlineData("team-a-" + Digest + ".json", 61, true)]
    [InlineData(".auth-0123456789abcdef.tmp", 1, true)]
    [InlineData("default-" + Digest + ".json.bak", 6000, false)]
    [InlineData("Default-" + Digest + ".json", 6000, false)]
    [InlineData("-" + Digest + ".json", 6000, false)]
    [InlineData(Digest + ".json", 6000, false)]
    [InlineData("default-" + Digest + "0.json", 6000, false)]
    [InlineData("default-7E59AD64326BC321517FB6FC6586DE5EE149178394D9EDFA2A877176CDF6FAD5.json", 6000, false)]
    [InlineData("config.json", 6000, false)]
    [InlineData(".auth-0123456789abcdef", 6000, false)]
    [InlineData("in-use/" + NameInUse, 23 * 60, false)]
    [InlineData("in-use/" + NameInUse, (24 * 60) + 1, true)]
    [InlineData("in-use/" + Name, 6000, false)]
    [InlineData("in-use/notes.txt", 6000, false)]
    [InlineData("in-use/deeper/" + NameInUse, 6000, false)]
    [InlineData("elsewhere/" + NameInUse, 6000, false)]
    public void Without_intents_the_sweep_removes_only_what_it_knows_by_name_and_age(
        string name,
        int minutes,
        bool isRemoved
    )
    {
        Put(name, TimeSpan.FromMinutes(minutes));
        Assert.Equal(isRemoved ? [At(name)] : [], Sweep());
        Assert.Equal(!isRemoved, File.Exists(At(name)));
    }

    [Theory]
    [InlineData(null, 59, false)]
    [InlineData(null, 60, true)]
    [InlineData("nginx:1.29", 60, false)] // the kubelet is pulling this image
    [InlineData("nginx:1.29", 3599, false)]
    [InlineData("nginx:1.29", 3601, true)]
    [InlineData("nginx-unprivileged:1", 60, true)] // another image
    public void With_intents_a_file_is_removed_after_a_minute_if_nobody_pulls_its_image(
        string? pulled,
        int seconds,
        bool isRemoved
    )
    {
        world.KeepIntents();
        if (pulled is not null)
        {
            world.AddIntent(pulled);
        }

        Put(Name, TimeSpan.FromSeconds(seconds));
        Assert.Equal(isRemoved ? [At(Name)] : [], Sweep());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_clock_that_jumps_an_hour_removes_no_file_that_is_queued(bool hasAttributes)
    {
        world.KeepIntents();
        world.Write();
        if (!hasAttributes)
        {
            WriteMarkBeside(TimeSpan.Zero);
        }

        world.ClockJump = TimeSpan.FromHours(2);
        Assert.Empty(Sweep());
        world.ClockJump = TimeSpan.FromHours(-2);
        world.Later = TimeSpan.FromSeconds(61);
        Assert.Equal([world.FilePath], Sweep());
        Assert.Empty(Directory.GetFiles(world.At("run"), "*.mark"));
    }

    [Fact]
    public void A_file_of_an_earlier_start_of_the_machine_is_as_old_as_can_be()
    {
        world.KeepIntents();
        world.Write(age: TimeSpan.FromHours(-1));
        Assert.Equal([world.FilePath], Sweep());
    }

    /// <summary>It has no mark, so its first sweep makes one: the file counts from then on.</summary>
    [Fact]
    public void A_file_from_the_future_counts_from_the_first_sweep()
    {
        world.KeepIntents();
        Put(Name, TimeSpan.FromHours(-1));
        Assert.Empty(Sweep());
        world.Later = TimeSpan.FromSeconds(59);
        Assert.Empty(Sweep());
        world.Later = TimeSpan.FromSeconds(61);
        Assert.Equal([At(Name)], Sweep());
    }

    [Fact]
    public void While_somebody_is_about_to_replace_it_a_leftover_stays()
    {
        Put(Name, TimeSpan.FromHours(2));
        using var other = world.Open();
        Assert.Equal(LockAttempt.Acquired, other.Locks.TryTake(Name));
        Assert.Empty(Sweep());
        other.Locks.Release(Name);
        Assert.Equal([At(Name)], Sweep());
    }

    [Fact]
    public void A_link_is_removed_by_its_own_age_and_its_target_stays()
    {
        File.WriteAllText(At("target"), "untouched");
        File.CreateSymbolicLink(At(Name), At("target"));
        world.ClockJump = TimeSpan.FromHours(2);
        Assert.Equal([At(Name)], Sweep());
        Assert.Equal("untouched", File.ReadAllText(At("target")));
    }

    /// <summary>CRI-O does not run here: what cannot be told is kept for a day.</summary>
    [Theory]
    [InlineData(-10, true)] // named before CRI-O started
    [InlineData(10, false)]
    public void A_file_in_use_is_abandoned_if_it_was_taken_before_CRI_O_started(int seconds, bool isBefore)
    {
        Put(Name, TimeSpan.Zero);
        using var open = world.Open();
        using var file = UntakenFile.Open(open.Auth, open.Marks, Name);
        var start = DateTimeOffset.UtcNow.AddSeconds(-seconds);
        Assert.Equal(isBefore, file!.WasNamedBefore(start, world.Clocks));
    }

    [Fact]
    public void If_the_clock_was_set_since_nothing_is_concluded_from_it()
    {
        world.Write();
        world.ClockJump = TimeSpan.FromHours(1);
        using var open = world.Open();
        using var file = UntakenFile.Open(open.Auth, open.Marks, Name);
        Assert.False(file!.WasNamedBefore(world.Clocks.Wall(), world.Clocks));
        Assert.True(LeftoverRules.IsAbandoned(TimeSpan.FromSeconds(60), takenBeforeCrio: true));
        Assert.False(LeftoverRules.IsAbandoned(TimeSpan.FromHours(23), takenBeforeCrio: false));
    }

    [Fact]
    public void A_temporary_file_whose_writer_lives_stays()
    {
        const string Temporary = ".auth-0123456789abcdef.tmp";
        Put(Temporary, TimeSpan.FromMinutes(1));
        using (File.Open(At(Temporary), FileMode.Open, FileAccess.Write, FileShare.None))
        {
            // The framework's exclusive share is the same lock, flock(2), that the writer takes.
            Assert.Empty(Sweep());
        }

        Assert.Equal([At(Temporary)], Sweep());
    }

    [Theory]
    [InlineData(false, 61, true)]
    [InlineData(true, 61, false)]
    [InlineData(false, 1, false)]
    public void The_locks_of_earlier_versions_are_removed_when_nobody_holds_them(
        bool isHeld,
        int seconds,
        bool isRemoved
    )
    {
        Put(".hand-over.lock", TimeSpan.FromSeconds(seconds));
        using var directory = AuthDirectory.OpenIfThere(world.At("auth"))!;
        using var earlier = new AuthFileLocks(directory, run: null);
        if (isHeld)
        {
            Assert.Equal(LockAttempt.Acquired, earlier.TryTake(Name));
        }

        Assert.Equal(isRemoved ? [At(".hand-over.lock")] : [], Sweep());
    }

    [Fact]
    public void In_use_as_a_link_is_not_followed()
    {
        Directory.CreateDirectory(world.At("elsewhere"));
        var file = world.At("elsewhere/" + NameInUse);
        File.WriteAllText(file, "");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-2));
        Directory.CreateSymbolicLink(At("in-use"), world.At("elsewhere"));
        Assert.Empty(Sweep());
        Assert.True(File.Exists(file));
    }

    [Fact]
    public void What_cannot_be_removed_is_reported_and_does_no_harm()
    {
        Directory.CreateDirectory(At(Name));
        Directory.SetLastWriteTimeUtc(At(Name), DateTime.UtcNow.AddHours(-2));
        Assert.Empty(Sweep());
        Assert.Equal(
            $"Unable to remove old auth file \"{At(Name)}\": Is a directory",
            Assert.Single(world.Notices).Message
        );
    }

    [Fact]
    public void The_untaken_files_of_one_namespace_are_counted()
    {
        world.Write("12345");
        File.WriteAllText(At($"default-{Digest.Replace('7', '8')}.json"), "123");
        File.WriteAllText(At($"default-2-{Digest}.json"), "1");
        using var open = world.Open();
        var swept = open.Remover(world.Notices.Add).Sweep(ns: "default");
        Assert.Equal((2, 8ul), (swept.UntakenFiles, swept.UntakenBytes));
        Assert.Equal(1, open.Remover(world.Notices.Add).Sweep(except: Name, ns: "default").UntakenFiles);
    }

    [Fact]
    public void A_sweep_releases_the_lock_of_what_it_removed()
    {
        Put(Name, TimeSpan.FromHours(2));
        using var sweeping = world.Open();
        Assert.Equal([At(Name)], sweeping.Remover(world.Notices.Add).Sweep().Removed);
        using var other = world.Open();
        Assert.Equal(LockAttempt.Acquired, other.Locks.TryTake(Name));
    }

    private IReadOnlyList<string> Sweep() => world.Sweep().Removed;

    private void Put(string name, TimeSpan age)
    {
        // A file of its own that is renamed: as long as it is young it has another name, which no sweep knows.
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        var young = At("young");
        File.WriteAllText(young, "old");
        File.SetLastWriteTimeUtc(young, DateTime.UtcNow - age);
        File.Move(young, At(name), overwrite: true);
    }

    /// <summary>As on a file system without extended attributes.</summary>
    private void WriteMarkBeside(TimeSpan age)
    {
        File.Copy(world.FilePath, At("copy"));
        File.Move(At("copy"), world.FilePath, overwrite: true);
        using var directory = AuthDirectory.OpenIfThere(world.At("auth"))!;
        File.WriteAllText(
            world.At($"run/{Name}.mark"),
            $"{directory.Status(Name)!.Value.Inode} 1 {(long)(world.Clocks.Boot() - age).TotalMilliseconds} 0 me"
        );
    }

    private string At(string name) => world.At("auth/" + name);
}
