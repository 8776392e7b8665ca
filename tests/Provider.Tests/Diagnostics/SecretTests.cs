// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tests.Diagnostics;

public sealed class SecretTests
{
    [Fact]
    public void A_secret_prints_as_three_asterisks() => Assert.Equal("***", $"{new Secret("planted")}");

    [Fact]
    public void Secrets_are_equal_when_their_texts_are()
    {
        Assert.Equal(new Secret("a"), new Secret("a"));
        Assert.NotEqual(new Secret("a"), new Secret("b"));
    }
}
