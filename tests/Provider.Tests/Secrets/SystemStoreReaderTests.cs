// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Secrets;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Secrets;

/// <summary>The CAs of a node, where Go looks for them, in a root of its own.</summary>
public sealed class SystemStoreReaderTests : IDisposable
{
    private const string Bundle = "/etc/ssl/certs/ca-certificates.crt";

    private static readonly string First = new Authority("first").Pem;
    private static readonly string Second = new Authority("second").Pem;

    private readonly string root = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    private ApiServerFiles Files => new() { Reader = SmallFileReader.Below(root) };

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData("/etc/ssl/certs/ca-certificates.crt")]
    [InlineData("/etc/pki/tls/certs/ca-bundle.crt")]
    [InlineData("/etc/ssl/ca-bundle.pem")]
    [InlineData("/etc/pki/tls/cacert.pem")]
    [InlineData("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem")]
    [InlineData("/etc/ssl/cert.pem")]
    [InlineData("/etc/ssl/certs/one.pem")]
    [InlineData("/etc/pki/tls/certs/one.pem")]
    public void Each_place_is_looked_into(string path)
    {
        Write(path, $"{First}\n{Second}");
        Assert.Equal(["CN=first", "CN=second"], Names(Files));
    }

    [Fact]
    public void The_first_bundle_counts_alone()
    {
        Write(Bundle, First);
        Write("/etc/ssl/cert.pem", Second);
        Write("/etc/ssl/certs/second.pem", Second);
        Assert.Equal(["CN=first"], Names(Files));
    }

    [Fact]
    public void The_variables_name_other_places()
    {
        Write(Bundle, First);
        Write("/my.pem", Second);
        Write("/a/first.pem", First);
        Write("/b/second.pem", Second);
        Assert.Equal(["CN=second"], Names(Files with { SystemStoreFile = "/my.pem" }));
        Assert.Equal(["CN=first"], Names(Files with { SystemStoreFile = "/none.pem" }));
        Assert.Equal(
            ["CN=first", "CN=second"],
            Names(Files with { SystemStoreFile = "/none.pem", SystemStoreDirectory = "/a:/none:/b" })
        );
    }

    [Fact]
    public void What_is_not_a_certificate_is_skipped()
    {
        const string Key = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
        const string Bad = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        Directory.CreateDirectory(root + "/etc/ssl/certs/java");
        Write("/etc/ssl/certs/a.pem", "words\n" + Key + Bad + First);
        Write("/etc/ssl/certs/b.pem", "");
        Write("/etc/ssl/certs/c.pem", Second.Replace(" CERT", " X509 CERT", StringComparison.Ordinal));
        File.CreateSymbolicLink(root + "/etc/ssl/certs/d.pem", "gone.pem");
        Assert.Equal(["CN=first"], Names(Files));
    }

    [Fact]
    public void A_place_may_be_a_link()
    {
        Write("/usr/share/certs/first.pem", First);
        Directory.CreateDirectory(root + "/etc/ssl");
        Directory.CreateSymbolicLink(root + "/etc/ssl/certs", "/usr/share/certs");
        Assert.Equal(["CN=first"], Names(Files));
    }

    [Fact]
    public void A_bundle_that_cannot_be_read_is_an_error_unless_nothing_is_verified()
    {
        Directory.CreateDirectory(root + Bundle);
        var e = Assert.Throws<ProviderException>(() => Find(Options));
        Assert.Equal(Reasons.CertificateAuthorityInvalid, e.Reason);
        Assert.StartsWith("the system store cannot be read: ", e.Problem, StringComparison.Ordinal);
        Assert.Equal("name the cluster's CA with --certificate-authority", e.Hint);
        Assert.Empty(Find(Options with { InsecureSkipTlsVerify = true }).SystemStore!);
    }

    [Fact]
    public void It_is_the_trust_of_a_node_without_a_CA_of_its_own()
    {
        Write(Bundle, First);
        var trust = Find(Options);
        Assert.Equal(("the system store", null), (trust.Source, trust.Anchors));
        Assert.Equal("CN=first", Assert.Single(trust.ToChainPolicy().CustomTrustStore).Subject);
        Assert.True(trust.ToChainPolicy().DisableCertificateDownloads, "it would fetch what a stranger's URLs name");
        Write("/etc/kubernetes/pki/ca.crt", Second);
        trust = Find(Options);
        Assert.Equal("\"/etc/kubernetes/pki/ca.crt\"", trust.Source);
        Assert.Equal("CN=second", Assert.Single(trust.ToChainPolicy().CustomTrustStore).Subject);
    }

    private static ApiServerOptions Options => new(null, "/env", null, null, null, false, TimeSpan.FromSeconds(1));

    private ClusterTrust Find(ApiServerOptions options)
    {
        var files = Files with { ParentArguments = [] };
        return ClusterTrustLocator.Find(options, files, new KubeconfigLocator(options, files));
    }

    private static IEnumerable<string> Names(ApiServerFiles files) =>
        SystemStoreReader.Read(files).Select(certificate => certificate.Subject);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(root + path)!);
        File.WriteAllText(root + path, text);
    }
}
