// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>OpenShift's API server has a certificate for each of its names, and picks by the one in the TLS
/// greeting.</summary>
public sealed class ServerNameContractTests
{
    [Theory]
    [InlineData("", "")] // an address is no name
    [InlineData("--tls-server-name=kubernetes.default.svc", "kubernetes.default.svc")]
    public void The_greeting_names_the_server_that_the_certificate_must_be_for(string option, string name)
    {
        using var cluster = new Cluster();
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            cluster.RunArticle([.. new[] { option }.Where(o => o.Length > 0)])
        );
        Assert.Equal(name, cluster.Api.LastServerName);
    }

    [Fact]
    public void The_greeting_names_the_dialled_host()
    {
        using var cluster = new Cluster();
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            cluster.RunArticle($"--api-server=localhost:{cluster.Api.Port}")
        );
        Assert.Equal("localhost", cluster.Api.LastServerName);
    }
}
