// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Tests.Properties.Models;
using CsCheck;

namespace CrioCredentialProvider.Tests.Properties;

public sealed class HostGlobProperties
{
    private static readonly Gen<string> Piece = Gen.OneOf(
        "*",
        "**",
        "?",
        "[ab]",
        "[a-b]",
        "[^a]",
        "[^-]",
        "[a-]",
        "[]a]",
        "[^]",
        "[",
        "]",
        "\\",
        "\\a",
        "[\\a]",
        "[\\]]",
        "[b-a]",
        "[a-b5]",
        "[a]:5",
        "a",
        "b",
        "-",
        ".",
        ":5",
        "^"
    );

    /// <summary>Patterns made of a host by putting pieces in the place of some of its characters, and patterns of
    /// pieces alone.</summary>
    private static readonly Gen<(string Pattern, string Host)> Pairs =
        from host in Gen.Char["ab-.:5"].Array[1, 8].Select(characters => new string(characters))
        from pieces in Piece.Array[0, 6]
        from at in Gen.Int[0, host.Length]
        from length in Gen.Int[0, 2]
        from isNear in Gen.Frequency((4, true), (1, false))
        select (
            isNear
                ? host[..at] + string.Concat(pieces.Take(1 + (at % 2))) + host[Math.Min(host.Length, at + length)..]
                : string.Concat(pieces),
            host
        );

    [Fact]
    public void A_pattern_matches_a_host_as_for_the_kubelet() =>
        Property.Holds(
            Pairs,
            pair =>
                Assert.Equal(KeyModel.HostMatches(pair.Pattern, pair.Host), HostGlob.Matches(pair.Pattern, pair.Host)),
            rounds: 40000
        );

    [Fact]
    public void The_generator_makes_hits_and_misses() =>
        Assert.InRange(
            Property.Share(Pairs, pair =>
                pair.Pattern.IndexOfAny(['*', '?', '[']) >= 0 && KeyModel.HostMatches(pair.Pattern, pair.Host)
            ),
            0.02,
            0.6
        );

    /// <summary>Fifty stars against a long label: a matcher that tries everything would not end.</summary>
    [Fact]
    public void Many_stars_cost_no_more_than_the_product_of_the_lengths()
    {
        var label = new string('a', 5000);
        Assert.False(HostGlob.Matches(string.Concat(Enumerable.Repeat("*a", 500)) + "b", label));
        Assert.True(HostGlob.Matches(string.Concat(Enumerable.Repeat("*a", 500)), label));
    }
}
