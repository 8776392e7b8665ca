// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.Tests.Matching;

public sealed class SourceHostsTests
{
    private static readonly string Host255 = $"{new string('a', 252)}.io";

    public static TheoryData<string, bool> Keys =>
        new()
        {
            { "r.io", true },
            { "r.io/a", true },
            { "1.io:443/a", true },
            { "m.io", false },
            { "m.io/a", false },
            { "localhost/a.b", false },
            { "/r.io", false },
            { "-r.io", false },
            { ".io", false },
            { "docker.io", false },
            { "https://r.io", false },
            { "r.io/a@b", false },
            { Host255, true },
            { "a" + Host255, false },
            { "r.io/" + new string('a', 1019), true },
            { "r.io/" + new string('a', 1020), false },
        };

    /// <summary>What it cannot judge is parsed.</summary>
    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_of_plain_characters_that_is_no_hosts_is_elsewhere(string key, bool isElsewhere) =>
        Assert.Equal(isElsewhere, new SourceHosts(["m.io"]).IsElsewhere(Encoding.UTF8.GetBytes(key)));

    /// <summary>20 million comparisons, here of 100 000 hosts with 200 globs.</summary>
    [Fact]
    public void Globs_are_compared_until_it_would_take_too_long()
    {
        var hosts = new SourceHosts(Enumerable.Range(0, 100_000).Select(i => $"m{i}.io"));
        Assert.True(RegistryKey.TryParse("m7.i?", out var key));
        for (var i = 0; i < 200; i++)
        {
            var expanded = hosts.Expand(key);
            Assert.True(i is not (0 or 199) || expanded.Single() == "m7.io", "the glob was ignored too early");
        }

        Assert.False(hosts.HasIgnoredGlobs);
        Assert.Empty(hosts.Expand(key));
        Assert.True(hosts.HasIgnoredGlobs);
    }
}
