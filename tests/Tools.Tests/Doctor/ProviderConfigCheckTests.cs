// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class ProviderConfigCheckTests : IDisposable
{
    private const string Gate = "KubeletServiceAccountTokenForCredentialProviders";
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task Gates_of_the_kubelets_drop_ins_count_without_a_main_config()
    {
        node.Write("/etc/kubernetes/kubelet.conf.d/10.conf", $"featureGates:\n  {Gate}: false\n");
        node.StartKubelet(with: ["--config-dir=/etc/kubernetes/kubelet.conf.d"]);
        Assert.Equal(
            $"{NodeTree.ConfigPath}:9:3: \"tokenAttributes\" needs the feature gate {Gate} (kubelet 1.33, 1.34, 1.35 "
                + "and newer)",
            (await node.CheckAsync("CP003")).Summary
        );
    }

    [Fact]
    public async Task A_good_config_is_ok_and_names_the_kubelets_that_take_it()
    {
        var answer = await node.CheckAsync("CP003");
        Assert.Equal(("ok", "valid for kubelet 1.34, 1.35 and newer"), (answer.Outcome, answer.Summary));
        Assert.Equal(
            [
                $"read: {NodeTree.ConfigPath}",
                "valid for kubelet 1.34, 1.35 and newer",
                $"rejected by other kubelet versions: {NodeTree.ConfigPath}:9:3: unknown field \"tokenAttributes\" (kubelet 1.32 and "
                    + "older)",
                $"rejected by other kubelet versions: {NodeTree.ConfigPath}:11:5: unknown field \"cacheType\" (kubelet 1.33)",
                $"rejected by other kubelet versions: {NodeTree.ConfigPath}:9:3: \"tokenAttributes\" needs the feature gate {Gate} "
                    + "(kubelet 1.33)",
            ],
            answer.Seen
        );
    }

    [Fact]
    public async Task A_kubelet_of_another_version_takes_another_config()
    {
        var answer = await node.CheckAsync("CP003", "--kubelet-version", "Kubernetes v1.33.4");
        Assert.Equal(
            ("fail", $"{NodeTree.ConfigPath}:11:5: unknown field \"cacheType\" (kubelet 1.33) (and 1 more)"),
            (answer.Outcome, answer.Summary)
        );

        node.Edit(NodeTree.ConfigPath, "    cacheType: Token\n", "");
        node.StartKubelet(with: [$"--feature-gates=Other=false,{Gate}=true"]);
        Assert.Equal("ok", (await node.CheckAsync("CP003", "--kubelet-version=v1.33.4")).Outcome);
        answer = await node.CheckAsync("CP003", "--kubelet-version=v1.34.0");
        Assert.Equal(
            (
                "fail",
                $"{NodeTree.ConfigPath}:9:3: \"tokenAttributes.cacheType\" is missing; set it to Token or "
                    + "ServiceAccount (kubelet 1.34, 1.35 and newer)"
            ),
            (answer.Outcome, answer.Summary)
        );
    }

    [Theory]
    [InlineData("AllBeta=false", "fail", "{0}:9:3: \"tokenAttributes\" needs the feature gate {1}")]
    [InlineData("AllBeta=false,{1}=true", "ok", "valid for kubelet 1.34, 1.35 and newer")]
    [InlineData("AllBeta=true", "ok", "valid for kubelet 1.34, 1.35 and newer")]
    public async Task All_beta_gates_off_refuse_tokens_unless_the_gate_itself_is_on(
        string gates,
        string outcome,
        string summary
    )
    {
        node.StartKubelet(with: ["--feature-gates", gates.Replace("{1}", Gate, StringComparison.Ordinal)]);
        var answer = await node.CheckAsync("CP003");
        Assert.Equal(outcome, answer.Outcome);
        Assert.Contains(
            summary
                .Replace("{0}", NodeTree.ConfigPath, StringComparison.Ordinal)
                .Replace("{1}", Gate, StringComparison.Ordinal),
            $"{answer.Summary}\n{string.Join('\n', answer.Seen)}",
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_config_without_this_provider_is_a_failure_with_the_lines_to_add()
    {
        node.Edit(NodeTree.ConfigPath, "name: crio-credential-provider", "name: another");
        node.Write(NodeTree.BinDir + "/another", "", 0x1ED);
        var answer = await node.CheckAsync("CP003");
        Assert.Equal(("fail", "no provider is named \"crio-credential-provider\""), (answer.Outcome, answer.Summary));
        var added = ProviderConfig.Parse(
            "added",
            [
                (
                    "added",
                    "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n"
                        + string.Join('\n', answer.Fix.Skip(1))
                ),
            ],
            KubeletMinors.None
        );
        Assert.Equal(KubeletMinors.From134, added.ValidFor);
        Assert.Equal(["docker.io"], Assert.Single(added.Providers).MatchImages);
    }

    [Fact]
    public async Task A_provider_without_tokens_or_with_bad_args_is_a_failure_though_the_kubelet_takes_it()
    {
        node.Edit(
            NodeTree.ConfigPath,
            NodeTree.Config[NodeTree.Config.IndexOf("  tokenAttributes", StringComparison.Ordinal)..],
            ""
        );
        var answer = await node.CheckAsync("CP003");
        Assert.Equal(
            (
                "fail",
                $"{NodeTree.ConfigPath}:4: provider \"crio-credential-provider\" has no tokenAttributes, so it gets no "
                    + "token"
            ),
            (answer.Outcome, answer.Summary)
        );

        node.Write(NodeTree.ConfigPath, NodeTree.Config + "  args: [--auth-dri=/x]\n");
        answer = await node.CheckAsync("CP003");
        Assert.Equal(
            (
                "fail",
                $"{NodeTree.ConfigPath}:4: args or env make every run fail: unknown flag \"--auth-dri\"; did you mean "
                    + "\"--auth-dir\"?"
            ),
            (answer.Outcome, answer.Summary)
        );
    }

    [Theory]
    [InlineData(
        "  args: [--insecure-skip-tls-verify]\n",
        "insecure-skip-tls-verify is on: any server that responds at the API server's address gets the pods' tokens"
    )]
    [InlineData(
        "  env:\n  - name: CRIO_CP_INSECURE_SKIP_TLS_VERIFY\n    value: \"true\"\n",
        "insecure-skip-tls-verify is on: any server that responds at the API server's address gets the pods' tokens"
    )]
    [InlineData(
        "---\nkind: Other\n",
        "/etc/kubernetes/credential-providers/config.yaml: the kubelet reads only the first of its 2 documents"
    )]
    public async Task What_is_legal_but_odd_is_a_warning(string more, string summary)
    {
        node.Write(NodeTree.ConfigPath, NodeTree.Config + more);
        var answer = await node.CheckAsync("CP003");
        Assert.Equal(("warn", summary), (answer.Outcome, answer.Summary));
    }

    [Fact]
    public async Task A_directory_is_read_in_the_order_of_names_by_kubelets_since_1_34()
    {
        node.Remove(NodeTree.ConfigPath);
        var directory = Path.GetDirectoryName(NodeTree.ConfigPath)!;
        node.StartKubelet(
            without: "--image-credential-provider-config",
            with: ["--image-credential-provider-config", directory]
        );
        Assert.Equal(
            $"{directory}: the directory has no .json, .yaml or .yml file",
            (await node.CheckAsync("CP003")).Summary
        );

        node.Write($"{directory}/20-crio.yml", NodeTree.Config);
        node.Write(
            $"{directory}/10-other.json",
            """{"apiVersion":"kubelet.config.k8s.io/v1","kind":"CredentialProviderConfig","providers":[{"name":"other","matchImages":["quay.io"],"defaultCacheDuration":"0s","apiVersion":"credentialprovider.kubelet.k8s.io/v1"}]}"""
        );
        node.Write($"{directory}/README.md", "not YAML: [");
        var answer = await node.CheckAsync("CP003");
        Assert.Equal(
            ("ok", $"read: {directory}/10-other.json, {directory}/20-crio.yml"),
            (answer.Outcome, answer.Seen[0])
        );
        Assert.Contains(
            $"rejected by other kubelet versions: {directory}: it is a directory, which kubelets accept since 1.34 (kubelet 1.32 and "
                + "older, 1.33)",
            answer.Seen
        );

        node.MakeDirectory("/opt/more");
        File.CreateSymbolicLink(node.Here($"{directory}/40-more.yaml"), "/opt/more");
        Assert.Equal(
            $"{directory}/40-more.yaml: it is a link to a directory",
            (await node.CheckAsync("CP003")).Summary
        );
        node.Remove($"{directory}/40-more.yaml");

        node.Write($"{directory}/30-again.yaml", NodeTree.Config);
        Assert.Equal(
            $"{directory}/30-again.yaml:4:3: a second provider is named \"crio-credential-provider\"",
            (await node.CheckAsync("CP003")).Summary
        );
    }

    [Fact]
    public async Task A_config_that_the_command_line_names_and_that_is_not_there_leaves_the_check_open()
    {
        var answer = await node.CheckAsync("CP003", "--image-credential-provider-config=/etc/none.yaml");
        Assert.Equal(
            ("skipped", "\"/etc/none.yaml\" of --image-credential-provider-config does not exist", true, 3),
            (answer.Outcome, answer.Summary, answer.IsUndetermined, answer.ExitCode)
        );
    }

    [Theory]
    [InlineData("no flag", "no provider config is known: see CP002", false)]
    [InlineData(
        "no file",
        "the provider config \"/etc/kubernetes/credential-providers/config.yaml\" does not exist: see CP002",
        false
    )]
    [InlineData(
        "tag",
        "/etc/kubernetes/credential-providers/config.yaml:3:12: tags other than !!str are not supported",
        true
    )]
    public async Task Without_a_config_to_read_it_is_skipped(string what, string reason, bool isUndetermined)
    {
        switch (what)
        {
            case "no flag":
                node.StartKubelet(without: "--image-credential-provider-config");
                break;
            case "no file":
                node.Remove(NodeTree.ConfigPath);
                break;
            default:
                node.Edit(NodeTree.ConfigPath, "providers:\n", "providers: !all\n");
                break;
        }

        // Where CP002 tells the same as a failure, it is no open question beside it.
        var answer = await node.CheckAmongAllAsync("CP003");
        Assert.Equal(("skipped", reason, isUndetermined), (answer.Outcome, answer.Summary, answer.IsUndetermined));

        answer = await node.CheckAsync("CP003");
        Assert.Equal(
            ("skipped", reason, true, 3),
            (answer.Outcome, answer.Summary, answer.IsUndetermined, answer.ExitCode)
        );
    }
}
