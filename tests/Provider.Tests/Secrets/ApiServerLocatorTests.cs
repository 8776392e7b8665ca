// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Secrets;

public sealed class ApiServerLocatorTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("api.test", "https://api.test:6443/")]
    [InlineData("api.test:8443", "https://api.test:8443/")]
    [InlineData("https://api.test", "https://api.test/")]
    [InlineData("https://rancher.test/k8s/clusters/c-1", "https://rancher.test/k8s/clusters/c-1/")]
    [InlineData("10.0.0.1", "https://10.0.0.1:6443/")]
    [InlineData("fd00::1", "https://[fd00::1]:6443/")]
    [InlineData("[fd00::1]", "https://[fd00::1]:6443/")]
    [InlineData("[fd00::1]:8443", "https://[fd00::1]:8443/")]
    public void Addresses_are_read(string text, string expected) =>
        Assert.Equal(expected, ApiServerAddress.Parse(text, "x").AbsoluteUri);

    [Theory]
    [InlineData("http://api.test")]
    [InlineData("api.test:port")]
    [InlineData("user:password@api.test")]
    [InlineData("https://user@api.test")]
    [InlineData("https://api.test/?x=1")]
    [InlineData("https://api.test/#x")]
    [InlineData("https://a_b.test")]
    [InlineData("a b")]
    [InlineData("$HOST:6443")]
    [InlineData("\u202C10.0.0.1")]
    [InlineData(" api.test")]
    [InlineData("https://api.test/ü")]
    public void Others_are_refused(string text)
    {
        var e = Assert.Throws<ProviderException>(() => ApiServerAddress.Parse(text, "the test"));
        Assert.Equal(
            (
                $"\"{OneLine.Of(text)}\" from the test is not an API server address",
                "give HOST, HOST:PORT or an https:// URL"
            ),
            (e.Problem, e.Hint)
        );
    }

    [Theory]
    [InlineData("KUBERNETES_SERVICE_HOST='fd00::1'\nKUBERNETES_SERVICE_PORT='6443'", "https://[fd00::1]:6443/")]
    [InlineData("KUBERNETES_SERVICE_HOST=[fd00::1]\nKUBERNETES_SERVICE_PORT=6443", "https://[fd00::1]:6443/")]
    [InlineData(
        "# c\nexport KUBERNETES_SERVICE_HOST = \"api-int.test\" # c\n\nKUBERNETES_SERVICE_PORT: 6443 # c",
        "https://api-int.test:6443/"
    )]
    public void The_env_file_wins_over_the_kubeconfig(string text, string expected)
    {
        Write("env", text);
        Write("kubelet.conf", Kubeconfig("https://other.test", new Authority()));
        var server = Locate([]);
        Assert.Equal((expected, ApiServerOrigin.EnvFile), (server.BaseAddress.AbsoluteUri, server.Origin));
        Assert.Equal($"kubeconfig \"{At("kubelet.conf")}\"", server.Trust.Source);
    }

    [Fact]
    public void Half_an_env_file_is_skipped_with_a_line()
    {
        Write("env", "KUBERNETES_SERVICE_HOST='api.test'\nKUBERNETES_SERVICE_PORT=''");
        var server = Locate([]);
        Assert.Equal(ApiServerOrigin.Fallback, server.Origin);
        Assert.Equal(
            $"Ignoring env file \"{At("env")}\": it does not set both KUBERNETES_SERVICE_HOST and "
                + "KUBERNETES_SERVICE_PORT",
            Assert.Single(server.Notices).Message
        );
    }

    [Theory]
    [InlineData("--kubeconfig=FILE")]
    [InlineData("--kubeconfig FILE")]
    [InlineData("--kubeconfig=/none --v=2 --kubeconfig=FILE")]
    public void The_kubelets_command_line_names_its_kubeconfig(string arguments)
    {
        Write("own.conf", Kubeconfig("https://own.test", new Authority()));
        Write("kubelet.conf", Kubeconfig("https://well-known.test", new Authority()));
        var server = Locate([
            "/usr/bin/kubelet",
            .. arguments.Replace("FILE", At("own.conf"), StringComparison.Ordinal).Split(' '),
        ]);
        Assert.Equal("own.test", server.BaseAddress.Host);
    }

    [Theory]
    [InlineData("--kubeconfig")]
    [InlineData("--bootstrap-kubeconfig=/x")]
    [InlineData("--kubeconfigs=/x")]
    [InlineData("")]
    public void Otherwise_the_well_known_file_counts(string arguments)
    {
        Write("kubelet.conf", Kubeconfig("https://well-known.test", new Authority()));
        Assert.Equal("well-known.test", Locate([.. arguments.Split(' ')]).BaseAddress.Host);
    }

    [Fact]
    public void The_bootstrap_kubeconfigs_CA_is_trusted_as_well()
    {
        Write("own.conf", Kubeconfig("https://own.test", new Authority("old")));
        Write("bootstrap.conf", Kubeconfig("https://own.test", new Authority("rotated")));
        var server = Locate([$"--kubeconfig={At("own.conf")}", $"--bootstrap-kubeconfig={At("bootstrap.conf")}"]);
        Assert.Equal(["CN=old", "CN=rotated"], server.Trust.Anchors!.Select(anchor => anchor.Subject));
    }

    [Fact]
    public void Without_a_kubeconfig_the_clusters_CA_file_counts_and_then_the_system()
    {
        Assert.Null(Locate([]).Trust.Anchors);
        Write("ca.crt", new Authority("cluster").Pem);
        Assert.Equal("CN=cluster", Assert.Single(Locate([]).Trust.Anchors!).Subject);
    }

    [Theory]
    [InlineData("", "it has no current-context")]
    [InlineData("current-context: [", "it is not valid YAML (line 2, column 1)")]
    [InlineData("current-context: a", "its current-context \"a\" is not one of its contexts")]
    [InlineData(
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c}]",
        "its cluster \"c\" has no server"
    )]
    public void A_kubeconfig_that_cannot_be_used_is_a_clear_failure(string text, string why)
    {
        Write("kubelet.conf", text);
        var e = Assert.Throws<ProviderException>(() => Locate([]));
        Assert.Equal($"kubeconfig \"{At("kubelet.conf")}\" cannot be used: {why}", e.Problem);
    }

    private CrioCredentialProvider.Secrets.ApiServer Locate(string[] parentArguments) =>
        ApiServerLocator.Locate(
            new ApiServerOptions(null, At("env"), null, null, null, false, TimeSpan.FromSeconds(1)),
            new ApiServerFiles
            {
                Kubeconfigs = [At("none"), At("kubelet.conf")],
                ClusterCa = At("ca.crt"),
                ParentArguments = parentArguments,
            }
        );

    private static string Kubeconfig(string server, Authority authority) =>
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters:\n- name: c\n  cluster:\n    "
        + $"server: {server}\n    certificate-authority-data: "
        + $"{Convert.ToBase64String(Encoding.UTF8.GetBytes(authority.Pem))}\n";

    private string At(string name) => Path.Combine(folder, name);

    private void Write(string name, string text) => File.WriteAllText(At(name), text);
}
