// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Support;

/// <summary>The search that ends the suite finds what it is there for.</summary>
public sealed class SecretSearchTests
{
    private const string DockerConfig =
        """{"auths":{"m.io":{"username":"u","password":"planted-password","auth":"cGxhbnRlZDppbi1hdXRoLWZpZWxk","identitytoken":"planted-refresh"}}}""";

    [Theory]
    [InlineData("x planted-password x")]
    [InlineData("cGxhbnRlZDppbi1hdXRoLWZpZWxk")]
    [InlineData("in-auth-field is here")]
    [InlineData("planted-refresh")]
    public void A_secret_of_a_docker_config_is_found(string output) =>
        Assert.Contains("leaked", Search(output), StringComparison.Ordinal);

    [Fact]
    public void The_data_of_a_secret_is_found_even_when_it_was_cut() =>
        Assert.NotNull(Search("data " + Convert.ToBase64String(Encoding.UTF8.GetBytes(DockerConfig))[40..100]));

    [Fact]
    public void A_tokens_part_is_found() =>
        Assert.NotNull(Search("token " + KubernetesApiStandIn.Token.For("default")[100..180] + "…"));

    [Theory]
    [InlineData("")]
    [InlineData("m.io u planted-pass auths password")]
    public void What_is_not_a_secret_is_not_found(string output) => Assert.Null(Search(output));

    private static string? Search(string output)
    {
        var search = new SecretSearch();
        search.Plant(KubernetesApiStandIn.Token.For("default"));
        search.PlantDocument(
            "{\"items\":[{\"data\":{\".dockerconfigjson\":\""
                + Convert.ToBase64String(Encoding.UTF8.GetBytes(DockerConfig))
                + "\"}}]}"
        );
        search.Record("nothing");
        search.Record(output);
        return search.Find();
    }
}
