// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CrioCredentialProvider.TestSupport;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// Whoever answers in the API server's place must prove that it is the API server before it gets the pod's token. Each
/// impostor here holds what somebody in a cluster may well hold.
/// </summary>
public sealed class TrustContractTests
{
    private const string InternalName = "kubernetes.default.svc";

    private static readonly Dictionary<
        string,
        Func<Authority, (X509Certificate2 Leaf, X509Certificate2[] Chain)>
    > Impostors = new()
    {
        ["a certificate of the cluster's CA for clients"] = ca =>
            (ca.IssueBare(null, null, "CN=system:node:a", Name(InternalName), ForClients), []),
        ["one that a client's certificate has signed"] = ca =>
        {
            var client = ca.IssueBare(null, null, "CN=system:node:a", ForClients);
            return (
                ca.IssueBare(
                    client.SubjectName,
                    client.GetECDsaPrivateKey(),
                    "CN=kube-apiserver",
                    Name(InternalName),
                    ForServers
                ),
                [client]
            );
        },
        ["one that another server's certificate has signed"] = ca =>
        {
            var server = ca.IssueBare(
                null,
                null,
                "CN=kubelet",
                Name("node-a"),
                ForServers,
                new X509BasicConstraintsExtension(false, false, 0, true)
            );
            return (
                ca.IssueBare(
                    server.SubjectName,
                    server.GetECDsaPrivateKey(),
                    "CN=kube-apiserver",
                    Name(InternalName),
                    ForServers
                ),
                [server]
            );
        },
        ["one in the CA's name by another key"] = ca =>
            (
                ca.IssueBare(
                    null,
                    ECDsa.Create(ECCurve.NamedCurves.nistP256),
                    "CN=kube-apiserver",
                    Name(InternalName),
                    ForServers
                ),
                []
            ),
        ["one by another CA of the same name"] = _ => (new Authority().Issue([InternalName]), []),
        ["one that is signed by itself"] = _ =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=" + InternalName, key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(Name(InternalName));
            using var own = request.CreateSelfSigned(
                DateTimeOffset.UtcNow.AddDays(-1),
                DateTimeOffset.UtcNow.AddDays(1)
            );
            return (X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null), []);
        },
        ["the internal name as common name only"] = ca =>
            (ca.IssueBare(null, null, "CN=" + InternalName, ForServers), []),
        ["the internal name as common name beside another name"] = ca =>
            (ca.IssueBare(null, null, "CN=" + InternalName, Name("node-a"), ForServers), []),
        ["the address written as a DNS name"] = ca =>
            (ca.IssueBare(null, null, "CN=a", Name("127.0.0.1"), ForServers), []),
        ["a name that only begins like it"] = ca =>
            (ca.IssueBare(null, null, "CN=a", Name(InternalName + ".evil.test"), ForServers), []),
        ["a name that only ends like it"] = ca =>
            (ca.IssueBare(null, null, "CN=a", Name("a." + InternalName), ForServers), []),
        ["a star for everything"] = ca => (ca.IssueBare(null, null, "CN=a", Name("*"), ForServers), []),
        ["a star for too much"] = ca => (ca.IssueBare(null, null, "CN=a", Name("*.svc"), ForServers), []),
        ["no name at all"] = ca => (ca.IssueBare(null, null, "CN=a", ForServers), []),
    };

    public static TheoryData<string> ImpostorNames => [.. Impostors.Keys];

    private static X509Extension ForClients => new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false);

    private static X509Extension ForServers => new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false);

    [Theory]
    [MemberData(nameof(ImpostorNames))]
    public void An_impostor_with_a_certificate_that_is_not_the_API_servers_never_sees_the_token(string what)
    {
        using var cluster = new Cluster();
        var (leaf, chain) = Impostors[what](cluster.Authority);
        AssertRefused(cluster, leaf, chain, ReasonFor(what));
    }

    /// <summary>
    /// The same if the anchor is an intermediate, whose own issuer is not trusted: no signature may be left out,
    /// whether the server shows that issuer or not.
    /// </summary>
    [Theory]
    [MemberData(nameof(ImpostorNames))]
    public void An_intermediate_as_anchor_opens_no_way_around(string what)
    {
        var root = new Authority("root");
        using var cluster = new Cluster(new Authority("intermediate", root));
        var (leaf, chain) = Impostors[what](cluster.Authority);
        AssertRefused(cluster, leaf, chain, ReasonFor(what));
        AssertRefused(
            cluster,
            leaf,
            [.. chain, X509Certificate2.CreateFromPem(cluster.Authority.Pem), X509Certificate2.CreateFromPem(root.Pem)],
            ReasonFor(what)
        );
    }

    [Fact]
    public void The_root_above_an_intermediate_anchor_is_not_an_anchor()
    {
        var root = new Authority("root");
        using var cluster = new Cluster(new Authority("intermediate", root));
        AssertRefused(cluster, root.Issue([InternalName]), []);
        AssertRefused(cluster, new Authority("sibling", root).Issue([InternalName]), []);
    }

    /// <summary>What an unverified certificate names as its issuer's address would be fetched by root, from inside the
    /// node's network.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_address_from_a_certificate_is_visited(bool hasClusterCa)
    {
        using var cluster = new Cluster();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/issuer.crt";
        var leaf = new Authority("unknown").IssueBare(
            null,
            null,
            "CN=a",
            Name(InternalName),
            ForServers,
            new X509AuthorityInformationAccessExtension([url], [url], false),
            CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([url])
        );
        using var server = new FaultyServer(null, leaf, (_, _, _) => Task.CompletedTask);
        File.WriteAllText(
            cluster.At("kubelet.conf"),
            "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: "
                + $"{{server: 'https://127.0.0.1:{server.Port}'}}}}]\n"
        );
        string[] flags =
        [
            .. cluster.Flags.Where(f =>
                hasClusterCa || !f.StartsWith("--certificate-authority", StringComparison.Ordinal)
            ),
            $"--kubeconfig={cluster.At("kubelet.conf")}",
            $"--api-server=127.0.0.1:{server.Port}",
        ];
        var run = PublishedBinary.Run(Requests.For("docker.io/library/nginx", cluster.Token), flags);
        Assert.Contains(
            "is not trusted: its certificate is not signed by the CA of ",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.False(listener.Pending(), "the address in the certificate was visited");
        Assert.Equal(0, server.Requests);
    }

    /// <summary>With the right certificate, but in a way of talking that has been broken since long.</summary>
    [Theory]
    [InlineData("-tls1_3", "its content type is \"text/html\"")] // the server's own page
    [InlineData("-tls1_2", "its content type is \"text/html\"")]
    [InlineData("-tls1_1", "[CP40")]
    [InlineData("-tls1", "[CP40")]
    public async Task Only_TLS_1_2_and_newer_are_spoken(string protocol, string expected)
    {
        using var cluster = new Cluster();
        using var certificate = cluster.Authority.IssueBare(
            null,
            null,
            "CN=kube-apiserver",
            Name(InternalName),
            ForServers
        );
        File.WriteAllText(
            cluster.At("server.pem"),
            certificate.ExportCertificatePem()
                + "\n"
                + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()
                + "\n"
        );
        using var server = Process.Start(
            new ProcessStartInfo(
                "openssl",
                [
                    "s_server",
                    "-accept",
                    "127.0.0.1:0",
                    "-cert",
                    cluster.At("server.pem"),
                    protocol,
                    "-cipher",
                    "ALL:@SECLEVEL=0",
                    "-www",
                ]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = cluster.Folder,
            }
        )!;
        try
        {
            server.BeginErrorReadLine();
            var line = "";
            while (!line.StartsWith("ACCEPT 127.0.0.1:", StringComparison.Ordinal))
            {
                line = await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
                    ?? throw new InvalidOperationException("openssl s_server has ended");
            }

            var run = cluster.RunArticle("--timeout=2s", "--api-server=" + line["ACCEPT ".Length..].Trim());
            Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
            Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\r\nX-Injected: 1")]
    [InlineData("a/b")]
    [InlineData("[::1")]
    [InlineData("*")]
    [InlineData("käse")]
    public void A_name_that_no_certificate_can_have_is_refused_before_anybody_is_asked(string name)
    {
        using var cluster = new Cluster();
        var run = cluster.RunArticle("--tls-server-name=" + name);
        Assert.Equal(
            new RunResult(
                1,
                "",
                $"TLS server name \"{name.Replace("\r\n", "??", StringComparison.Ordinal)}\" is not a host name; "
                    + "correct "
                    + "--tls-server-name, or tls-server-name in the kubeconfig [CP401]\n"
            ),
            run
        );
        Assert.Empty(cluster.Api.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("node-a")]
    public void A_name_or_address_in_the_certificate_can_be_the_one_that_is_wanted(string name)
    {
        using var cluster = new Cluster(names: [name]);
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            cluster.RunArticle("--tls-server-name=" + name)
        );
    }

    private static X509Extension Name(string name)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        return names.Build();
    }

    private static string ReasonFor(string impostor) =>
        impostor switch
        {
            "a certificate of the cluster's CA for clients" =>
                "the extended key usage of its certificate does not permit TLS servers",
            "one that a client's certificate has signed" =>
                "the certificate \"CN=system:node:a\" of its chain may not sign certificates, but has signed another "
                    + "one",
            "one that another server's certificate has signed" =>
                "the certificate \"CN=kubelet\" of its chain may not sign certificates, but has signed another one",
            _ => "its certificate is not ",
        };

    private static void AssertRefused(
        Cluster cluster,
        X509Certificate2 leaf,
        X509Certificate2[] chain,
        string why = "its certificate is not "
    )
    {
        using var server = new FaultyServer(null, leaf, (_, _, _) => Task.CompletedTask, chain);
        var run = cluster.RunArticle("--timeout=3s", $"--api-server=127.0.0.1:{server.Port}");
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.Contains(
            $"API server 127.0.0.1:{server.Port} (option --api-server) is not trusted: {why}",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.EndsWith("[CP405]\n", run.Stderr, StringComparison.Ordinal);
        Assert.Equal((1, 0), (server.Connections, server.Requests));
        Assert.Empty(cluster.LeftInAuthDirectory);
    }
}
