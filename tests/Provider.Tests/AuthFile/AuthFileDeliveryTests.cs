// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>What a run that writes a file does to the one that is there, and what it says. No row waits: each
/// file is already as old as its bound, or the run has no time left.</summary>
public sealed class AuthFileDeliveryTests : IDisposable
{
    private const string Wrote = "Info Wrote auth file to FILE with 1 number of entries";
    private static readonly AuthFileContent Content = DeliveryWorld.Content;
    private readonly DeliveryWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(10)]
    [InlineData(0)]
    public void A_new_file_is_written_for_the_runs_account(int timeout)
    {
        using (var delivery = world.Delivery(timeout))
        {
            Assert.Equal(world.HandOver.FilePath, delivery.Deliver(Content, TimeSpan.Zero));
        }

        Assert.Equal(timeout == 0 ? [Wrote] : ["Debug Auth file FILE is free after N ms", Wrote], world.Messages);
        Assert.Equal(Content.ToJson(), File.ReadAllBytes(world.HandOver.FilePath));
        using var open = world.HandOver.Open();
        using var file = UntakenFile.Open(open.Auth, open.Marks, HandOverWorld.FileName);
        Assert.True(file!.IsOf("me") && !file.IsOf("other") && !file.IsClaimed);
        Assert.InRange(file.Age(world.HandOver.Clocks).TotalSeconds, 0, 20);
    }

    [Theory]
    // No kubelet's intents: the age decides, and the content does not.
    [InlineData(10, false, 10, 0, true, "Debug Replacing auth file FILE after N ms: CRI-O did not take it in time")]
    [InlineData(3, false, 3, 0, false, "Debug Replacing auth file FILE after N ms: CRI-O did not take it in time")]
    [InlineData(10, false, 0, 55, true, "Info Replacing auth file FILE after N ms: CRI-O has not taken it yet")]
    [InlineData(60, false, 10, 55, true, "Info Replacing auth file FILE after N ms: CRI-O has not taken it yet")]
    // With them, nobody will come for a file of a second.
    [InlineData(10, true, 1, 0, false, "Debug Replacing auth file FILE after N ms: CRI-O did not take it in time")]
    [InlineData(10, true, 0, 55, true, "Info Replacing auth file FILE after N ms: CRI-O has not taken it yet")]
    // Without turns, it is replaced at once and nothing is said about it.
    [InlineData(0, false, 0, 0, true, null)]
    [InlineData(0, true, 60, 0, true, null)]
    public void An_older_file_is_replaced(
        int timeout,
        bool hasIntents,
        int age,
        int elapsed,
        bool isSame,
        string? sentence
    )
    {
        if (hasIntents)
        {
            world.HandOver.KeepIntents();
        }

        world.HandOver.Write(
            isSame ? Encoding.UTF8.GetString(Content.ToJson()) : "old",
            "other",
            TimeSpan.FromSeconds(age)
        );
        using var delivery = world.Delivery(timeout);
        Assert.Equal(world.HandOver.FilePath, delivery.Deliver(Content, TimeSpan.FromSeconds(elapsed)));
        Assert.Equal(sentence is null ? [Wrote] : [sentence, Wrote], world.Messages);
        Assert.Equal(Content.ToJson(), File.ReadAllBytes(world.HandOver.FilePath));
    }

    /// <summary>However old it is: the sweep passes over the run's own file.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7200)]
    public void A_file_with_the_same_credentials_that_no_pull_will_use_is_reused(int age)
    {
        world.HandOver.KeepIntents();
        world.HandOver.Write(Encoding.UTF8.GetString(Content.ToJson()), "other", TimeSpan.FromSeconds(age));
        using var delivery = world.Delivery();
        Assert.Equal(world.HandOver.FilePath, delivery.Deliver(Content, TimeSpan.Zero));
        Assert.Equal(
            ["Info Using auth file FILE again after N ms: CRI-O did not take it, and it contains these credentials"],
            world.Messages
        );
    }

    /// <summary>A sweep must not take the new file for the leftover. A young file is none, and needs no lock.</summary>
    [Theory]
    [InlineData(0, 4, false)]
    [InlineData(0, 6, true)]
    [InlineData(10, 10, true)]
    public void A_run_has_the_lock_of_a_leftover_until_it_ends(int timeout, int age, bool isLocked)
    {
        world.HandOver.Write(age: TimeSpan.FromSeconds(age));
        using var other = world.HandOver.Open();
        using (var delivery = world.Delivery(timeout))
        {
            delivery.Deliver(Content, TimeSpan.Zero);
            Assert.Equal(
                isLocked ? LockAttempt.Busy : LockAttempt.Acquired,
                other.Locks.TryTake(HandOverWorld.FileName)
            );
        }

        Assert.Equal(LockAttempt.Acquired, other.Locks.TryTake(HandOverWorld.FileName));
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused_before_anything_is_made()
    {
        Directory.Delete(world.HandOver.At("auth"));
        using var delivery = world.Delivery();
        var content = DeliveryWorld.ContentOf(new string('x', AuthFileLimits.LargestFile));
        var e = Assert.Throws<ProviderException>(() => delivery.Deliver(content, TimeSpan.Zero));
        Assert.Equal(Reasons.AuthFileTooLarge, e.Reason);
        Assert.False(Directory.Exists(world.HandOver.At("auth")));
    }

    [Theory]
    [InlineData("default", 512, true)]
    [InlineData("default", 511, false)]
    [InlineData("team-a", 512, false)] // another namespace's
    public void A_namespace_with_too_many_untaken_files_is_refused(string ns, int count, bool isRefused)
    {
        for (var i = 0; i < count; i++)
        {
            File.WriteAllText(world.HandOver.At($"auth/{ns}-{i:x64}.json"), "");
        }

        using var delivery = world.Delivery();
        var thrown = Record.Exception(() => delivery.Deliver(Content, TimeSpan.Zero));
        Assert.Equal(isRefused ? Reasons.TooManyUntakenFiles : null, (thrown as ProviderException)?.Reason);
        Assert.Equal(!isRefused, File.Exists(world.HandOver.FilePath));
    }

    [Fact]
    public void Leftovers_of_other_pulls_are_removed_on_the_way()
    {
        world.AddLeftover();
        using var delivery = world.Delivery(timeout: 0);
        delivery.Deliver(Content, TimeSpan.Zero);
        Assert.Equal([DeliveryWorld.RemovedLeftover, Wrote], world.Messages);
        Assert.Equal([world.HandOver.FilePath], Directory.GetFiles(world.HandOver.At("auth")));
    }
}
