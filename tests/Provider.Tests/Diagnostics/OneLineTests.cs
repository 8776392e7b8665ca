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

    [Theory]
    [InlineData("quay.io/team/app:1", "quay.io/team/app:1")]
    [InlineData("user:password@quay.io/app", "***@quay.io/app")]
    [InlineData("https://user:pass@word@quay.io", "***@quay.io")]
    [InlineData("user@", "***@")]
    // A digest is no host. It has at least 32 digits.
    [InlineData(
        "quay.io:443/a@sha256:0123456789abcdef0123456789ABCDEF",
        "quay.io:443/a@sha256:0123456789abcdef0123456789ABCDEF"
    )]
    [InlineData(
        "user:password@quay.io/a@sha256:0123456789abcdef0123456789abcdef",
        "***@quay.io/a@sha256:0123456789abcdef0123456789abcdef"
    )]
    [InlineData("quay.io/a@sha256", "quay.io/a@sha256")]
    [InlineData("user:password@sha256:5000", "***@sha256:5000")]
    [InlineData("user:password@sha256.example", "***@sha256.example")]
    [InlineData("user:password@shadow.example", "***@shadow.example")]
    [InlineData(
        "user:password@sha256:0123456789abcdef0123456789abcdef/x",
        "***@sha256:0123456789abcdef0123456789abcdef/x"
    )]
    [InlineData("user:password@0123456789abcdef0123456789abcdef", "***@0123456789abcdef0123456789abcdef")]
    public void A_user_and_password_in_front_of_a_host_are_not_printed(string text, string expected)
    {
        Assert.Equal(expected, OneLine.WithoutUser(text));
        Assert.Equal(expected != text, OneLine.HasUser(text));
    }

    [Fact]
    public void A_long_text_is_cut() =>
        Assert.Equal(
            new string('a', OneLine.MaximumLength) + "…",
            OneLine.Of(new string('a', OneLine.MaximumLength + 1))
        );
}
