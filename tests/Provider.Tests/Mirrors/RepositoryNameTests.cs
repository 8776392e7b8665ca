// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.Mirrors;

public sealed class RepositoryNameTests
{
    [Theory]
    [InlineData(
        "docker.io/library/nginx",
        "docker.io",
        "library/nginx",
        "docker.io/library/nginx docker.io/library docker.io"
    )]
    [InlineData("localhost:5000/x", "localhost:5000", "x", "localhost:5000/x localhost:5000")]
    [InlineData("[fd00::1]:5000/a/b", "[fd00::1]:5000", "a/b", "[fd00::1]:5000/a/b [fd00::1]:5000/a [fd00::1]:5000")]
    [InlineData("quay.io", "quay.io", "", "quay.io")]
    public void A_name_has_a_host_a_path_and_parents(string text, string host, string path, string parents)
    {
        var name = RepositoryName.OfLocation(text);
        Assert.Equal((text, text, host, path), (name.Text, name.ToString(), name.Host, name.Path));
        Assert.Equal(parents.Split(' '), name.SelfAndParents);
    }

    [Theory]
    [InlineData("quay.io/team", "quay.io/team/app", true)]
    [InlineData("quay.io", "quay.io/team", true)]
    [InlineData("quay.io/team", "quay.io/team", true)]
    [InlineData("quay.io/tea", "quay.io/team", false)]
    [InlineData("quay.io/team", "quay.io/teamapple", false)]
    [InlineData("quay.io/team/app", "quay.io/team", false)]
    [InlineData("localhost:50", "localhost:5000/x", false)]
    [InlineData("localhost", "localhost:5000/x", false)]
    [InlineData("registry.example.co", "registry.example.com/x", false)]
    [InlineData("quay.io", "quay.io.evil.test/x", false)]
    [InlineData("QUAY.io", "quay.io/x", false)]
    public void A_parent_ends_where_a_path_component_ends(string parent, string text, bool covers) =>
        Assert.Equal(covers, RepositoryName.Covers(parent, text));

    [Theory]
    [InlineData("m.io", "m.io", "")]
    [InlineData("m.io:443", "m.io", "443")]
    [InlineData("m.io:", "m.io", "")]
    [InlineData("[::1]", "[::1]", "")]
    [InlineData("[::1]:5000", "[::1]", "5000")]
    [InlineData("", "", "")]
    public void A_host_is_split_from_its_port(string host, string name, string port)
    {
        RepositoryName.SplitPort(host, out var actualName, out var actualPort);
        Assert.Equal((name, port), (actualName.ToString(), actualPort.ToString()));
    }

    [Theory]
    [InlineData("nginx", "docker.io/library/nginx", false)]
    [InlineData("team/app", "docker.io/team/app", false)]
    [InlineData("docker.io/nginx", "docker.io/library/nginx", true)]
    [InlineData("index.docker.io/nginx", "docker.io/library/nginx", true)]
    [InlineData("index.docker.io/team/app", "docker.io/team/app", true)]
    [InlineData("registry-1.docker.io/nginx", "registry-1.docker.io/nginx", true)]
    [InlineData("localhost/x", "localhost/x", true)]
    [InlineData("Host/x", "Host/x", true)]
    [InlineData("quay.io", "docker.io/library/quay.io", false)]
    [InlineData("quay.io/", null, true)]
    [InlineData("Nginx", null, false)]
    [InlineData("", null, false)]
    public void A_name_of_a_pod_is_completed_as_by_the_reference_library(
        string text,
        string? expected,
        bool expectedHost
    )
    {
        Assert.Equal(expected is not null, RepositoryName.TryNormalize(text, out var name, out var hasHost));
        Assert.Equal((expected, expectedHost), (name?.Text, hasHost));
    }

    [Theory]
    [InlineData("m.io", true)]
    [InlineData("m.io:5000/a", true)]
    [InlineData("localhost", true)]
    [InlineData("m.io/A", false)]
    [InlineData("user:password@m.io", false)]
    public void A_location_begins_a_name_or_does_not(string location, bool canBegin) =>
        Assert.Equal(canBegin, RepositoryName.CanBeginWith(location));

    [Fact]
    public void Names_are_equal_when_their_texts_are()
    {
        RepositoryName first = RepositoryName.OfLocation("quay.io/x"),
            second = RepositoryName.OfLocation("quay.io/x"),
            other = RepositoryName.OfLocation("quay.io/y");
        Assert.True(first == second && first.Equals((object)second) && first.GetHashCode() == second.GetHashCode());
        Assert.True(
            first != other && !first.Equals(other) && !first.Equals(null) && !first.Equals("quay.io/x") && first != null
        );
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void The_longest_name_has_255_characters(int length, bool isName) =>
        Assert.Equal(isName, RepositoryName.TryParse("m.io/" + new string('a', length - 5), out _));

    [Theory]
    [InlineData("m.io", true)]
    [InlineData("M-1.io:5000", true)]
    [InlineData("[::1]", true)]
    [InlineData("[a]:1", true)]
    [InlineData("[]", false)]
    [InlineData("[::1]x", false)]
    [InlineData("[::1", false)]
    [InlineData("[::g]", false)]
    [InlineData("m.io:", false)]
    [InlineData("m.io:x", false)]
    [InlineData("m..io", false)]
    [InlineData("-m.io", false)]
    [InlineData("m-.io", false)]
    [InlineData("m_.io", false)]
    [InlineData("", false)]
    public void Hosts_follow_the_grammar_of_the_reference_library(string text, bool isHost) =>
        Assert.Equal(isHost, RepositoryGrammar.IsHost(text));

    [Theory]
    [InlineData("a", true)]
    [InlineData("a.b-c_d__e--f/1", true)]
    [InlineData("a._b", false)]
    [InlineData("a-.b", false)]
    [InlineData("a___b", false)]
    [InlineData("a..b", false)]
    [InlineData("a/", false)]
    [InlineData("_a", false)]
    [InlineData("a_", false)]
    [InlineData("A", false)]
    public void Paths_follow_the_grammar_of_the_reference_library(string text, bool isPath) =>
        Assert.Equal(isPath, RepositoryGrammar.IsPath(text));
}
