// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.TestSupport;
using KubernetesApiStandIn;
using ApiServer = CrioCredentialProvider.Secrets.ApiServer;

namespace CrioCredentialProvider.Tests.Secrets;

/// <summary>The certificate check in process, against TLS servers of OpenSSL and of the framework.</summary>
public sealed class ServerCertificateCheckTests
{
    public static TheoryData<string> Cases => [.. ServerCertificateCase.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_chain_is_trusted_or_refused_with_its_reason(string name)
    {
        var (shown, anchors, refusal) = ServerCertificateCase.All[name];
        using var server = new OpenSslServer(shown[0], shown[1..]);
        var failure = await AskAsync(Server(server.Port, Anchors(anchors)));
        if (refusal is null)
        {
            Assert.Null(failure);
            return;
        }

        Assert.Equal(Reasons.ApiServerNotTrusted, failure?.Reason);
        var expected = $"API server 127.0.0.1:{server.Port} (the test) is not trusted: {refusal}";
        Assert.Equal(expected, failure!.Problem[..Math.Min(expected.Length, failure.Problem.Length)]);
        Assert.EndsWith("; the CA is the anchors", failure.Problem, StringComparison.Ordinal);
        Assert.Equal(HintOf(refusal), failure.Hint);
    }

    private static string HintOf(string refusal) =>
        refusal switch
        {
            _ when refusal.Contains(" is signed with ", StringComparison.Ordinal)
                    || refusal.Contains(" key of only ", StringComparison.Ordinal)
                    || refusal.Contains(" DSA key", StringComparison.Ordinal) =>
                "issue it again with a SHA-256 signature, and an RSA key of 2048 or an elliptic curve key of 256 bits",
            _ when refusal.Contains(" does not permit TLS servers", StringComparison.Ordinal) =>
                "issue the API server's certificate with the extended key usage serverAuth",
            _ when refusal.Contains(" critical extension ", StringComparison.Ordinal) =>
                "issue the certificate again without that extension",
            _ when refusal.Contains(" cannot be decoded ", StringComparison.Ordinal) =>
                "issue the API server's certificate again",
            _ when refusal.Contains(" not signed by the CA ", StringComparison.Ordinal) =>
                "set --certificate-authority to the cluster's CA, or --tls-server-name to a name in the certificate",
            _ => "issue the API server's certificate from a CA that may sign it",
        };

    [Theory]
    [InlineData("clients")]
    [InlineData("md5")]
    [InlineData("names-undecodable")]
    public async Task Without_verification_every_certificate_is_good(string shown)
    {
        using var server = new OpenSslServer(shown);
        Assert.Null(await AskAsync(Server(server.Port, Anchors(["ca"])) with { SkipVerification = true }));
    }

    [Theory]
    [InlineData(null, true, "127.0.0.1")]
    [InlineData(null, true, "kubernetes.default.svc")]
    [InlineData(null, false, "kubernetes")]
    [InlineData("kubernetes", true, "kubernetes")]
    [InlineData("kubernetes", false, "kubernetes.default.svc")]
    public async Task The_name_is_the_wanted_one_or_else_the_hosts_or_the_internal_one(
        string? wanted,
        bool isGood,
        string name
    )
    {
        var authority = new Authority();
        using var server = new FaultyServer(null, authority.Issue([name]), (_, client, _) =>
            FaultyServer.Reset(client)
        );
        var failure = await AskAsync(Server(server.Port, Anchors(authority)) with { TlsServerName = wanted });
        Assert.Equal(
            isGood
                ? null
                : $"API server 127.0.0.1:{server.Port} (the test) is not trusted: its certificate is not for "
                    + (wanted is null ? "\"127.0.0.1\" or \"kubernetes.default.svc\"" : $"\"{wanted}\"")
                    + "; the CA is the anchors",
            failure?.Problem
        );
    }

    [Fact]
    public async Task With_the_system_store_the_internal_name_proves_nothing()
    {
        var authority = new Authority();
        using var server = new FaultyServer(null, authority.Issue(["kubernetes.default.svc"]), (_, client, _) =>
            FaultyServer.Reset(client)
        );
        var trust = new ClusterTrust("the system store", null, Anchors(authority));
        Assert.Equal(
            $"API server 127.0.0.1:{server.Port} (the test) is not trusted: its certificate is not for \"127.0.0.1\"; "
                + "the CA is the system store",
            (await AskAsync(Server(server.Port, null) with { Trust = trust }))?.Problem
        );
    }

    [Fact]
    public async Task The_common_name_is_no_name_of_the_server()
    {
        using var server = new OpenSslServer("without-names");
        Assert.Equal(
            $"API server 127.0.0.1:{server.Port} (the test) is not trusted: its certificate is not for "
                + "\"without-names\"; the CA is the anchors",
            (await AskAsync(Server(server.Port, Anchors(["ca"])) with { TlsServerName = "without-names" }))?.Problem
        );
    }

    [Fact]
    public void A_server_without_a_certificate_is_refused()
    {
        var check = new ServerCertificateCheck(Server(1, null));
        Assert.False(
            check
                .ToOptions()
                .RemoteCertificateValidationCallback!(this, null, null, SslPolicyErrors.RemoteCertificateNotAvailable)
        );
        var failure = check.FailureOf(new HttpRequestException("x"));
        Assert.Equal(
            (
                Reasons.ApiServerNotTrusted,
                "API server 127.0.0.1:1 (the test) is not trusted: it shows no certificate; the CA is the anchors",
                "check that the Kubernetes API answers there"
            ),
            (failure?.Reason, failure?.Problem, failure?.Hint)
        );
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_certificate_at_another_time_is_reported_with_its_time(bool isExpired, bool isEarly)
    {
        var authority = new Authority();
        using var certificate = authority.Issue(["127.0.0.1"], isExpired, isEarly);
        using var server = new FaultyServer(null, certificate, (_, client, _) => FaultyServer.Reset(client));
        var failure = await AskAsync(Server(server.Port, Anchors(authority)));
        Assert.Equal(
            (
                $"API server 127.0.0.1:{server.Port} (the test) is not trusted: its certificate is only valid from "
                    + $"{certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}; the "
                    + "CA is the anchors",
                "renew the certificate, or correct the node's clock"
            ),
            (failure?.Problem, failure?.Hint)
        );
    }

    [Fact]
    public async Task The_system_store_knows_no_cluster_CA_and_permits_the_host_alone()
    {
        using var server = new OpenSslServer("ec");
        Assert.Equal(
            $"API server 127.0.0.1:{server.Port} (the test) is not trusted: its certificate is not signed by the CA of "
                + "the anchors; the CA is the anchors",
            (await AskAsync(Server(server.Port, null)))?.Problem
        );
    }

    [Fact]
    public async Task A_certificate_that_OpenSSL_cannot_decode_is_refused_with_its_words()
    {
        using var server = new GarbageCertificateServer();
        var failure = await AskAsync(Server(server.Port, Anchors(["ca"])));
        Assert.StartsWith(
            $"API server 127.0.0.1:{server.Port} (the test) is not trusted: "
                + "its certificate, or another one of its chain, cannot be decoded (error:0A08000D:",
            failure?.Problem,
            StringComparison.Ordinal
        );
        Assert.Equal(Reasons.ApiServerNotTrusted, failure?.Reason);
    }

    [Fact]
    public void A_failed_handshake_is_reported_with_the_librarys_message()
    {
        var check = new ServerCertificateCheck(Server(1, null));
        var failure = check.FailureOf(
            new HttpRequestException(
                "x",
                new AuthenticationException("y", new InvalidOperationException("wrong version number"))
            )
        );
        Assert.Equal(
            (
                Reasons.ApiServerNotTrusted,
                "TLS with API server 127.0.0.1:1 (the test) failed: wrong version number",
                "check that the Kubernetes API answers there, with TLS"
            ),
            (failure?.Reason, failure?.Problem, failure?.Hint)
        );
    }

    [Fact]
    public void Another_failure_than_that_of_trust_is_left_to_others()
    {
        var check = new ServerCertificateCheck(Server(1, null));
        Assert.Null(check.FailureOf(new HttpRequestException("x", new IOException("reset"))));
        Assert.Null(check.FailureOf(new HttpRequestException("x")));
    }

    private static ApiServer Server(int port, X509Certificate2Collection? anchors) =>
        new(
            new Uri($"https://127.0.0.1:{port}/"),
            ApiServerOrigin.Option,
            "the test",
            new ClusterTrust("the anchors", anchors),
            null,
            false,
            TimeSpan.FromSeconds(20),
            []
        );

    private static X509Certificate2Collection Anchors(string[] names)
    {
        X509Certificate2Collection anchors = [];
        anchors.ImportFromPem(string.Concat(names.Select(OpenSslServer.Pem)));
        return anchors;
    }

    private static X509Certificate2Collection Anchors(Authority authority)
    {
        X509Certificate2Collection anchors = [];
        anchors.ImportFromPem(authority.Pem);
        return anchors;
    }

    /// <summary>What the check says of a connection; null: it has let the request through.</summary>
    private static async Task<ProviderException?> AskAsync(ApiServer server)
    {
        var check = new ServerCertificateCheck(server);
        using var http = new HttpMessageInvoker(
            new SocketsHttpHandler { SslOptions = check.ToOptions(), UseProxy = false }
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, server.BaseAddress);
        try
        {
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return null;
        }
        catch (HttpRequestException e)
        {
            // A server that resets the connection after it has read the request was trusted.
            return check.FailureOf(e);
        }
    }
}
