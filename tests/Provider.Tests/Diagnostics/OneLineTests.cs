// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tests.Diagnostics;

/// <summary>Text from a token, a secret or a server cannot make a second line of one, or look like another.</summary>
public sealed class OneLineTests
{
    [Theory]
    [InlineData("plain text, ümläuts and 漢字", "plain text, ümläuts and 漢字")]
    [InlineData("a\nPRIORITY=0", "a?PRIORITY=0")]
    [InlineData("a\r\nb\0c\td", "a??b?c?d")]
    [InlineData("\u001B[2Jgone", "?[2Jgone")]
    [InlineData("\u009B31m", "?31m")]
    [InlineData("a\u2028b\u2029c\u0085d", "a?b?c?d")]
    [InlineData("moc.\u202Elive\u202C", "moc.?live?")]
    [InlineData("zero\u200Bwidth\uFEFF", "zero?width?")]
    public void Control_and_format_characters_are_shown_as_question_marks(string text, string expected) =>
        Assert.Equal(expected, OneLine.Of(text));

    [Fact]
    public void A_long_text_is_cut() =>
        Assert.Equal(
            new string('a', OneLine.MaximumLength) + "…",
            OneLine.Of(new string('a', OneLine.MaximumLength + 1))
        );
}
