// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tests.KubeletConfig;

/// <summary>The kubelet's rules for patterns of matchImages, each with near misses.</summary>
public sealed class ImagePatternTests
{
    [Theory]
    [InlineData("docker.io", "docker.io/library/nginx", true)]
    [InlineData("docker.io/library", "docker.io/library/nginx", true)]
    [InlineData("docker.io/lib", "docker.io/library/nginx", true)]
    [InlineData("docker.io/librarys", "docker.io/library/nginx", false)]
    [InlineData("docker.io/*", "docker.io/library/nginx", false)]
    [InlineData("*", "docker.io/library/nginx", false)]
    [InlineData("*", "localhost/x", true)]
    [InlineData("*.io", "docker.io/library/nginx", true)]
    [InlineData("*.*", "docker.io/library/nginx", true)]
    [InlineData("*.example.com", "a.example.com/x", true)]
    [InlineData("*.example.com", "a.b.example.com/x", false)]
    [InlineData("*.example.com", "example.com/x", false)]
    [InlineData("app*.example.com", "app7.example.com/x", true)]
    [InlineData("registry.test", "registry.test:5000/x", false)]
    [InlineData("registry.test:5000", "registry.test/x", false)]
    [InlineData("registry.test:5000", "registry.test:5000/x", true)]
    [InlineData("registry.test:500", "registry.test:5000/x", false)]
    [InlineData("registry.test:*", "registry.test:5000/x", null)]
    [InlineData("https://registry.test", "registry.test/x", false)]
    [InlineData("quay.io/", "quay.io/x", true)]
    [InlineData("quay.io.evil.test", "quay.io/x", false)]
    [InlineData("reg?.test", "reg1.test/x", false)]
    [InlineData("reg[12].test", "reg1.test/x", null)]
    [InlineData("[fd00::1]:5000", "[fd00::1]:5000/x", true)]
    [InlineData("[fd00::1]:5000", "[fd00::1]:5001/x", false)]
    [InlineData("[fd00::1]:5000", "[fd00::2]:5000/x", false)]
    [InlineData("*:5000", "[fd00::1]:5000/x", true)]
    [InlineData("[fd00::1]", "[fd00::1]/x", false)]
    public void Patterns_match_as_the_kubelet_matches_them(string pattern, string image, bool? expected)
    {
        var parsed = ImagePattern.Parse(pattern, out var why);
        Assert.Equal(expected is null, why.Length > 0);
        Assert.Equal(expected, parsed?.Matches(ImagePattern.Parse(image, out _)!));
    }

    [Theory]
    [InlineData("quay.io", null)]
    [InlineData("registry.test:5000/team", null)]
    [InlineData("*.example.com", null)]
    [InlineData("https://quay.io", "it has a scheme: remove it")]
    [InlineData("quay.io/*", "a path is compared as a prefix, without globs, which work only in the host")]
    [InlineData("quay.io/team/app:v1", "images are compared without their tag")]
    [InlineData(
        "quay.io/team/app@sha256",
        "a path is compared as a prefix, without globs, which work only in the host"
    )]
    [InlineData("reg?.test", "\"?\" and \"#\" end an address: use \"*\"")]
    [InlineData("quay.io/Team", "repository names are lower case")]
    [InlineData("index.docker.io", "the kubelet writes Docker Hub as \"docker.io\"")]
    public void A_pattern_that_can_match_nothing_is_known(string pattern, string? why) =>
        Assert.Equal(why, ImagePattern.WhyNever(pattern));

    [Theory]
    [InlineData("registry.test", "")]
    [InlineData("registry.test:", "")]
    [InlineData("[fd00::1]:5000", "")]
    [InlineData("a_b.test", "")]
    [InlineData("registry test", "\" \" is not allowed in a host")]
    [InlineData("registry.test:50x", "\":50x\" is not a port")]
    [InlineData("[fd00::1", "\"]\" is missing in the host")]
    [InlineData("reg[0-9].test", "brackets in a host are for IPv6 addresses only, since Go 1.24.8")]
    [InlineData("[ab]:5000", "brackets in a host are for IPv6 addresses only, since Go 1.24.8")]
    [InlineData("[10.0.0.1]:5000", "brackets in a host are for IPv6 addresses only, since Go 1.24.8")]
    [InlineData("registry.test/%zz", "\"%\" does not begin an escape")]
    [InlineData("registry%41.test", "\"%\" is not allowed in a host")]
    [InlineData("a\nb", "it has a control character")]
    public void A_pattern_is_an_address_or_the_kubelet_does_not_start(string pattern, string why)
    {
        _ = ImagePattern.Parse(pattern, out var problem);
        Assert.Equal(why, problem);
    }
}
