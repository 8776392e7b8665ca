// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tests.Secrets;

/// <summary>
/// A CA that was made anew under its old name, without key identifiers: OpenSSL tries the first anchor of that name.
/// </summary>
public sealed class ChainForEachAnchorTests : IDisposable
{
    private const string Servers = "1.3.6.1.5.5.7.3.1";
    private const string Clients = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 older = Authority();
    private readonly X509Certificate2 newer = Authority();
    private readonly X509Certificate2 stranger = Authority();

    public void Dispose()
    {
        older.Dispose();
        newer.Dispose();
        stranger.Dispose();
    }

    [Theory]
    [InlineData(Servers, false, null)]
    [InlineData(Servers, true, null)]
    [InlineData(Clients, false, "the extended key usage of its certificate does not permit TLS servers")]
    [InlineData(Clients, true, "the extended key usage of its certificate does not permit TLS servers")]
    public void The_anchor_that_signed_it_decides_wherever_it_stands(string usage, bool isReversed, string? refusal)
    {
        X509Certificate2[] anchors = [older, newer];
        Assert.Equal(refusal, Judge(usage, isReversed ? [newer, older] : anchors)?.Why);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_intermediate_that_the_server_shows_leads_to_its_anchor(bool isReversed)
    {
        X509Certificate2[] anchors = [older, newer];
        Assert.Null(Judge(Servers, isReversed ? [newer, older] : anchors, isIndirect: true)?.Why);
    }

    [Fact]
    public void If_none_of_them_signed_it_that_is_reported()
    {
        const string NotSigned = "its certificate is not signed by the CA of the test";
        Assert.Equal(NotSigned, Judge(Servers, [older, stranger])?.Why);
        Assert.Equal(NotSigned, Judge(Servers, [older])?.Why);
        Assert.Equal(NotSigned, Judge(Clients, [older, stranger])?.Why);
        using var expired = Authority(until: -0.5);
        Assert.Equal(NotSigned, Judge(Servers, [older, expired])?.Why);
    }

    /// <summary>The judgement of a server's certificate that the newer CA has signed, or an intermediate of
    /// it.</summary>
    private CertificateRefusal? Judge(string usage, X509Certificate2[] anchors, bool isIndirect = false)
    {
        using var intermediate = Authority(issuer: newer);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var leaf = request.Create(isIndirect ? intermediate : newer, newer.NotBefore, newer.NotAfter, [1]);
        var trust = new ClusterTrust("the test", [.. anchors]);
        using var chain = new X509Chain { ChainPolicy = trust.ToChainPolicy() };
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(Servers));
        if (isIndirect)
        {
            chain.ChainPolicy.ExtraStore.Add(intermediate);
        }

        var isValid = chain.Build(leaf);
        return ChainForEachAnchor.Judge(trust, chain, hasErrors: !isValid);
    }

    private static X509Certificate2 Authority(double until = 1, X509Certificate2? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            issuer is null ? "CN=twin" : "CN=intermediate",
            key,
            HashAlgorithmName.SHA256
        );
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        if (issuer is not null)
        {
            using var signed = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, [2]);
            return signed.CopyWithPrivateKey(key);
        }

        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(until));
    }
}
