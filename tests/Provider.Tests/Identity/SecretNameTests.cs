// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Identity;

namespace CrioCredentialProvider.Tests.Identity;

public sealed class SecretNameTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("z", true)]
    [InlineData("0", true)]
    [InlineData("9", true)]
    [InlineData("a.b-c.1", true)]
    [InlineData("a--b", true)]
    [InlineData("a..b", false)]
    [InlineData("a-.b", false)]
    [InlineData("a.-b", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData(".a", false)]
    [InlineData("a.", false)]
    [InlineData("A", false)]
    [InlineData("a/b", false)]
    [InlineData("a_b", false)]
    [InlineData("ä", false)]
    [InlineData("", false)]
    public void A_name_is_a_DNS_subdomain(string name, bool isValid) => Assert.Equal(isValid, SecretName.IsValid(name));

    [Theory]
    [InlineData(253, true)]
    [InlineData(254, false)]
    public void The_longest_name_has_253_characters(int length, bool isValid) =>
        Assert.Equal(isValid, SecretName.IsValid(new string('a', length)));
}
