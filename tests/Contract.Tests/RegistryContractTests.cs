// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>The image library that CRI-O uses is the judge: does it find our credentials, and the registry take
/// them?</summary>
public sealed class RegistryContractTests(PrivateRegistry registry) : IClassFixture<PrivateRegistry>
{
    [Theory]
    [InlineData("localhost:PORT", true)]
    [InlineData("http://localhost:PORT", true)]
    [InlineData("https://localhost:PORT/v2/", true)]
    [InlineData("localhost:PORT/", true)]
    [InlineData("localhost:PORT/hub", true)]
    [InlineData("https://localhost:PORT/v1/hub/", true)]
    [InlineData("localhost:PORT/hub/library", true)]
    [InlineData("localhost:PORT/hub/library/nginx", true)]
    [InlineData("local*:PORT", true)]
    [InlineData("localhost", false)]
    [InlineData("localhost:PORT1", false)]
    [InlineData("127.0.0.1:PORT", false)]
    [InlineData("localhost:PORT/hu", false)]
    [InlineData("localhost:PORT/hub/other", false)]
    [InlineData("localhost:PORT/hub/library/ngin", false)]
    public void A_pull_succeeds_or_is_refused_as_the_key_says(string key, bool succeeds)
    {
        var image = $"localhost:{registry.Port}/hub/library/nginx";
        var sources = new PullSources(
            [
                new PullSource(
                    PullSourceKind.Mirror,
                    $"localhost:{registry.Port}/hub",
                    RepositoryName.OfLocation(image)
                ),
                new PullSource(
                    PullSourceKind.Registry,
                    "upstream.invalid",
                    RepositoryName.OfLocation("upstream.invalid/library/nginx")
                ),
            ],
            null,
            false
        );
        var secret = MatchingSupport.Config(
            (key.Replace("PORT", $"{registry.Port}", StringComparison.Ordinal), "myuser", "mypassword")
        );
        var match = MatchingSupport.Match(sources, ("s", secret));
        var pull = registry.Pull(
            Encoding.UTF8.GetString(AuthFileMerger.Merge(match, GlobalAuthFile.Empty, sources).ToJson())
        );
        Assert.True(succeeds == (pull.ExitCode == 0), $"{key}: {pull.Output}");
    }

    [Fact]
    public void A_wrong_password_is_refused_by_the_registry() =>
        Assert.NotEqual(
            0,
            registry
                .Pull(
                    "{\"auths\":{\"localhost:"
                        + registry.Port
                        + "\":{\"auth\":\""
                        + Convert.ToBase64String("myuser:wrong"u8)
                        + "\"}}}"
                )
                .ExitCode
        );
}
