// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>What a run that writes nothing does to the file that is there, and what it says. No row waits: each
/// file is already as old as its bound, or the run has no time left.</summary>
public sealed class AuthFileEndTests : IDisposable
{
    private readonly DeliveryWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData("NothingFound", 10, true, 1, "other", 0, "Info Removed auth file FILE of an earlier pull")]
    [InlineData("NothingFound", 10, false, 10, "other", 0, "Info Removed auth file FILE of an earlier pull")]
    [InlineData("Failed", 10, true, 1, "other", 0, "Info Removed auth file FILE of an earlier pull")]
    [InlineData("Failed", 10, false, 10, "me", 0, "Info Removed auth file FILE of an earlier pull")]
    [InlineData(
        "Failed",
        10,
        false,
        10,
        "other",
        0,
        "Info Leaving auth file FILE after N ms: it may belong to another pull"
    )]
    [InlineData(
        "Failed",
        10,
        true,
        0,
        "other",
        55,
        "Info Leaving auth file FILE after N ms: it may belong to another pull"
    )]
    // Without turns, the default bound still tells a leftover from another pod's file.
    [InlineData("NothingFound", 0, false, 10, "other", 0, "Info Removed auth file FILE of an earlier pull")]
    [InlineData(
        "NothingFound",
        0,
        false,
        8,
        "other",
        0,
        "Info Leaving auth file FILE after N ms: it may belong to another pull"
    )]
    public void A_run_that_writes_nothing_removes_the_file_or_leaves_it(
        string purpose,
        int timeout,
        bool hasIntents,
        int age,
        string owner,
        int elapsed,
        string sentence
    )
    {
        if (hasIntents)
        {
            world.HandOver.KeepIntents();
        }

        world.AddLeftover();
        world.HandOver.Write("old", owner, TimeSpan.FromSeconds(age));
        using var delivery = world.Delivery(timeout);
        delivery.EndWithoutFile(Enum.Parse<TurnPurpose>(purpose), TimeSpan.FromSeconds(elapsed));
        Assert.Equal([sentence, DeliveryWorld.RemovedLeftover], world.Messages);
        Assert.Equal(sentence.Contains("Leaving", StringComparison.Ordinal), File.Exists(world.HandOver.FilePath));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_that_writes_nothing_and_finds_nothing_says_nothing(bool isThere)
    {
        if (!isThere)
        {
            Directory.Delete(world.HandOver.At("auth"));
        }

        using var delivery = world.Delivery();
        delivery.EndWithoutFile(TurnPurpose.NothingFound, TimeSpan.Zero);
        Assert.Empty(world.Messages);
        Assert.Equal(isThere, Directory.Exists(world.HandOver.At("auth")));
    }

    [Fact]
    public void What_a_run_that_writes_nothing_cannot_look_at_is_a_warning()
    {
        Directory.Delete(world.HandOver.At("auth"));
        File.CreateSymbolicLink(world.HandOver.At("auth"), world.HandOver.At("elsewhere"));
        using var delivery = world.Delivery();
        delivery.EndWithoutFile(TurnPurpose.NothingFound, TimeSpan.Zero);
        var notice = Assert.Single(world.Journal.Notices);
        Assert.Equal(Reasons.AuthDirectoryUnusable, notice.Reason);
        Assert.StartsWith(
            $"auth directory \"{world.HandOver.At("auth")}\" cannot be used: it is a symbolic link; make it a ",
            notice.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Intents_that_cannot_be_read_are_a_warning_and_the_age_decides(bool isWriting)
    {
        var intent = world.HandOver.AddIntent("nginx:1", version: "v9");
        world.HandOver.Write(age: TimeSpan.FromSeconds(10));
        using var delivery = world.Delivery();
        if (isWriting)
        {
            delivery.Deliver(DeliveryWorld.Content, TimeSpan.Zero);
        }
        else
        {
            delivery.EndWithoutFile(TurnPurpose.NothingFound, TimeSpan.Zero);
        }

        var problem = $"\"{intent}\" is not an ImagePullIntent of a known version";
        Assert.Equal([AuthFileDelivery.IntentsUnused(problem)], world.Journal.Notices);
    }

    [Fact]
    public void The_warning_about_intents_is_one_line() =>
        Assert.Equal(
            new Notice(
                Reasons.PullRecordsUnusable,
                $"The kubelet's pull intents are not used, and the age of auth files decides: {OneLine.Of("a\nb")}"
            ),
            AuthFileDelivery.IntentsUnused("a\nb")
        );
}
