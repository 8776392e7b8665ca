// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tests.Secrets;

public sealed class EnvFileTests
{
    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("A: b", "b")]
    [InlineData("A = b ", "b")]
    [InlineData("  export  A=b", "b")]
    [InlineData("\uFEFFA=b\r\n", "b")]
    [InlineData("A='b c' # d", "b c")]
    [InlineData("A=\"b#c\"", "b#c")]
    [InlineData("A=''", "")]
    [InlineData("A=", "")]
    [InlineData("A='b", "'b")]
    [InlineData("A=b # c", "b")]
    [InlineData("A=b#c", "b#c")]
    [InlineData("A=b\nA=c", "c")]
    [InlineData("A=b=c:d", "b=c:d")]
    [InlineData("B=A", null)]
    public void A_value_is_what_godotenv_reads(string text, string? value) =>
        Assert.Equal(value, EnvFile.Parse(text).GetValueOrDefault("A"));

    [Theory]
    [InlineData("#A=b")]
    [InlineData("=b")]
    [InlineData("A")]
    public void A_line_of_another_form_sets_nothing(string text) => Assert.Empty(EnvFile.Parse(text));
}
