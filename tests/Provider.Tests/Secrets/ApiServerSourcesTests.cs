// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.TestSupport;
using KubernetesApiStandIn;
using Server = CrioCredentialProvider.Secrets.ApiServer;

namespace CrioCredentialProvider.Tests.Secrets;

/// <summary>
/// Each source of address and CA fails a run only if it is needed: what comes before it decides, and what comes after
/// it is not looked at.
/// </summary>
public sealed class ApiServerSourcesTests : IDisposable
{
    private const string Unreadable = "current-context: [";

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;
    private readonly Authority authority = new("cluster");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("--api-server")]
    [InlineData("env file")]
    public void A_kubeconfig_that_is_not_needed_fails_nothing(string address)
    {
        Write("kubelet.conf", Unreadable);
        Write("given.crt", authority.Pem);
        if (address == "env file")
        {
            Write("env", "KUBERNETES_SERVICE_HOST=a.test\nKUBERNETES_SERVICE_PORT=6443\n");
        }

        var server = Locate(
            Options with
            {
                ApiServer = address == "--api-server" ? "a.test" : null,
                CertificateAuthority = At("given.crt"),
            }
        );
        Assert.Equal(("a.test", $"\"{At("given.crt")}\""), (server.BaseAddress.Host, server.Trust.Source));
        Assert.Equal(
            address == "--api-server" ? "option --api-server" : $"env file \"{At("env")}\"",
            server.OriginText
        );
    }

    [Fact]
    public void An_option_or_a_fallback_that_is_no_address_is_named()
    {
        Assert.Equal(
            "\"?\" from --api-server is not an API server address",
            Assert.Throws<ProviderException>(() => Locate(Options with { ApiServer = "?" })).Problem
        );
        var files = new ApiServerFiles
        {
            Kubeconfigs = [],
            ParentArguments = [],
            ClusterCa = At("cluster.crt"),
        };
        Assert.Equal("the fallback", ApiServerLocator.Locate(Options, files).OriginText);
        Assert.Equal(
            "\"?\" from the fallback is not an API server address",
            Assert
                .Throws<ProviderException>(() => ApiServerLocator.Locate(Options, files with { Fallback = "?" }))
                .Problem
        );
    }

    [Fact]
    public void An_env_file_that_is_not_needed_fails_nothing()
    {
        Write("env", "KUBERNETES_SERVICE_HOST=?\nKUBERNETES_SERVICE_PORT=?\n");
        Assert.Equal("a.test", Locate(Options with { ApiServer = "a.test" }).BaseAddress.Host);
        Assert.Equal(
            $"\"?:?\" from env file \"{At("env")}\" is not an API server address",
            Assert.Throws<ProviderException>(() => Locate(Options)).Problem
        );
    }

    [Fact]
    public void A_kubeconfig_without_a_server_still_names_the_CA()
    {
        Write("kubelet.conf", Kubeconfig($"certificate-authority-data: {Base64(authority.Pem)}"));
        var server = Locate(Options with { ApiServer = "a.test" });
        Assert.Equal("CN=cluster", Assert.Single(server.Trust.Anchors!).Subject);
        Assert.Equal(
            $"kubeconfig \"{At("kubelet.conf")}\" cannot be used: its cluster \"c\" has no server",
            Assert.Throws<ProviderException>(() => Locate(Options)).Problem
        );
    }

    [Fact]
    public void A_kubeconfig_without_a_good_CA_still_names_the_server()
    {
        Write("kubelet.conf", Kubeconfig("server: https://k.test, certificate-authority: gone.crt"));
        Write("given.crt", authority.Pem);
        var server = Locate(Options with { CertificateAuthority = At("given.crt") });
        Assert.Equal(("k.test", ApiServerOrigin.Kubeconfig), (server.BaseAddress.Host, server.Origin));
    }

    [Fact]
    public void The_kubeconfig_of_the_option_must_exist_and_is_the_only_one()
    {
        Write("kubelet.conf", Unreadable);
        Write("own.conf", Kubeconfig($"server: https://own.test, certificate-authority-data: {Base64(authority.Pem)}"));
        Write("bootstrap.conf", Unreadable);
        var server = Locate(
            Options with
            {
                Kubeconfig = At("own.conf"),
            },
            $"--kubeconfig={At("kubelet.conf")}",
            $"--bootstrap-kubeconfig={At("bootstrap.conf")}"
        );
        Assert.Equal(("own.test", $"kubeconfig \"{At("own.conf")}\""), (server.BaseAddress.Host, server.Trust.Source));

        var e = Assert.Throws<ProviderException>(() => Locate(Options with { Kubeconfig = At("gone.conf") }));
        Assert.Equal(
            ($"kubeconfig \"{At("gone.conf")}\" cannot be used: there is no such file", Reasons.KubeconfigInvalid),
            (e.Problem, e.Reason)
        );
    }

    [Theory]
    [InlineData("", "kubeconfig \"BOOTSTRAP\" cannot be used: it has no current-context")]
    [InlineData(Unreadable, "kubeconfig \"BOOTSTRAP\" cannot be used: it is not valid YAML (line 2, column 1)")]
    [InlineData(
        "{clusters: [{cluster: {server: s, certificate-authority: /nonexistent/ca.crt}}]}",
        "CA file \"/nonexistent/ca.crt\" cannot be used: there is no such file"
    )]
    [InlineData(
        "{clusters: [{cluster: {server: s, certificate-authority-data: '*'}}]}",
        "kubeconfig \"BOOTSTRAP\" cannot be used: its certificate-authority-data is not base64"
    )]
    public void A_bootstrap_kubeconfig_that_cannot_be_used_spoils_nothing(string text, string why)
    {
        Write("own.conf", Kubeconfig($"server: https://own.test, certificate-authority-data: {Base64(authority.Pem)}"));
        Write("bootstrap.conf", text);
        var server = Locate(
            Options,
            $"--kubeconfig={At("own.conf")}",
            $"--bootstrap-kubeconfig={At("bootstrap.conf")}"
        );
        Assert.Equal(["CN=cluster"], server.Trust.Anchors!.Select(anchor => anchor.Subject));
        Assert.Equal(
            $"kubeconfig \"{At("own.conf")}\" (without the bootstrap kubeconfig, because "
                + why.Replace("BOOTSTRAP", At("bootstrap.conf"), StringComparison.Ordinal)
                + ")",
            server.Trust.Source
        );
        Assert.Empty(server.Notices);
    }

    [Theory]
    [InlineData("gone.conf")]
    [InlineData("own.conf")]
    [InlineData("without-ca.conf")]
    public void A_bootstrap_kubeconfig_that_adds_nothing_is_not_mentioned(string bootstrap)
    {
        Write("own.conf", Kubeconfig($"server: https://own.test, certificate-authority-data: {Base64(authority.Pem)}"));
        Write("without-ca.conf", Kubeconfig("server: s"));
        var server = Locate(Options, $"--kubeconfig={At("own.conf")}", $"--bootstrap-kubeconfig={At(bootstrap)}");
        Assert.Equal((1, $"kubeconfig \"{At("own.conf")}\""), (server.Trust.Anchors!.Count, server.Trust.Source));
    }

    [Fact]
    public void Both_kubeconfigs_are_named_when_both_have_a_CA()
    {
        Write("own.conf", Kubeconfig($"server: https://own.test, certificate-authority-data: {Base64(authority.Pem)}"));
        Write("bootstrap.conf", Kubeconfig($"certificate-authority-data: {Base64(new Authority("new").Pem)}"));
        var server = Locate(
            Options,
            $"--kubeconfig={At("own.conf")}",
            $"--bootstrap-kubeconfig={At("bootstrap.conf")}"
        );
        Assert.Equal($"kubeconfig \"{At("own.conf")}\" and \"{At("bootstrap.conf")}\"", server.Trust.Source);
    }

    [Theory]
    [InlineData("certificate-authority: ca.crt")]
    [InlineData("certificate-authority: ABSOLUTE")]
    [InlineData("certificate-authority: gone.crt, certificate-authority-data: DATA")]
    public void The_kubeconfigs_CA_is_its_data_or_else_its_file(string trust)
    {
        Write("ca.crt", authority.Pem);
        Write(
            "kubelet.conf",
            Kubeconfig(
                "server: https://k.test, "
                    + trust
                        .Replace("ABSOLUTE", At("ca.crt"), StringComparison.Ordinal)
                        .Replace("DATA", Base64(authority.Pem), StringComparison.Ordinal)
            )
        );
        var server = Locate(Options);
        Assert.Equal(
            ("CN=cluster", $"kubeconfig \"{At("kubelet.conf")}\""),
            (server.Trust.Anchors!.Single().Subject, server.Trust.Source)
        );
    }

    [Theory]
    [InlineData("", "it holds no PEM certificate")]
    [InlineData(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "a certificate in it cannot be decoded"
    )]
    [InlineData(null, "there is no such file")]
    public void A_CA_file_that_cannot_be_used_is_a_clear_failure(string? pem, string why)
    {
        if (pem is not null)
        {
            Write("given.crt", pem);
        }

        Write("kubelet.conf", Kubeconfig("server: https://k.test, certificate-authority: given.crt"));
        foreach (var options in (ApiServerOptions[])[Options, Options with { CertificateAuthority = At("given.crt") }])
        {
            var e = Assert.Throws<ProviderException>(() => Locate(options));
            Assert.Equal(
                (
                    Reasons.CertificateAuthorityInvalid,
                    $"CA file \"{At("given.crt")}\" cannot be used: {why}",
                    "name the cluster's CA with --certificate-authority"
                ),
                (e.Reason, e.Problem, e.Hint)
            );
        }
    }

    [Fact]
    public void Without_any_source_the_places_that_were_examined_are_named()
    {
        var server = Locate(Options, $"--kubeconfig={At("own.conf")}");
        Assert.Equal(
            (ApiServerOrigin.Fallback, "https://localhost:6443/", "the system store"),
            (server.Origin, server.BaseAddress.AbsoluteUri, server.Trust.Source)
        );
        Assert.Equal(
            $"the fallback, because none of these kubeconfigs exists: {At("own.conf")}, {At("none")}, "
                + $"{At("kubelet.conf")}",
            server.OriginText
        );
    }

    /// <summary>k3s runs the kubelet in its own process: k3s-io/k3s issues 107 and 8865.</summary>
    [Fact]
    public void The_well_known_kubeconfigs_are_those_of_the_distributions()
    {
        Assert.Equal(
            [
                "/etc/kubernetes/kubelet.conf",
                "/etc/kubernetes/kubeconfig",
                "/var/lib/kubelet/kubeconfig",
                "/var/lib/microshift/resources/kubelet/kubeconfig",
                "/var/lib/rancher/k3s/agent/kubelet.kubeconfig",
            ],
            new ApiServerFiles().Kubeconfigs
        );
        Assert.Equal(
            [
                "/etc/kubernetes/admin.conf",
                "/etc/rancher/k3s/k3s.yaml",
                "/var/lib/microshift/resources/kubeadmin/kubeconfig",
            ],
            new ApiServerFiles().AdministratorKubeconfigs
        );
    }

    [Theory]
    [InlineData("10.0.0.1:6443", "https://10.0.0.1:6443/")]
    [InlineData("k.test", "https://k.test/")]
    [InlineData("[fd00::1]", "https://[fd00::1]/")]
    [InlineData("https://k.test:8443/c", "https://k.test:8443/c/")]
    public void A_kubeconfigs_server_without_a_scheme_is_https_on_port_443(string server, string expected)
    {
        Write("kubelet.conf", Kubeconfig($"server: '{server}'"));
        Assert.Equal(expected, Locate(Options).BaseAddress.AbsoluteUri);
    }

    [Theory]
    [InlineData("http://k.test")]
    [InlineData("k.test:port")]
    public void A_kubeconfigs_server_without_TLS_or_sense_is_refused(string server)
    {
        Write("kubelet.conf", Kubeconfig($"server: '{server}'"));
        Assert.Equal(
            $"\"{server}\" from kubeconfig \"{At("kubelet.conf")}\" is not an API server address",
            Assert.Throws<ProviderException>(() => Locate(Options)).Problem
        );
    }

    [Theory]
    [InlineData(null, null, "n.test")]
    [InlineData("o.test", null, "o.test")]
    [InlineData(null, "a.test", null)]
    public void The_kubeconfigs_server_name_belongs_to_its_address(string? option, string? address, string? expected)
    {
        Write("kubelet.conf", Kubeconfig("server: https://k.test, tls-server-name: n.test"));
        Assert.Equal(expected, Locate(Options with { TlsServerName = option, ApiServer = address }).TlsServerName);
    }

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    public void A_server_name_is_a_host_or_an_address(string name, bool isGood)
    {
        var options = Options with { ApiServer = "a.test", TlsServerName = name };
        if (isGood)
        {
            Assert.Equal(name, Locate(options).TlsServerName);
            return;
        }

        var e = Assert.Throws<ProviderException>(() => Locate(options));
        Assert.Equal(
            (
                Reasons.ApiServerAddressInvalid,
                $"TLS server name \"{name}\" is not a host name",
                "correct --tls-server-name, or tls-server-name in the kubeconfig"
            ),
            (e.Reason, e.Problem, e.Hint)
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Verification_that_is_off_is_a_notice(bool isOff)
    {
        var server = Locate(Options with { ApiServer = "a.test", InsecureSkipTlsVerify = isOff });
        Notice[] expected =
        [
            new(
                Reasons.CertificateNotVerified,
                "The certificate of a.test:6443 is not verified: any server that responds there gets the pod's token"
            ),
        ];
        Assert.Equal(isOff ? expected : [], server.Notices);
        Assert.Equal(isOff, server.SkipVerification);
    }

    [Fact]
    public void A_file_that_is_too_large_or_special_is_a_clear_failure()
    {
        Write("kubelet.conf", new string(' ', 1024 * 1024));
        Assert.EndsWith(
            "it has no current-context",
            Assert.Throws<ProviderException>(() => Locate(Options)).Problem,
            StringComparison.Ordinal
        );
        Write("kubelet.conf", new string(' ', (1024 * 1024) + 1));
        Assert.Contains(
            "is larger than 1048576 bytes",
            Assert.Throws<ProviderException>(() => Locate(Options)).Problem,
            StringComparison.Ordinal
        );
        File.Delete(At("kubelet.conf"));
        Directory.CreateDirectory(At("kubelet.conf"));
        Assert.Equal(Reasons.KubeconfigInvalid, Assert.Throws<ProviderException>(() => Locate(Options)).Reason);
    }

    [Fact]
    public void The_parents_arguments_are_those_of_the_process_that_started_this_one()
    {
        var parent = File.ReadLines("/proc/self/status")
            .Single(line => line.StartsWith("PPid:", StringComparison.Ordinal))["PPid:".Length..]
            .Trim();
        Assert.Equal(File.ReadAllText($"/proc/{parent}/cmdline").Split('\0'), KubeletArgumentsReader.ReadParents());
    }

    /// <summary>Another process may get the PID of a parent that has died, and with it the trust.</summary>
    [Fact]
    public void A_parent_that_died_meanwhile_or_that_proc_does_not_show_has_no_arguments()
    {
        var parents = new Queue<int>([7, 7, 7, 1, 8, 8]);
        Directory.CreateDirectory(At("proc/7"));
        Write("proc/7/cmdline", "kubelet\0--kubeconfig=/a\0");
        var reader = SmallFileReader.Below(folder);
        Assert.Equal(["kubelet", "--kubeconfig=/a", ""], KubeletArgumentsReader.Read(reader, parents.Dequeue));
        Assert.Empty(KubeletArgumentsReader.Read(reader, parents.Dequeue));
        Assert.Equal([""], KubeletArgumentsReader.Read(reader, parents.Dequeue));
    }

    [Fact]
    public void Arguments_of_the_parent_that_cannot_be_read_are_a_clear_failure()
    {
        Directory.CreateDirectory(At("proc/7/cmdline"));
        var e = Assert.Throws<ProviderException>(() =>
            KubeletArgumentsReader.Read(SmallFileReader.Below(folder), () => 7)
        );
        Assert.Equal(
            (
                Reasons.KubeconfigInvalid,
                "the kubelet's command line, which may name its kubeconfig, cannot be read: it is a directory",
                "name the kubeconfig with --kubeconfig"
            ),
            (e.Reason, e.Problem, e.Hint)
        );
    }

    [Theory]
    [InlineData("--kubeconfig=/a", "/a")]
    [InlineData("--kubeconfig /a", "/a")]
    [InlineData("--kubeconfig=/a --kubeconfig=/b", "/b")]
    [InlineData("--kubeconfig=/a --kubeconfig=", null)]
    [InlineData("--kubeconfig", null)]
    [InlineData("--kubeconfigs=/a", null)]
    public void A_flag_has_two_forms_and_the_last_one_counts(string arguments, string? value) =>
        Assert.Equal(value, KubeletArgumentsReader.Flag(arguments.Split(' '), "--kubeconfig"));

    /// <summary>Files of people in the field, with what the kubelet makes of them.</summary>
    [Theory]
    [InlineData("W3-kubeconfig-nameless-context", "kubeconfig", null)]
    [InlineData("W4-bootstrap-kubeconfig-unusable", "kubeconfig", "bootstrap-nameless")]
    [InlineData("W4-bootstrap-kubeconfig-unusable", "kubeconfig", "bootstrap-empty")]
    [InlineData("W4-bootstrap-kubeconfig-unusable", "kubeconfig", "bootstrap-ca-gone")]
    [InlineData("W5-kubeconfig-anchors", "kubeconfig", null)]
    [InlineData("W5-kubeconfig-anchors", "kubeconfig-bom", null)]
    [InlineData("U8-embedded-kubelet-kubeconfig", "kubeconfig-at-var-lib-rancher-k3s-agent", null)]
    public void A_kubeconfig_of_the_field_is_read_as_the_kubelet_reads_it(
        string name,
        string kubeconfig,
        string? bootstrap
    )
    {
        string[] arguments = bootstrap is null ? [] : [$"--bootstrap-kubeconfig={FieldCase(name, bootstrap)}"];
        var server = Locate(Options, [$"--kubeconfig={FieldCase(name, kubeconfig)}", .. arguments]);
        Assert.Equal("https://127.0.0.1:8443/", server.BaseAddress.AbsoluteUri);
        Assert.All(server.Trust.Anchors!, anchor => Assert.Equal("CN=cluster", anchor.Subject));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Kubeconfig(string cluster) =>
        "{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: "
        + $"{{{cluster}}}}}]}}";

    private ApiServerOptions Options => new(null, At("env"), null, null, null, false, TimeSpan.FromSeconds(1));

    private Server Locate(ApiServerOptions options, params string[] parentArguments) =>
        ApiServerLocator.Locate(
            options,
            new ApiServerFiles
            {
                Kubeconfigs = [At("none"), At("kubelet.conf")],
                ClusterCa = At("cluster.crt"),
                ParentArguments = parentArguments,
            }
        );

    private string FieldCase(string name, string file)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "tests", "field-cases", name, file));
        Write(
            file,
            text.Replace("@SERVER@", "127.0.0.1:8443", StringComparison.Ordinal)
                .Replace("@CA64@", Base64(authority.Pem), StringComparison.Ordinal)
        );
        return At(file);
    }

    private string At(string name) => Path.Combine(folder, name);

    private void Write(string name, string text) => File.WriteAllText(At(name), text);
}
