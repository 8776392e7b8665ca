// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CrioCredentialProvider.Secrets;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Secrets;

/// <summary>Chains that no TLS server can show; <see cref="ServerCertificateCheckTests"/> has the others.</summary>
public sealed class CertificateChainTests
{
    /// <summary>What is not known is refused, never accepted: these demand more than this program asks for.</summary>
    [Theory]
    [InlineData(true, "its chain is not valid (RevocationStatusUnknown, OfflineRevocation)")]
    [InlineData(false, "its chain is not valid (NotValidForUsage)")]
    public void An_error_that_has_no_sentence_is_refused_with_its_name(bool isRevocation, string why)
    {
        var authority = new Authority();
        using var leaf = authority.Issue(["a.test"]);
        var trust = Trust(authority);
        using var chain = new X509Chain { ChainPolicy = trust.ToChainPolicy() };
        if (isRevocation)
        {
            chain.ChainPolicy.RevocationMode = X509RevocationMode.Offline;
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        }
        else
        {
            chain.ChainPolicy.CertificatePolicy.Add(new Oid("1.2.3.4"));
        }

        Assert.False(chain.Build(leaf));
        Assert.Equal(
            new CertificateRefusal(why, CertificateChain.NameTheCa),
            CertificateChain.Judge(trust, chain, hasErrors: true)
        );
    }

    [Fact]
    public void Without_an_error_of_the_TLS_layer_only_weak_algorithms_are_looked_for()
    {
        using var leaf = new Authority().Issue(["a.test"]);
        var trust = Trust(new Authority());
        using var chain = new X509Chain { ChainPolicy = trust.ToChainPolicy() };
        Assert.False(chain.Build(leaf));
        Assert.Null(CertificateChain.Judge(trust, chain, hasErrors: false));
        Assert.NotNull(CertificateChain.Judge(trust, chain, hasErrors: true));
    }

    private static ClusterTrust Trust(Authority authority) =>
        new("the test", [X509Certificate2.CreateFromPem(authority.Pem)]);
}
