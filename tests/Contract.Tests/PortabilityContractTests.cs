// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>One static file runs everywhere: it needs nothing of the node but what it reads (docs/adr/0020,
/// 0022).</summary>
public sealed class PortabilityContractTests : IDisposable
{
    private const string NodeWithModules = """
        passwd: files frobnicate
        hosts: mymachines frobnicate [!UNAVAIL=return] resolve
        """;

    private readonly Cluster cluster = new(names: ["kubernetes", "kubernetes.default.svc", "api.cluster.test"]);
    private readonly EmptyRoot root;

    public PortabilityContractTests() => root = new EmptyRoot(cluster);

    public void Dispose() => cluster.Dispose();

    [Fact]
    public void In_a_root_with_nothing_else_it_writes_the_auth_file()
    {
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            root.RunArticle($"127.0.0.1:{cluster.Api.Port}")
        );
        Assert.Equal("mypassword", Cluster.PasswordIn(File.ReadAllText(root.AuthFile)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hosts: files dns\n")]
    [InlineData(NodeWithModules)]
    public void A_host_name_of_etc_hosts_is_found_whatever_nsswitch_conf_names(string nsswitch)
    {
        root.Write("etc/nsswitch.conf", nsswitch);
        root.Write("etc/hosts", "127.0.0.1 api.cluster.test\n");
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            root.RunArticle($"api.cluster.test:{cluster.Api.Port}")
        );
        Assert.True(File.Exists(root.AuthFile));
    }

    [Theory]
    [InlineData("hosts: files dns\n")]
    [InlineData(NodeWithModules)]
    public void A_host_name_of_DNS_is_found_whatever_nsswitch_conf_names(string nsswitch)
    {
        using var dns = new DnsStub("api.cluster.test");
        root.Write("etc/nsswitch.conf", nsswitch);
        root.Write("etc/resolv.conf", $"nameserver {dns.Address}\n");
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            root.RunArticle($"api.cluster.test:{cluster.Api.Port}")
        );
        Assert.Contains("api.cluster.test", dns.Asked);
    }

    [Fact]
    public void A_host_name_that_does_not_resolve_is_a_clear_failure()
    {
        using var dns = new DnsStub("api.cluster.test");
        root.Write("etc/nsswitch.conf", NodeWithModules);
        root.Write("etc/resolv.conf", $"nameserver {dns.Address}\n");
        var run = root.RunArticle($"other.cluster.test:{cluster.Api.Port}");
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.StartsWith(
            "host \"other.cluster.test\" of the API server (option --api-server) is unknown; ",
            run.Stderr,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("etc/ssl/certs/ca-certificates.crt")]
    [InlineData("etc/pki/tls/certs/ca-bundle.crt")]
    [InlineData("etc/ssl/ca-bundle.pem")]
    [InlineData("etc/ssl/cert.pem")]
    public void The_system_store_is_found_where_other_distributions_have_it(string bundle)
    {
        root.Write(bundle, cluster.Authority.Pem);
        root.Write("etc/hosts", "127.0.0.1 api.cluster.test\n");
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            root.RunTrusting($"api.cluster.test:{cluster.Api.Port}")
        );
    }

    [Fact]
    public void Without_any_store_no_server_is_trusted()
    {
        root.Write("etc/hosts", "127.0.0.1 api.cluster.test\n");
        var run = root.RunTrusting($"api.cluster.test:{cluster.Api.Port}");
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.Contains(
            "is not trusted: its certificate is not signed by the CA of the system store",
            run.Stderr,
            StringComparison.Ordinal
        );
    }

    /// <summary>An openssl.cnf is for the OpenSSL that it belongs to: one that asks for a module must not stop the
    /// static build.</summary>
    [Fact]
    public void An_openssl_cnf_of_the_node_is_not_read()
    {
        root.Write(
            "usr/lib/ssl/openssl.cnf",
            "openssl_conf = init\nconfig_diagnostics = 1\n[init]\nproviders = p\nssl_conf = s\n[p]\nfips = "
                + "f\n[f]\nactivate = 1\n"
                + "[s]\nsystem_default = d\n[d]\nCipherString = NULL\nMinProtocol = TLSv9\n"
        );
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            root.RunArticle($"127.0.0.1:{cluster.Api.Port}")
        );
    }

    /// <summary>The other build is for nodes whose OpenSSL counts: it takes it from there, and answers the
    /// same.</summary>
    /// <summary>It would differ from folder to folder (make reproducible compares whole files).</summary>
    [Theory]
    [InlineData("")]
    [InlineData("-dynamic")]
    public void The_file_does_not_hold_the_path_where_it_was_built(string suffix)
    {
        var file = File.ReadAllBytes(PublishedBinary.FilePath + suffix);
        Assert.Equal(-1, file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Repository.Root + "/")));
        Assert.Equal(-1, file.AsSpan().IndexOf(".nuget/packages/"u8));
    }

    [Fact]
    public void The_dynamic_build_answers_as_well()
    {
        var dynamic = PublishedBinary.FilePath + "-dynamic";
        using var elf = Process.Start(
            new ProcessStartInfo("readelf", ["--dynamic", "--program-headers", dynamic])
            {
                RedirectStandardOutput = true,
            }
        )!;
        var headers = elf.StandardOutput.ReadToEnd();
        elf.WaitForExit();
        Assert.Contains("[libc.so.6]", headers, StringComparison.Ordinal);
        Assert.Contains("DYN (Position-Independent Executable file)", headers, StringComparison.Ordinal);
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            PublishedBinary.RunIn(dynamic, Requests.For("docker.io/library/nginx", cluster.Token), [], cluster.Flags)
        );
        Assert.Equal("mypassword", Cluster.PasswordIn(File.ReadAllText(cluster.AuthFile)));
    }
}
