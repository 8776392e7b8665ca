// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.AuthFile;

public sealed class AuthFileLookupTests
{
    private const string Nginx = "docker.io/library/nginx";
    private const string Local = "localhost:5000/library/nginx";

    /// <summary>The vectors of containers/image's look-up: keys in the file ("=" in front: without credentials), what
    /// is found.</summary>
    [Theory]
    [InlineData(Nginx, "docker.io", "Parent docker.io")]
    [InlineData(Nginx, "docker.io/library", "Parent docker.io/library")]
    [InlineData(Nginx, "docker.io/library/nginx", "Exact docker.io/library/nginx")]
    [InlineData(Nginx, "docker.io docker.io/library", "Parent docker.io/library")]
    [InlineData(Nginx, "index.docker.io", "Host index.docker.io")]
    [InlineData(Nginx, "registry-1.docker.io", "Host registry-1.docker.io")]
    [InlineData(Nginx, "https://index.docker.io/v1/", "Host https://index.docker.io/v1/")]
    [InlineData(Nginx, "http://index.docker.io/v1/", "Host http://index.docker.io/v1/")]
    [InlineData(Nginx, "https://docker.io", "Host https://docker.io")]
    [InlineData(Nginx, "https://docker.io docker.io", "Parent docker.io")]
    [InlineData(Nginx, "index.docker.io/v1/", null)]
    [InlineData(Nginx, "docker.io/", null)]
    [InlineData(Nginx, "docker.io/nginx", null)]
    [InlineData(Nginx, "*.docker.io", null)]
    [InlineData(Nginx, "DOCKER.IO", null)]
    [InlineData(Nginx, "docker.io/library/nginx/x", null)]
    [InlineData(Nginx, "docker.io/lib", null)]
    [InlineData(Local, "localhost:5000", "Parent localhost:5000")]
    [InlineData(Local, "localhost:5000/library", "Parent localhost:5000/library")]
    [InlineData(Local, "http://localhost:5000", "Host http://localhost:5000")]
    [InlineData(Local, "https://localhost:5000/v2/", "Host https://localhost:5000/v2/")]
    [InlineData(Local, "http://localhost:5000/other", "Host http://localhost:5000/other")]
    [InlineData(Local, "localhost:5000/", null)]
    [InlineData(Local, "localhost:5000/v2/", null)]
    [InlineData(Local, "localhost", null)]
    [InlineData(Local, "", null)]
    // The first key that exists decides; of those that only name the host, one with a credential.
    [InlineData(Local, "localhost:5000 =localhost:5000/library", "Parent localhost:5000/library, anonymous")]
    [InlineData(Local, "=http://localhost:5000 https://localhost:5000", "Host https://localhost:5000")]
    [InlineData(Local, "=http://localhost:5000 =https://localhost:5000", "Host http://localhost:5000, anonymous")]
    public void A_key_is_found_as_CRIO_finds_it(string reference, string keys, string? expected)
    {
        var hit = AuthFileLookup.Find(Content(keys), RepositoryName.OfLocation(reference));
        Assert.Equal(
            expected,
            hit is { } found ? $"{found.Rule} {found.Key}{(found.IsUseful ? "" : ", anonymous")}" : null
        );
    }

    [Fact]
    public void A_helper_of_the_host_takes_precedence_over_every_key()
    {
        var content = Content(Local, ("localhost:5000", "osxkeychain"));
        Assert.Equal(
            new AuthFileHit(LookupRule.Helper, "localhost:5000", null),
            AuthFileLookup.Find(content, RepositoryName.OfLocation(Local))
        );
        Assert.Null(AuthFileLookup.Find(content, RepositoryName.OfLocation("localhost:5001/x")));
    }

    [Fact]
    public void Keys_that_name_the_same_host_are_all_reported() =>
        Assert.Equal(
            ["docker.io", "https://index.docker.io/v1/", "registry-1.docker.io"],
            AuthFileLookup.KeysOfHost(
                Content("registry-1.docker.io https://index.docker.io/v1/ docker.io quay.io docker.io/library"),
                "docker.io"
            )
        );

    private static AuthFileContent Content(string keys, params (string Host, string Helper)[] helpers) =>
        new(
            new SortedDictionary<string, AuthFileEntry>(
                keys.Split(' ')
                    .ToDictionary(
                        key => key.TrimStart('='),
                        key => new AuthFileEntry(
                            key.StartsWith('=')
                                ? null
                                : new Credential(new SecretBytes([1]), new SecretBytes([2]), null)
                        )
                    ),
                StringComparer.Ordinal
            ),
            new SortedDictionary<string, string>(
                helpers.ToDictionary(helper => helper.Host, helper => helper.Helper),
                StringComparer.Ordinal
            ),
            new Dictionary<string, byte[]>()
        );
}
