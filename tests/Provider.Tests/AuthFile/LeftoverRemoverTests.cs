using System.Diagnostics;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>What is removed in passing, and above all what is not.</summary>
public sealed class LeftoverRemoverTests : IDisposable
{
    private const string Digest = "7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5";
    private const string Name = "default-" + Digest + ".json";
    private const string NameInUse = "default-" + Digest + "-c56a4180-65aa-42ec-a945-5fd21dec0538.json";
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(0, false)]
    [InlineData(9, false)]
    [InlineData(11, true)]
    [InlineData(-9, false)] // written by a clock that is a little ahead
    [InlineData(-3600, true)] // the clock was set back since
    public void The_file_of_one_pull_is_removed_when_it_is_older_than_the_bound(int seconds, bool isRemoved)
    {
        Put(Name, TimeSpan.FromSeconds(seconds));
        Assert.Equal(isRemoved, With((directory, locks) =>
            LeftoverRemover.RemoveIfOlderThan(directory, locks, Name, TimeSpan.FromSeconds(10), Now, Fail)));
        Assert.Equal(!isRemoved, File.Exists(At(Name)));
    }

    [Fact]
    public void A_file_that_is_not_there_is_no_leftover_and_needs_no_lock()
    {
        Assert.False(With((directory, locks) =>
            LeftoverRemover.RemoveIfOlderThan(directory, locks, Name, TimeSpan.FromSeconds(10), Now, Fail)));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void A_link_is_removed_by_its_own_age_and_its_target_stays()
    {
        File.WriteAllText(At("target"), "untouched");
        File.CreateSymbolicLink(At(Name), At("target"));
        Assert.True(With((directory, locks) => LeftoverRemover.RemoveIfOlderThan(
            directory, locks, Name, TimeSpan.FromSeconds(10), DateTimeOffset.UtcNow.AddSeconds(11), Fail)));
        Assert.Equal("untouched", File.ReadAllText(At("target")));
    }

    [Fact]
    public void While_somebody_is_about_to_replace_it_a_leftover_stays()
    {
        Put(Name, TimeSpan.FromHours(2));
        using var directory = AuthDirectory.OpenOrCreate(folder, Fail);
        using var other = new AuthFileLocks(directory);
        Assert.Equal(LockAttempt.Taken, other.TryTake(Name));
        Assert.Empty(Sweep());
        other.Release(Name);
        Assert.Equal([At(Name)], Sweep());
    }

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
    [InlineData(".hand-over.lock", 6000, false)]
    [InlineData("in-use/" + NameInUse, 23 * 60, false)]
    [InlineData("in-use/" + NameInUse, (24 * 60) + 1, true)]
    [InlineData("in-use/" + Name, 6000, false)]
    [InlineData("in-use/notes.txt", 6000, false)]
    [InlineData("in-use/deeper/" + NameInUse, 6000, false)]
    [InlineData("elsewhere/" + NameInUse, 6000, false)]
    public void The_sweep_removes_only_what_it_knows_by_name_and_age(string name, int minutes, bool isRemoved)
    {
        Put(name, TimeSpan.FromMinutes(minutes));
        Assert.Equal(isRemoved ? [At(name)] : [], Sweep());
        Assert.Equal(!isRemoved, File.Exists(At(name)));
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

    [Fact]
    public void In_use_as_a_link_is_not_followed()
    {
        var elsewhere = Directory.CreateTempSubdirectory("crio-cp-").FullName;
        File.WriteAllText(Path.Combine(elsewhere, NameInUse), "");
        File.SetLastWriteTimeUtc(Path.Combine(elsewhere, NameInUse), Now.UtcDateTime.AddDays(-2));
        Directory.CreateSymbolicLink(At("in-use"), elsewhere);
        Assert.Empty(Sweep());
        Assert.True(File.Exists(Path.Combine(elsewhere, NameInUse)));
        Directory.Delete(elsewhere, recursive: true);
    }

    [Fact]
    public void What_cannot_be_removed_is_told_and_spoils_nothing()
    {
        Directory.CreateDirectory(At(Name));
        Directory.SetLastWriteTimeUtc(At(Name), Now.UtcDateTime.AddHours(-2));
        List<Notice> notices = [];
        using var directory = AuthDirectory.OpenOrCreate(folder, Fail);
        using var locks = new AuthFileLocks(directory);
        Assert.Empty(LeftoverRemover.Sweep(directory, locks, Now, notices.Add));
        Assert.Equal($"Unable to remove old auth file \"{At(Name)}\": Is a directory", Assert.Single(notices).Message);
    }

    [Fact]
    public void Hundreds_of_entries_are_all_seen()
    {
        for (var i = 0; i < 700; i++)
        {
            Put($"ns-{i}-{Digest}.json", TimeSpan.FromHours(2));
        }

        Assert.Equal(700, Sweep().Count);
    }

    /// <summary>
    /// Old files are replaced by new ones under the sweep's hands. CRI-O must find each new file as it was written:
    /// a sweep that looked at the old one must not remove the new one.
    /// </summary>
    [Theory]
    [InlineData(10)]
    [InlineData(0)]
    public void A_sweep_never_removes_the_file_that_has_just_replaced_a_leftover(int handOverSeconds)
    {
        var delivery = new AuthFileDelivery(
            folder,
            Name,
            TimeSpan.FromSeconds(handOverSeconds),
            () => DateTimeOffset.UtcNow,
            new RunJournal(_ => { }, "run", Priority.Error, terminal: null),
            Fail);
        var written = System.Text.Encoding.UTF8.GetString(AuthFileContent.Empty.ToJson());
        const int Fewest = 100; // also on a machine that has much else to do
        using var end = new CancellationTokenSource();
        var longEnough = Stopwatch.StartNew();
        var lost = 0;
        var rounds = 0;
        var sweepers = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            while (!end.IsCancellationRequested)
            {
                Sweep();
            }
        })).ToList();
        sweepers.ForEach(t => t.Start());
        try
        {
            while (rounds < Fewest || longEnough.Elapsed < TimeSpan.FromSeconds(3))
            {
                Put(Name, TimeSpan.FromHours(2));
                delivery.Deliver(AuthFileContent.Empty, TimeSpan.Zero);
                Thread.SpinWait(rounds++ % 50 * 100);
                if (!File.Exists(At(Name)) || ReadAsCrio(At(Name)) != written)
                {
                    lost++;
                }
            }
        }
        finally
        {
            end.Cancel();
            sweepers.ForEach(t => t.Join());
        }

        Assert.Equal(0, lost);
    }

    /// <summary>By the system's own call: the framework's readers take a lock for a moment, which CRI-O does not.</summary>
    private static string ReadAsCrio(string path)
    {
        using var file = Libc.Open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
        Assert.True(!file.IsInvalid, "the file is not there");
        var buffer = new byte[64];
        var length = (int)Libc.Read(file, buffer, buffer.Length);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
    }

    private List<string> Sweep() => With((directory, locks) => LeftoverRemover.Sweep(directory, locks, Now, Fail));

    private T With<T>(Func<AuthDirectory, AuthFileLocks, T> action)
    {
        using var directory = AuthDirectory.OpenIfThere(folder)!;
        using var locks = new AuthFileLocks(directory);
        return action(directory, locks);
    }

    private void Put(string name, TimeSpan age)
    {
        // A file of its own that is renamed: as long as it is young it has another name, which no sweep knows.
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        var young = At("young");
        File.WriteAllText(young, "old");
        File.SetLastWriteTimeUtc(young, (Now - age).UtcDateTime);
        File.Move(young, At(name), overwrite: true);
    }

    private string At(string name) => Path.Combine(folder, name);

    private static void Fail(Notice notice) => Assert.Fail(notice.Message);
}
