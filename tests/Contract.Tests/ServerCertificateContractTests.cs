// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// The static and the dynamic binary against TLS servers of OpenSSL: each has another OpenSSL, and judges every chain
/// as the check in process does (ServerCertificateCheckTests).
/// </summary>
public sealed class ServerCertificateContractTests
{
    public static TheoryData<string, string> Cases =>
        new(
            from linkage in (string[])["", "-dynamic"]
            from name in ServerCertificateCase.All.Keys
            select (linkage, name)
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_chain_is_trusted_or_refused_at_once(string linkage, string name)
    {
        var (shown, anchors, refusal) = ServerCertificateCase.All[name];
        using var server = new OpenSslServer(shown[0], shown[1..]);
        var (run, took) = Run(linkage, server.Port, string.Concat(anchors.Select(OpenSslServer.Pem)));
        Assert.Contains(
            refusal is null ? "its content type is \"text/html\"" : $"is not trusted: {refusal}",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.EndsWith(refusal is null ? "[CP411]\n" : "[CP405]\n", run.Stderr, StringComparison.Ordinal);
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-dynamic")]
    public void What_is_not_a_certificate_is_refused_at_once(string linkage)
    {
        using var server = new GarbageCertificateServer();
        var (run, _) = Run(linkage, server.Port, OpenSslServer.Pem("ca"));
        Assert.StartsWith(
            $"API server 127.0.0.1:{server.Port} (option --api-server) is not trusted: "
                + "its certificate, or another one of its chain, cannot be decoded (error:0A08000D:",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.EndsWith("[CP405]\n", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    /// <summary>With a budget that ends after the longest time that is accepted.</summary>
    private static (RunResult Run, TimeSpan Took) Run(string linkage, int port, string anchors)
    {
        using var cluster = new Cluster();
        File.WriteAllText(cluster.At("anchors.crt"), anchors);
        var watch = Stopwatch.StartNew();
        var run = PublishedBinary.RunIn(
            PublishedBinary.FilePath + linkage,
            Requests.For("docker.io/library/nginx", cluster.Token),
            [],
            [
                .. cluster.Flags,
                $"--certificate-authority={cluster.At("anchors.crt")}",
                $"--api-server=127.0.0.1:{port}",
                "--timeout=50s",
            ]
        );
        return (run, watch.Elapsed);
    }
}
