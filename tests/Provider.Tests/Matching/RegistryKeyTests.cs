// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.Tests.Matching;

public sealed class RegistryKeyTests
{
    [Theory]
    [InlineData("m.io", "m.io", "")]
    [InlineData("m.io/v1", "m.io", "v1")]
    [InlineData("https://m.io/v1", "m.io", "")]
    [InlineData("m.io/v1/a", "m.io", "a")]
    [InlineData("http://m.io/v2/a/", "m.io", "a")]
    [InlineData("index.docker.io/a", "docker.io", "a")]
    public void A_key_is_a_host_and_a_path(string key, string host, string path)
    {
        Assert.True(RegistryKey.TryParse(key, out var parsed));
        Assert.Equal((host, path), (parsed.Host, parsed.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("-:.")]
    [InlineData("a b")]
    [InlineData("m.io/a b")]
    [InlineData("m.io/u@x")]
    [InlineData("m.io/x?y")]
    [InlineData("m.io/x#y")]
    public void Other_text_is_none(string key) => Assert.False(RegistryKey.TryParse(key, out _));

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void A_key_has_at_most_1024_characters(int length, bool isKey) =>
        Assert.Equal(isKey, RegistryKey.TryParse("m.io/" + new string('a', length - 5), out _));

    [Theory]
    [InlineData("m*.io", true)]
    [InlineData("[ab]", true)]
    [InlineData("[ab]c.io", true)]
    [InlineData("c[a:b]", true)]
    [InlineData("[fd00::1]", false)]
    [InlineData("[fd00::1]:5000", false)]
    [InlineData("m.io", false)]
    public void An_address_in_brackets_is_not_a_glob(string key, bool isGlob)
    {
        Assert.True(RegistryKey.TryParse(key, out var parsed));
        Assert.Equal(isGlob, parsed.IsGlob);
    }

    [Theory]
    [InlineData(256, "its key \"KEY\" names no registry")]
    [InlineData(257, "its key \"KEY…\" names no registry")]
    [InlineData(1024, "its key \"KEY…\" names no registry")]
    [InlineData(1025, "its key is longer than 1024 characters")]
    public void A_long_key_is_shortened_or_not_quoted(int length, string why)
    {
        var key = new string('~', length);
        Assert.Equal(why.Replace("KEY", key[..256], StringComparison.Ordinal), UnusableKey.Explain(key));
    }
}
