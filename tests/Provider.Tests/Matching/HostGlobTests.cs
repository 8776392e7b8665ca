// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.Tests.Matching;

/// <summary>The rules of Go's <c>filepath.Match</c>, one row each, and near misses.</summary>
public sealed class HostGlobTests
{
    [Theory]
    [InlineData("*.io", "a.io", true)]
    [InlineData("*.io", "a.b.io", false)]
    [InlineData("a*c", "abbc", true)]
    [InlineData("a*c", "abbd", false)]
    [InlineData("?.io", "a.io", true)]
    [InlineData("?.io", "ab.io", false)]
    [InlineData("b.io", "ab.io", false)]
    [InlineData(".a", ".a", true)]
    [InlineData(".a", ".b", false)]
    // Classes
    [InlineData("a[bc]d.io", "abd.io", true)]
    [InlineData("a[bc]d.io", "acd.io", true)]
    [InlineData("a[bc]d.io", "aed.io", false)]
    [InlineData("[a]", "ba", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[a-c]x", "dx", false)]
    [InlineData("[a-cb]x", "bx", true)]
    [InlineData("[^bc]x", "ax", true)]
    [InlineData("[^bc]x", "bx", false)]
    [InlineData("[^a]x", "^x", true)]
    [InlineData("[\\-]x", "-x", true)]
    [InlineData("[\\]]x", "]x", true)]
    // Malformed ones match nothing
    [InlineData("[", "a", false)]
    [InlineData("[a", "a", false)]
    [InlineData("[a-", "a", false)]
    [InlineData("[a-]x", "ax", false)]
    [InlineData("[-a]x", "-x", false)]
    [InlineData("[]a]x", "ax", false)]
    [InlineData("[^]a", "xa", false)]
    [InlineData("[a\\", "a", false)]
    // Escapes
    [InlineData("\\a.io", "a.io", true)]
    [InlineData("\\a.io", "b.io", false)]
    [InlineData("\\*.io", "*.io", true)]
    [InlineData("\\*.io", "a.io", false)]
    [InlineData("\\b", "ab", false)]
    [InlineData("a\\", "ab", false)]
    // An address loses its brackets before a port only, and only if they are one pair
    [InlineData("[fd00::1]:5000", "[fd00::1]:5000", true)]
    [InlineData("[fd00::1]:5000", "[fd00::1]:5001", false)]
    [InlineData("[fd00::1]", "[fd00::1]", false)]
    [InlineData("[a][b]:5000", "ab:5000", true)]
    [InlineData("[ab]c:5000", "ac:5000", true)]
    public void A_pattern_matches_as_for_the_kubelet(string pattern, string host, bool matches) =>
        Assert.Equal(matches, HostGlob.Matches(pattern, host));
}
