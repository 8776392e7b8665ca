// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.TestSupport;
using JournalRecorder;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// What the published binary relies on in a Kubernetes API server, against whichever one there is
/// (<see cref="ApiUnderTest"/>). Each test has a namespace of its own.
/// </summary>
public sealed class ApiConformanceTests : IClassFixture<ApiConformanceTests.Server>, IDisposable
{
    private const string Image = "docker.io/library/nginx";

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;
    private readonly string ns = "team-" + Guid.NewGuid().ToString("N");
    private readonly ApiUnderTest api;
    private readonly Recorder journal;

    public ApiConformanceTests(Server server)
    {
        api = server.Api;
        journal = new Recorder(At("journal"), SuiteSecrets.Record);
        File.WriteAllText(At("ca.crt"), api.CertificateAuthorityPem);
        File.WriteAllText(At("registries.conf"), Cluster.ArticleRegistriesConf);
        Directory.CreateDirectory(At("registries.conf.d"));
        api.AddNamespace(ns, "default", "puller");
    }

    public void Dispose()
    {
        journal.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_Role_with_list_lets_the_pods_own_token_read_the_pull_secrets_and_no_other_type()
    {
        api.AllowList(ns, "default");
        Add("mirror", "mirror-password");
        Add("other", "other-password", "Opaque");
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), Run(api.Issue(ns, "default")));
        Assert.Contains("Got 1 secret(s)", journal.Messages);
        Assert.Equal("mirror-password", PasswordWritten());
    }

    [Fact]
    public void More_secrets_than_a_page_holds_are_all_read()
    {
        api.AllowList(ns, "default");
        for (var i = 0; i < 501; i++)
        {
            Add($"mirror-{i:000}", $"mirror-password-{i:000}");
        }

        Assert.Equal(0, Run(api.Issue(ns, "default")).ExitCode);
        Assert.Contains("Got 501 secret(s)", journal.Messages);
        Assert.Equal("mirror-password-500", PasswordWritten());
    }

    [Fact]
    public void Without_a_Role_the_API_server_says_who_may_not_do_what()
    {
        Add("mirror", "mirror-password");
        Assert.Equal(
            new RunResult(
                1,
                "",
                $"service account \"default\" may not list secrets in namespace \"{ns}\": secrets is forbidden: User "
                    + $"\"system:serviceaccount:{ns}:default\" cannot list resource \"secrets\" in API group \"\" in "
                    + $"the namespace \"{ns}\"; "
                    + $"kubectl create role -n {ns} crio-credential-provider:default --verb=get,list "
                    + $"--resource=secrets && kubectl create rolebinding -n {ns} crio-credential-provider:default "
                    + $"--role=crio-credential-provider:default --serviceaccount={ns}:default # or, for its "
                    + $"imagePullSecrets only: crio-credential-provider generate rbac --namespace {ns} "
                    + "--service-account default --pull-secrets NAME,NAME | kubectl apply -f - [CP408]\n"
            ),
            Run(api.Issue(ns, "default"))
        );
    }

    [Fact]
    public void A_token_for_another_audience_is_rejected()
    {
        api.AllowList(ns, "default");
        Assert.StartsWith(
            $"API server 127.0.0.1:{api.Port} rejects the pod's token (aud \"https://vault.example.com\", iss "
                + $"\"{ApiUnderTest.Audience}\");",
            Run(api.Issue(ns, "default", "https://vault.example.com")).Stderr,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_token_that_was_changed_is_rejected()
    {
        api.AllowList(ns, "default");
        var parts = api.Issue(ns, "default").Split('.');
        var run = Run($"{parts[0]}.{parts[1]}.{new string('A', parts[2].Length)}");
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.EndsWith(" [CP407]\n", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Role_for_named_secrets_is_enough_when_the_service_account_names_them()
    {
        api.AllowGet(ns, "puller", "mirror", "absent");
        Add("mirror", "mirror-password");
        Add("other", "other-password");
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            Run(api.Issue(ns, "puller"), "absent,mirror,other")
        );
        Assert.Equal("mirror-password", PasswordWritten());
        Assert.Equal(
            [
                $"Secret \"absent\" does not exist in namespace \"{ns}\"",
                $"service account \"puller\" may not get secret \"other\" in namespace \"{ns}\"",
            ],
            journal.Entries.Where(entry => entry["PRIORITY"] == "4").Select(entry => entry["MESSAGE"])
        );
    }

    [Fact]
    public void A_Role_for_the_service_account_and_its_imagePullSecrets_is_enough_without_an_annotation()
    {
        api.SetImagePullSecrets(ns, "puller", "mirror", "absent");
        api.AllowGet(ns, "puller", "mirror", "absent");
        Add("mirror", "mirror-password");
        Add("other", "other-password");
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), Run(api.Issue(ns, "puller")));
        Assert.Equal("mirror-password", PasswordWritten());
        Assert.Equal(
            [$"Secret \"absent\" does not exist in namespace \"{ns}\""],
            journal.Entries.Where(entry => entry["PRIORITY"] == "4").Select(entry => entry["MESSAGE"])
        );
    }

    private void Add(string name, string password, string type = "kubernetes.io/dockerconfigjson")
    {
        var config = Convert.ToBase64String(
            Encoding.UTF8.GetBytes(
                "{\"auths\":{\"localhost:5000\":{\"username\":\"myuser\",\"password\":\"" + password + "\"}}}"
            )
        );
        api.Add(
            $$$"""{"metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"},"type":"{{{type}}}","data":{".dockerconfigjson":"{{{config}}}"}}"""
        );
    }

    private RunResult Run(string token, string? pullSecrets = null) =>
        PublishedBinary.Run(
            pullSecrets is null ? Requests.For(Image, token) : Requests.Annotated(Image, token, pullSecrets),
            $"--registries-conf={At("registries.conf")}",
            $"--registries-conf-dir={At("registries.conf.d")}",
            $"--auth-dir={At("auth")}",
            $"--kubelet-auth-file={At("config.json")}",
            $"--api-server=127.0.0.1:{api.Port}",
            $"--certificate-authority={At("ca.crt")}",
            $"--journal-socket={At("journal")}",
            $"--run-dir={At("run")}",
            $"--kubelet-root-dir={At("kubelet")}"
        );

    private string PasswordWritten() =>
        Cluster.PasswordIn(
            File.ReadAllText(
                At("auth/" + Cluster.ArticleFileName.Replace("default-", ns + "-", StringComparison.Ordinal))
            )
        );

    private string At(string name) => Path.Combine(folder, name);

    /// <summary>One API server for all tests of the class.</summary>
    public sealed class Server : IDisposable
    {
        internal ApiUnderTest Api { get; } = ApiUnderTest.Start();

        public void Dispose() => Api.Dispose();
    }
}
