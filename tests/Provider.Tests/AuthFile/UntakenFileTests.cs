// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.AuthFile;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>What a run or a sweep learns from a file that CRI-O has not taken.</summary>
public sealed class UntakenFileTests : IDisposable
{
    private readonly HandOverWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData("content", true)]
    [InlineData("conTent", false)]
    [InlineData("conten", false)]
    [InlineData("content2", false)]
    [InlineData("", false)]
    public void The_whole_content_is_compared(string other, bool isSame)
    {
        world.Write("content");
        Assert.Equal(isSame, Open(file => file.Holds(Encoding.UTF8.GetBytes(other))));
    }

    [Fact]
    public void A_link_has_no_content_and_cannot_be_claimed()
    {
        File.WriteAllText(world.At("target"), "content");
        File.CreateSymbolicLink(world.FilePath, world.At("target"));
        Assert.False(Open(file => file.Holds("content"u8)));
        Assert.False(Open(file => file.Claim("me", world.Clocks)));
    }

    [Fact]
    public void A_file_from_the_future_is_new_and_belongs_to_no_account()
    {
        File.WriteAllText(world.FilePath, "content");
        File.SetLastWriteTimeUtc(world.FilePath, DateTime.UtcNow.AddHours(1));
        Assert.Equal(TimeSpan.Zero, Open(file => file.Age(world.Clocks)));
        Assert.InRange(Open(file => file.Age(world.Clocks)).TotalSeconds, 0, 20);
        Assert.False(Open(file => file.IsClaimed));
        Assert.True(Open(file => file.IsOf("me")));
    }

    /// <summary>A mark is in milliseconds, and a run may look within the same one.</summary>
    [Fact]
    public void A_file_that_was_marked_this_moment_is_new()
    {
        var clocks = world.Clocks with { Boot = () => TimeSpan.FromSeconds(100) };
        world.Write();
        Assert.True(Open(file => file.Claim("me", clocks)));
        Assert.Equal(TimeSpan.Zero, Open(file => file.Age(clocks)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)] // within the tolerance
    [InlineData(60, false)] // the times cannot be compared
    [InlineData(-60, false)]
    public void Its_name_has_a_time_unless_the_clock_was_set_since(int jump, bool isBefore)
    {
        world.Write();
        world.ClockJump = TimeSpan.FromSeconds(jump);
        Assert.Equal(isBefore, Open(file => file.WasNamedBefore(DateTimeOffset.UtcNow.AddSeconds(10), world.Clocks)));
        Assert.False(Open(file => file.WasNamedBefore(DateTimeOffset.UtcNow.AddSeconds(-10), world.Clocks)));
    }

    private T Open<T>(Func<UntakenFile, T> read)
    {
        using var open = world.Open();
        using var file = UntakenFile.Open(open.Auth, open.Marks, HandOverWorld.FileName);
        return read(file!);
    }
}
