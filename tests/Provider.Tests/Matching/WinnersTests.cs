// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.Tests.Matching;

/// <summary>Which credential is kept for each key of the auth file, and what gives way when there is no room.</summary>
public sealed class WinnersTests
{
    [Fact]
    public void They_are_in_the_order_of_looking_and_the_others_come_last()
    {
        var winners = new Winners(registry =>
            registry == "first" ? 0
            : registry == "second" ? 1
            : null
        );
        foreach (var registry in (string[])["other.b", "second", "other.a", "first"])
        {
            Assert.Null(winners.Take(registry, Of(10)));
        }

        Assert.Equal(["first", "second", "other.a", "other.b"], winners.All.Select(winner => winner.Registry));
        Assert.False(winners.HasDropped);
    }

    [Fact]
    public void The_later_secret_wins_and_within_one_secret_the_later_entry()
    {
        var winners = new Winners(_ => 0);
        var (early, late, later) = (Of(1, "a"), Of(2, "b"), Of(3, "b"));
        Assert.Null(winners.Take("r", late));
        Assert.Equal((late, early), winners.Take("r", early));
        Assert.Equal((later, late), winners.Take("r", later));
        Assert.Null(winners.Take("r", later));
        Assert.Same(later, Assert.Single(winners.All).Candidate);
    }

    /// <summary>Many namespaces have copies of one secret: nothing is lost, so there is nothing to report.</summary>
    [Theory]
    [InlineData("b", "a", "b")]
    [InlineData("a", "b", "b")]
    [InlineData("a", "a", "a")]
    public void Equal_credentials_are_no_conflict(string first, string second, string winner)
    {
        var winners = new Winners(_ => 0);
        Assert.Null(winners.Take("r", Of(5, first)));
        Assert.Null(winners.Take("r", Of(5, second)));
        Assert.Equal(winner, Assert.Single(winners.All).Candidate.SecretName);
        var token = new Candidate(Of(5, "c").Credential with { IdentityToken = new Secret("t") }, "c", "r", false);
        Assert.NotNull(winners.Take("r", token));
    }

    /// <summary>Key, base64 and punctuation count: the credential has exactly the size that there is.</summary>
    [Theory]
    [InlineData(16, false)]
    [InlineData(17, true)]
    public void What_fits_to_the_byte_is_kept(int keyLength, bool isDropped)
    {
        var winners = new Winners(_ => 0);
        winners.Take(new string('r', keyLength), Of((Winners.MaximumSize - 16 - 48) / 4 * 3));
        Assert.Equal((isDropped, isDropped ? 0 : 1), (winners.HasDropped, winners.All.Count));
    }

    [Fact]
    public void An_identity_token_takes_room_too()
    {
        var token = new Secret(new string('t', Winners.MaximumSize));
        var winners = new Winners(_ => 0);
        winners.Take("r", new Candidate(new Credential(Bytes(1), Bytes(1), token), "s", "r", false));
        Assert.True(winners.HasDropped);
    }

    [Fact]
    public void Without_room_the_places_that_are_tried_last_give_way_and_their_room_is_free_again()
    {
        const int Third = Winners.MaximumSize / 4; // of base64, about a third of what there is
        var winners = new Winners(registry => registry[0] - 'a');
        foreach (var registry in (string[])["d", "b", "c", "a"])
        {
            winners.Take(registry, Of(Third));
        }

        Assert.True(winners.HasDropped);
        Assert.Equal(["a", "b"], winners.All.Select(winner => winner.Registry));
        winners.Take("b", Of(10, "t"));
        winners.Take("c", Of(Third));
        Assert.Equal(["a", "b", "c"], winners.All.Select(winner => winner.Registry));
    }

    private static Candidate Of(int length, string secret = "s") =>
        new(new Credential(Bytes(0), Bytes(length), null), secret, "key", false);

    private static SecretBytes Bytes(int length) => new(new byte[length]);
}
