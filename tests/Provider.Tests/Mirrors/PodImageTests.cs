// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.Mirrors;

public sealed class PodImageTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("nginx", "docker.io/library/nginx", null, null, "nginx")]
    [InlineData("nginx:1.27", "docker.io/library/nginx", "1.27", null, "nginx")]
    [InlineData("nginx@" + Digest, "docker.io/library/nginx", null, Digest, "nginx")]
    [InlineData("nginx:1.27@" + Digest, "docker.io/library/nginx", "1.27", Digest, "nginx")]
    [InlineData("foo/bar", "docker.io/foo/bar", null, null, "foo/bar")]
    [InlineData("foo/bar:tag", "docker.io/foo/bar", "tag", null, "foo/bar")]
    [InlineData("library/nginx", "docker.io/library/nginx", null, null, "library/nginx")]
    [InlineData("docker.io/nginx", "docker.io/library/nginx", null, null, null)]
    [InlineData("docker.io/foo/bar", "docker.io/foo/bar", null, null, null)]
    [InlineData("index.docker.io/x", "docker.io/library/x", null, null, null)]
    [InlineData("index.docker.io/foo/x:1", "docker.io/foo/x", "1", null, null)]
    [InlineData("registry-1.docker.io/x", "registry-1.docker.io/x", null, null, null)]
    [InlineData("quay.io/team/app:1.2", "quay.io/team/app", "1.2", null, null)]
    [InlineData("localhost/x", "localhost/x", null, null, null)]
    [InlineData("localhost:5000/x", "localhost:5000/x", null, null, null)]
    [InlineData("host:5000/x@" + Digest, "host:5000/x", null, Digest, null)]
    [InlineData("host:5000/x:y", "host:5000/x", "y", null, null)]
    [InlineData("host:5000", "docker.io/library/host", "5000", null, "host")]
    [InlineData("Registry/x", "Registry/x", null, null, null)]
    [InlineData("QUAY.io/x", "QUAY.io/x", null, null, null)]
    [InlineData("[::1]:5000/x", "[::1]:5000/x", null, null, null)]
    [InlineData("a__b/c-d.e", "docker.io/a__b/c-d.e", null, null, "a__b/c-d.e")]
    [InlineData("nginx:_x", "docker.io/library/nginx", "_x", null, "nginx")]
    public void Each_form_that_a_pod_may_have_becomes_the_kubelets_name(
        string given,
        string name,
        string? tag,
        string? digest,
        string? shortName
    )
    {
        Assert.True(PodImage.TryParse(given, out var image, out var problem), problem);
        Assert.Equal(new PodImage(given, RepositoryName.OfLocation(name), tag, digest, shortName), image);
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("Nginx", "a repository has no upper-case letters")]
    [InlineData("quay.io/Team/app", "a repository has no upper-case letters")]
    [InlineData("https://quay.io/team/app", "an image has no scheme: leave out \"https://\"")]
    [InlineData("user:hunter2@https://quay.io/x", "an image has no scheme: leave out what ends in \"://\"")]
    [InlineData("docker://nginx", "an image has no scheme: leave out \"docker://\"")]
    [InlineData(
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "64 hexadecimal digits are an ID, not a name"
    )]
    [InlineData("nginx:", "its tag must be at most 128 letters, digits, \"_\", \".\" and \"-\"")]
    [InlineData("nginx:.x", "its tag must be at most 128 letters, digits, \"_\", \".\" and \"-\"")]
    [InlineData("nginx:a:b", "its tag must be at most 128 letters, digits, \"_\", \".\" and \"-\"")]
    [InlineData(
        "nginx@sha256:12",
        "its digest must be \"sha256:\" and 64 lower-case hexadecimal digits, or a sha384 or sha512 one"
    )]
    [InlineData(
        "nginx@md5:0123456789abcdef0123456789abcdef",
        "its digest must be \"sha256:\" and 64 lower-case hexadecimal digits, or a sha384 or sha512 one"
    )]
    [InlineData(
        "nginx@",
        "its digest must be \"sha256:\" and 64 lower-case hexadecimal digits, or a sha384 or sha512 one"
    )]
    [InlineData("quay.io/", "it is not a repository name")]
    [InlineData("quay.io//x", "it is not a repository name")]
    [InlineData("/x", "it is not a repository name")]
    [InlineData("ngi nx", "it is not a repository name")]
    [InlineData("nginx\n", "it is not a repository name")]
    [InlineData("-x", "it is not a repository name")]
    [InlineData("a..b", "it is not a repository name")]
    [InlineData("*.quay.io/x", "it is not a repository name")]
    public void What_is_not_a_reference_is_reported_with_the_reason(string given, string expected)
    {
        Assert.False(PodImage.TryParse(given, out var image, out var problem));
        Assert.Equal((null, expected), (image, problem));
    }

    [Fact]
    public void Lengths_are_those_of_the_reference_library()
    {
        Assert.True(PodImage.TryParse("nginx:" + new string('t', 128), out _, out _));
        Assert.False(PodImage.TryParse("nginx:" + new string('t', 129), out _, out _));
        Assert.True(PodImage.TryParse("quay.io/" + new string('x', 247), out _, out _));
        Assert.False(PodImage.TryParse("quay.io/" + new string('x', 248), out _, out var problem));
        Assert.Equal("it is longer than 255 characters", problem);
    }
}
