// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using CrioCredentialProvider.AuthFile;

namespace CrioCredentialProvider.Tests.AuthFile;

public sealed class AuthFileMarkTests : IDisposable
{
    private readonly HandOverWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(0, false, "")]
    [InlineData(123_456_789, true, "ffda72eb-5013-4a4a-93eb-f85ee123cfce")]
    [InlineData(1, false, "a name with blanks")]
    public void A_mark_is_read_as_it_was_written(long milliseconds, bool isClaimed, string owner)
    {
        var mark = new AuthFileMark(TimeSpan.FromMilliseconds(milliseconds), isClaimed, owner);
        Assert.Equal(mark, AuthFileMark.Parse(mark.ToBytes()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("2 1 0 me")]
    [InlineData("1 -1 0 me")]
    [InlineData("1 99999999999999999999 0 me")]
    [InlineData("1 9223372036854775807 0 me")]
    [InlineData("1 1 2 me")]
    public void Anything_else_is_not_a_mark(string text) =>
        Assert.Null(AuthFileMark.Parse(System.Text.Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("me", "me", true)]
    [InlineData("me", "other", false)]
    [InlineData("", "other", true)] // it does not say whose it is
    public void A_file_names_its_owner(string owner, string asked, bool isOf)
    {
        world.Write(owner: owner);
        using var open = world.Open();
        using var file = UntakenFile.Open(open.Auth, open.Marks, HandOverWorld.FileName);
        Assert.Equal(isOf, file!.IsOf(asked));
    }

    [Fact]
    public void A_file_that_is_claimed_is_the_claiming_accounts_from_then_on()
    {
        world.Write(owner: "first", age: TimeSpan.FromMinutes(1));
        using var open = world.Open();
        using (var file = UntakenFile.Open(open.Auth, open.Marks, HandOverWorld.FileName))
        {
            Assert.True(file!.Claim("second", world.Clocks));
        }

        using var claimed = UntakenFile.Open(open.Auth, open.Marks, HandOverWorld.FileName);
        Assert.True(claimed!.IsClaimed && claimed.IsOf("second") && !claimed.IsOf("first"));
        Assert.InRange(claimed.Age(world.Clocks).TotalSeconds, 0, 20);
    }

    [Fact]
    public void A_file_that_CRI_O_took_meanwhile_cannot_be_claimed()
    {
        world.Write();
        using var open = world.Open();
        using var file = UntakenFile.Open(open.Auth, open.Marks, HandOverWorld.FileName);
        File.Move(world.FilePath, world.At("auth/taken"));
        Assert.False(file!.Claim("me", world.Clocks));
        world.Write();
        Assert.False(file.Claim("me", world.Clocks));
    }

    [Fact]
    public void A_mark_beside_a_file_is_believed_only_for_this_file()
    {
        File.WriteAllText(world.FilePath, "");
        using var open = world.Open();
        var inode = open.Auth.Status(HandOverWorld.FileName)!.Value.Inode;
        var beside = world.At($"run/{HandOverWorld.FileName}.mark");
        File.WriteAllText(beside, $"{inode} 1 5000 1 me");
        using (var file = UntakenFile.Open(open.Auth, open.Marks, HandOverWorld.FileName))
        {
            Assert.True(file!.IsClaimed);
        }

        File.WriteAllText(beside, $"{inode + 1} 1 5000 1 me");
        using (var file = UntakenFile.Open(open.Auth, open.Marks, HandOverWorld.FileName))
        {
            Assert.False(file!.IsClaimed);
        }
    }

    /// <summary>The file system has no extended attributes, so each mark is in a file beside.</summary>
    [Theory]
    [InlineData("whole", true)]
    [InlineData("long", true)]
    [InlineData("link", false)]
    [InlineData("directory", false)]
    [InlineData("empty", false)]
    public void Only_a_regular_file_beside_is_a_mark(string kind, bool isRead)
    {
        File.WriteAllText(world.FilePath, "");
        using var open = world.Open();
        var inode = open.Auth.Status(HandOverWorld.FileName)!.Value.Inode;
        var beside = world.At($"run/{HandOverWorld.FileName}.mark");
        var owner = kind == "long" ? new string('o', 490) : "me";
        switch (kind)
        {
            case "link":
                File.WriteAllText(world.At("elsewhere"), $"{inode} 1 5000 1 me");
                File.CreateSymbolicLink(beside, world.At("elsewhere"));
                break;
            case "directory":
                Directory.CreateDirectory(beside);
                break;
            default:
                File.WriteAllText(beside, kind == "empty" ? "" : $"{inode} 1 5000 1 {owner}");
                break;
        }

        using var file = UntakenFile.Open(open.Auth, open.Marks, HandOverWorld.FileName);
        Assert.Equal(isRead, file!.IsClaimed);
        Assert.Equal(isRead, file.IsOf(owner));
        Assert.False(file.IsOf("another"));
    }

    [Fact]
    public void Without_a_run_directory_there_are_only_attributes()
    {
        File.WriteAllText(world.FilePath, "");
        using var open = world.Open();
        var marks = new AuthFileMarks(run: null);
        using var file = UntakenFile.Open(open.Auth, marks, HandOverWorld.FileName);
        Assert.False(file!.IsClaimed);
        marks.RemoveStale(open.Auth);
    }

    [Fact]
    public void Only_marks_without_their_file_are_stale()
    {
        world.Write();
        using var open = world.Open();
        string[] kept = [$"{HandOverWorld.FileName}.mark", "hand-over.lock"];
        foreach (var name in kept.Append("gone.json.mark"))
        {
            File.WriteAllText(world.At($"run/{name}"), "");
        }

        open.Marks.RemoveStale(open.Auth);
        Assert.Equal(
            kept.Order(StringComparer.Ordinal),
            Directory.GetFiles(world.At("run")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("INODE 2 5000 0 me")]
    [InlineData("INODE 1 5000")]
    [InlineData("garbage")]
    [InlineData("")]
    public void A_file_whose_mark_cannot_be_read_has_no_owner_and_keeps_the_mark(string mark)
    {
        File.WriteAllText(world.FilePath, "");
        using var open = world.Open();
        var inode = open.Auth.Status(HandOverWorld.FileName)!.Value.Inode.ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(
            world.At($"run/{HandOverWorld.FileName}.mark"),
            mark.Replace("INODE", inode, StringComparison.Ordinal)
        );
        AssertUnknown(open);
    }

    [Fact]
    public void A_file_with_a_mark_that_is_too_long_has_no_owner()
    {
        world.Write(owner: new string('m', AuthFileMark.LongestText));
        using var open = world.Open();
        AssertUnknown(open);
    }

    /// <summary>A clock that was set back: for a file without a mark, it would get one now.</summary>
    private void AssertUnknown(HandOverDirectory open)
    {
        File.SetLastWriteTimeUtc(world.FilePath, DateTime.UtcNow + TimeSpan.FromHours(1));
        for (var i = 0; i < 2; i++)
        {
            using var file = UntakenFile.Open(open.Auth, open.Marks, HandOverWorld.FileName);
            Assert.False(file!.IsOf("me"));
            Assert.False(file.IsClaimed);
            Assert.False(file.WasNamedBefore(DateTimeOffset.MaxValue, world.Clocks));
            Assert.Equal(TimeSpan.Zero, file.Age(world.Clocks));
        }
    }
}
