// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Doctor.Checks;
using CrioCredentialProvider.Tools.Doctor.Report;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Doctor;

/// <summary>CP009, and CP014, which looks at the same answer.</summary>
public sealed class ApiServerCheckTests : IDisposable
{
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task A_server_with_a_public_version_is_ok()
    {
        var answer = await node.CheckAsync("CP009");
        Assert.Equal(
            ("ok", $"127.0.0.1:{node.Api.Port} is reachable, and its certificate is good"),
            (answer.Outcome, answer.Summary)
        );
        Assert.Equal(
            [
                $"address: 127.0.0.1:{node.Api.Port}, from kubeconfig \"/etc/kubernetes/kubelet.conf\"; CA: kubeconfig "
                    + "\"/etc/kubernetes/kubelet.conf\"",
                "it is Kubernetes 1.36.2",
            ],
            answer.Seen
        );
        Assert.Equal(["GET /version"], node.Api.Requests);
        Assert.DoesNotContain("Authorization", node.Api.LastHeaders, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/var/lib/rancher/rke2/agent/kubelet.kubeconfig")]
    [InlineData(null)]
    public async Task Without_a_kubeconfig_it_says_where_it_looked_and_knows_embedded_kubelets(string? embedded)
    {
        node.Remove("/etc/kubernetes/kubelet.conf");
        node.StartKubelet(without: "--kubeconfig");
        if (embedded is not null)
        {
            node.Write(embedded, NodeTree.Kubeconfig("https://127.0.0.1:6443", node.Authority.Pem));
        }

        var answer = await node.CheckAsync("CP009", "--timeout=2s");
        Assert.Equal("fail", answer.Outcome);
        Assert.Contains(answer.Seen, line =>
            line.StartsWith("no kubeconfig was found: looked at \"", StringComparison.Ordinal)
        );
        Assert.Contains(
            embedded is null
                ? "# name the kubelet's with --kubeconfig under args of the provider config"
                : $"- '--kubeconfig={embedded}'",
            answer.Fix
        );
    }

    [Fact]
    public async Task A_server_that_refuses_anonymous_questions_is_ok_too()
    {
        node.Api.IsVersionHidden = true;
        var answer = await node.CheckAsync("CP009");
        Assert.Equal(("ok", "it answers 401 to anonymous requests"), (answer.Outcome, answer.Seen[1]));
    }

    [Theory]
    [InlineData(404, "{}")]
    [InlineData(200, "<html>welcome</html>")]
    [InlineData(200, "[]")]
    [InlineData(200, "{\"gitVersion\":1}")]
    [InlineData(302, "")]
    [InlineData(503, "")]
    public async Task Another_server_or_one_that_is_not_ready_is_a_failure(int status, string body)
    {
        node.Api.Script.Enqueue(Answer.Of(status, body));
        var answer = await node.CheckAsync("CP009");
        Assert.Equal(
            (
                "fail",
                $"127.0.0.1:{node.Api.Port} answers {status} to a request for its version: it is not a Kubernetes API "
                    + "server, or it is not ready"
            ),
            (answer.Outcome, answer.Summary)
        );
    }

    [Fact]
    public async Task A_certificate_of_another_CA_is_a_failure()
    {
        node.Write(
            "/etc/kubernetes/kubelet.conf",
            NodeTree.Kubeconfig($"https://127.0.0.1:{node.Api.Port}", new Authority("other").Pem)
        );
        var answer = await node.CheckAsync("CP009");
        Assert.Equal("fail", answer.Outcome);
        Assert.Equal(
            $"API server 127.0.0.1:{node.Api.Port} (kubeconfig \"/etc/kubernetes/kubelet.conf\") is not trusted: its "
                + "certificate is not signed by the CA of kubeconfig \"/etc/kubernetes/kubelet.conf\"; the CA is "
                + "kubeconfig \"/etc/kubernetes/kubelet.conf\"",
            answer.Summary
        );
        Assert.NotEmpty(answer.Fix);
    }

    [Fact]
    public async Task The_ClientHello_names_the_server_as_that_of_a_run_does()
    {
        await node.CheckAsync("CP009", "--tls-server-name=kubernetes.default.svc");
        Assert.Equal("kubernetes.default.svc", node.Api.LastServerName);
    }

    [Fact]
    public async Task A_CA_file_that_is_a_link_is_the_nodes()
    {
        var outside = Path.GetTempFileName();
        try
        {
            File.WriteAllText(outside, new Authority("other").Pem);
            node.Write(
                "/etc/kubernetes/kubelet.conf",
                "apiVersion: v1\nkind: Config\nclusters:\n- name: c\n  cluster: {server: "
                    + $"\"https://127.0.0.1:{node.Api.Port}\", certificate-authority: ca.crt}}\n"
                    + "contexts:\n- name: x\n  context: {cluster: c, user: u}\ncurrent-context: x\n"
            );
            File.CreateSymbolicLink(node.Here("/etc/kubernetes/ca.crt"), outside);
            Assert.Equal(
                "CA file \"/etc/kubernetes/ca.crt\" cannot be used: there is no such file",
                (await node.CheckAsync("CP009")).Summary
            );

            node.Write(outside, node.Authority.Pem);
            Assert.Equal("ok", (await node.CheckAsync("CP009")).Outcome);
        }
        finally
        {
            File.Delete(outside);
        }
    }

    [Theory]
    [InlineData(
        "--api-server=127.0.0.1:1",
        "API server 127.0.0.1:1 (option --api-server) cannot be reached: Connection refused"
    )]
    [InlineData(
        "--api-server=no-such-host.invalid",
        "host \"no-such-host.invalid\" of the API server (option --api-server) is unknown"
    )]
    [InlineData("--api-server=http://127.0.0.1", "\"http://127.0.0.1\" from --api-server is not an API server address")]
    [InlineData("--kubeconfig=/etc/none", "kubeconfig \"/etc/none\" cannot be used: there is no such file")]
    public async Task A_server_that_cannot_be_found_is_a_failure(string option, string summary)
    {
        var answer = await node.CheckAsync("CP009", option);
        Assert.Equal(("fail", summary, 1), (answer.Outcome, answer.Summary, answer.ExitCode));
    }

    [Fact]
    public async Task The_address_and_the_CA_come_from_the_configs_args_and_lie_below_the_root()
    {
        node.Write("/opt/ca.crt", node.Authority.Pem);
        node.Write("/opt/url.env", $"KUBERNETES_SERVICE_HOST='127.0.0.1'\nKUBERNETES_SERVICE_PORT='{node.Api.Port}'\n");
        node.Remove("/etc/kubernetes/kubelet.conf");
        File.AppendAllText(
            node.Here(NodeTree.ConfigPath),
            "  args: [--api-server-env-file=/opt/url.env, --certificate-authority, /opt/ca.crt]\n"
        );
        var answer = await node.CheckAsync("CP009");
        Assert.Equal(
            ("ok", $"address: 127.0.0.1:{node.Api.Port}, from env file \"/opt/url.env\"; CA: \"/opt/ca.crt\""),
            (answer.Outcome, answer.Seen[0])
        );
    }

    [Fact]
    public async Task A_kubeconfig_of_the_running_kubelet_may_name_its_CA_by_a_path_of_the_node()
    {
        node.Write("/opt/pki/ca.crt", node.Authority.Pem);
        var text = NodeTree.Kubeconfig($"https://127.0.0.1:{node.Api.Port}", "");
        node.Write(
            "/opt/kubeconfig",
            text.Replace(
                "certificate-authority-data: ",
                "certificate-authority: /opt/pki/ca.crt",
                StringComparison.Ordinal
            )
        );
        node.StartKubelet(without: "--kubeconfig", with: ["--kubeconfig", "/opt/kubeconfig"]);
        var answer = await node.CheckAsync("CP009");
        Assert.Equal(
            (
                "ok",
                $"address: 127.0.0.1:{node.Api.Port}, from kubeconfig \"/opt/kubeconfig\"; CA: kubeconfig "
                    + "\"/opt/kubeconfig\""
            ),
            (answer.Outcome, answer.Seen[0])
        );
    }

    [Fact]
    public async Task A_certificate_that_is_not_verified_is_a_warning()
    {
        var answer = await node.CheckAsync("CP009", "--insecure-skip-tls-verify");
        Assert.Equal(
            (
                "warn",
                $"The certificate of 127.0.0.1:{node.Api.Port} is not verified: any server that responds there gets the pod's "
                    + "token"
            ),
            (answer.Outcome, answer.Summary)
        );
    }

    [Theory]
    [InlineData(0, "ok", "within 30 s of the API server's")]
    [InlineData(-600, "warn", "the node's clock is 600 s behind the API server's")]
    [InlineData(
        3600,
        "fail",
        "the node's clock is 3598 s ahead of the API server's: tokens expire before the kubelet renews them"
    )]
    public async Task The_clock_is_held_against_the_servers_date(int seconds, string outcome, string summary)
    {
        node.Clock = () => DateTimeOffset.UtcNow.AddSeconds(seconds);
        var answer = await node.CheckAsync("CP014");
        Assert.Equal(outcome, answer.Outcome);

        // The seconds that the test itself takes are not counted.
        Assert.Equal(Digits(summary), Digits(answer.Summary));
        static string Digits(string text) => System.Text.RegularExpressions.Regex.Replace(text, "is \\d+ s", "is N s");
    }

    [Theory]
    [InlineData(0, 0, "ok")]
    [InlineData(-30, 0, "ok")]
    [InlineData(-31, 0, "warn")]
    [InlineData(31, 0, "ok")]
    [InlineData(32, 0, "warn")]
    [InlineData(-600, 0, "warn")]
    [InlineData(-601, 0, "fail")]
    [InlineData(602, 0, "fail")]
    [InlineData(-40, 20, "ok")]
    public void A_slow_response_is_not_clock_skew(int asked, int took, string outcome)
    {
        var date = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        var result = ClockCheck.Judge(date, date.AddSeconds(asked), date.AddSeconds(asked + took));
        Assert.Equal(outcome, DoctorReport.Name(result.Outcome));
    }

    [Theory]
    [InlineData("/etc/kubernetes/kubelet.conf")]
    [InlineData("/etc/kubernetes/kubeconfig")]
    [InlineData("/var/lib/kubelet/kubeconfig")]
    [InlineData("/var/lib/microshift/resources/kubelet/kubeconfig")]
    public async Task Without_a_kubelets_command_line_the_distributions_kubeconfigs_are_tried_in_their_order(
        string path
    )
    {
        node.StopKubelet();
        node.Remove("/etc/kubernetes/kubelet.conf");
        node.Write(path, NodeTree.Kubeconfig($"https://127.0.0.1:{node.Api.Port}", node.Authority.Pem));
        var answer = await node.CheckAsync("CP009");
        Assert.Equal("ok", answer.Outcome);
        Assert.Contains(
            $"address: 127.0.0.1:{node.Api.Port}, from kubeconfig \"{path}\"; CA: kubeconfig \"{path}\"",
            answer.Seen
        );

        // MicroShift's comes last: what was found before it was looked for stays.
        node.Write(
            "/var/lib/microshift/resources/kubelet/kubeconfig",
            NodeTree.Kubeconfig($"https://127.0.0.1:{node.Api.Port}", node.Authority.Pem)
        );
        Assert.Contains($"kubeconfig \"{path}\"", (await node.CheckAsync("CP009")).Seen[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_answer_the_clock_is_skipped()
    {
        var answer = await node.CheckAsync("CP014", "--api-server=127.0.0.1:1");
        Assert.Equal(
            ("skipped", "the API server does not answer: see CP009", 3),
            (answer.Outcome, answer.Summary, answer.ExitCode)
        );
        var bare = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        node.Api.Script.Enqueue(new Answer(System.Text.Encoding.ASCII.GetBytes(bare)));
        Assert.Equal("the API server's answer has no Date", (await node.CheckAsync("CP014")).Summary);
    }
}
