// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tests.Generate;

public sealed class MatchImagesTests
{
    private const string Mirror = "mirror=[{location=\"m.test\"}]";

    [Theory]
    // A mirror, or another location, makes the kubelet call.
    [InlineData($"location=\"docker.io\", {Mirror}", "docker.io")]
    [InlineData($"location=\"quay.io/team\", {Mirror}", "quay.io/team")]
    [InlineData($"location=\"localhost:5000\", {Mirror}", "localhost:5000")]
    [InlineData($"location=\"reg.test:8443/a/b\", {Mirror}", "reg.test:8443/a/b")]
    [InlineData($"location=\"localhost\", {Mirror}", "localhost")]
    [InlineData($"location=\"[fd00::1]:5000\", {Mirror}", "[fd00::1]:5000")]
    [InlineData($"prefix=\"docker.io/library\", location=\"real.test/lib\", {Mirror}", "docker.io/library")]
    [InlineData("prefix=\"quay.io\", location=\"real.test\"", "quay.io")]
    [InlineData($"location=\"docker.io/library/nginx\", {Mirror}, blocked=true", "docker.io/library/nginx")]
    // Neither does not.
    [InlineData("location=\"quay.io\"", "")]
    [InlineData("prefix=\"quay.io\", location=\"quay.io\", insecure=true", "")]
    [InlineData("prefix=\"*.example.com\"", "")]
    public void A_prefix_with_a_mirror_or_another_location_is_a_pattern(string registry, string patterns)
    {
        var match = For($"registry=[{{{registry}}}]");
        Assert.Equal((patterns, ""), (string.Join(' ', match.Patterns), string.Join('\n', match.Remarks)));
    }

    [Theory]
    [InlineData("quay.io/nginx:1.27", "is not a host and path that an image without a tag can begin with")]
    [InlineData("quay.io/nginx@sha256", "is not a host and path that an image without a tag can begin with")]
    [InlineData("quay.io/*", "is not a host and path that an image without a tag can begin with")]
    [InlineData("quay.io/Team", "is not a host and path that an image without a tag can begin with")]
    [InlineData("myregistry", "is not a host and path that an image without a tag can begin with")]
    [InlineData("example.com:port", "is not a host and path that an image without a tag can begin with")]
    [InlineData("quay.io?x", "is not a host and path that an image without a tag can begin with")]
    [InlineData("[fd00::1]", "is an IPv6 address without a port, which the kubelet never matches")]
    [InlineData("[fd00::1]/team", "is an IPv6 address without a port, which the kubelet never matches")]
    public void A_prefix_that_no_image_of_the_kubelet_has_is_omitted_with_a_remark(string prefix, string why)
    {
        var match = For($"registry=[{{location=\"{prefix}\", {Mirror}}}, {{location=\"z.test\", {Mirror}}}]");
        Assert.Equal(["z.test"], match.Patterns);
        Assert.Equal($"Omitted: prefix \"{prefix}\" {why}.", Assert.Single(match.Remarks));
    }

    [Fact]
    public void A_wildcard_covers_one_label_only_and_the_remark_says_so()
    {
        var match = For($"registry=[{{prefix=\"*.example.com\", {Mirror}}}]");
        Assert.Equal(["*.example.com"], match.Patterns);
        Assert.Equal(
            """
            "*.example.com": in registries.conf it covers hosts of any depth and with any port, for the kubelet
            each * is one label and there is no port. Add "*.*.example.com" or "*.example.com:PORT" where pods need it.
            """,
            string.Join('\n', match.Remarks)
        );
        Assert.True(KubeletRules.Matches("*.example.com", "a.example.com/x"));
        Assert.False(KubeletRules.Matches("*.example.com", "a.b.example.com/x"));
        Assert.True(KubeletRules.Matches("*.*.example.com", "a.b.example.com/x"));
        Assert.False(KubeletRules.Matches("*.example.com", "a.example.com:5000/x"));
    }

    [Theory]
    [InlineData("unqualified-search-registries=[\"docker.io\", \"quay.io\"]", true)]
    [InlineData("[aliases]\nfedora=\"quay.io/fedora/fedora\"", true)]
    [InlineData("unqualified-search-registries=[\"docker.io\", \"reg.test\"]", false)]
    [InlineData("[aliases]\nfedora=\"reg.test/fedora/fedora\"", false)]
    [InlineData("", false)]
    public void Short_names_that_may_lead_to_a_mirrored_registry_are_a_remark(string lines, bool isRemarked)
    {
        var match = For($"registry=[{{location=\"quay.io\", {Mirror}}}]\n{lines}");
        Assert.Equal(["quay.io"], match.Patterns);
        Assert.Equal(
            isRemarked
                ?
                [
                    "Short names may resolve to \"quay.io\", but the kubelet treats them as docker.io's: add "
                        + "\"docker.io\" if pods",
                    "name images without a registry.",
                ]
                : [],
            match.Remarks
        );
    }

    [Fact]
    public void Patterns_are_sorted_and_unique_regardless_of_the_files_order()
    {
        string[] registries =
        [
            .. new[] { "quay.io", "docker.io", "docker.io/library", "a.test:5000" }.Select(place =>
                $"{{location=\"{place}\", {Mirror}}}"
            ),
        ];
        string[] expected = ["a.test:5000", "docker.io", "docker.io/library", "quay.io"];
        Assert.Equal(expected, For($"registry=[{string.Join(',', registries)}]").Patterns);
        Assert.Equal(expected, For($"registry=[{string.Join(',', registries.Reverse())}]").Patterns);
    }

    private static MatchImages For(string toml)
    {
        var file = RegistriesConfParser.Parse("registries.conf", toml, isDropIn: false);
        return MatchImages.For(
            new RegistriesConf("registries.conf", true, file.Registries, file.SearchRegistries ?? [], file.Aliases)
        );
    }
}
