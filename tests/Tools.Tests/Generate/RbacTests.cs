// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Secrets;
using KubernetesApiStandIn;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Generate;

public sealed class RbacTests
{
    [Fact]
    public async Task The_nodes_as_a_group_may_ask_for_tokens_of_one_audience() =>
        Assert.Equal(
            """
            # Lets each kubelet request service account tokens for this one audience, which is that of the provider config.
            # The audience is kubeadm's default issuer for the DNS domain cluster.local; check yours with
            # kubectl get --raw /.well-known/openid-configuration
            # For an API server of version 1.33 only, add serviceaccounts with get and list; since 1.34 the node authorizer allows them.
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata:
              name: crio-credential-provider-nodes
            rules:
            - apiGroups:
              - ""
              resources:
              - https://kubernetes.default.svc.cluster.local
              verbs:
              - request-serviceaccounts-token-audience
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata:
              name: crio-credential-provider-nodes
            roleRef:
              apiGroup: rbac.authorization.k8s.io
              kind: ClusterRole
              name: crio-credential-provider-nodes
            subjects:
            - apiGroup: rbac.authorization.k8s.io
              kind: Group
              name: system:nodes

            """,
            await InProcess.PrintAsync("generate", "rbac", "--node")
        );

    [Theory]
    [InlineData("--profile openshift", "https://kubernetes.default.svc")]
    [InlineData("--profile hypershift", "https://kubernetes.default.svc")]
    [InlineData("--audience https://a.test/*", "https://a.test/*")]
    [InlineData("--audience https://a.test/#x", "https://a.test/#x")]
    public async Task The_nodes_audience_is_that_of_the_config(string options, string audience)
    {
        var role = KubeletRules.Documents(
            await InProcess.PrintAsync(["generate", "rbac", "--node", .. options.Split(' ')])
        )[0];
        Assert.Equal([audience], KubeletRules.Texts(Rule(role), "resources"));
        Assert.DoesNotContain("*", KubeletRules.Texts(Rule(role), "verbs"));
    }

    [Fact]
    public async Task A_token_names_the_audience_and_is_never_printed()
    {
        var token = Token.For("team-a", audience: "https://kubernetes.default.svc");
        var (exitCode, stdout, stderr) = await InProcess.RunAsync(
            token,
            "generate",
            "rbac",
            "--node",
            "--token-file",
            "-"
        );
        Assert.Equal((0, ""), (exitCode, stderr));
        Assert.Equal(
            ["https://kubernetes.default.svc"],
            KubeletRules.Texts(Rule(KubeletRules.Documents(stdout)[0]), "resources")
        );
        Assert.All(token.Split('.'), part => Assert.DoesNotContain(part, stdout, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_whose_issuer_would_be_every_audience_is_refused() =>
        Assert.Equal(
            CommandResult.Ended(
                3,
                "the service account token's issuer is \"*\", which as an audience means all audiences; give --audience [CP201]"
            ),
            await InProcess.RunAsync(
                Token.For("team-a", issuer: "*"),
                "generate",
                "rbac",
                "--node",
                "--token-file",
                "-"
            )
        );

    [Theory]
    [InlineData("--namespace team-a", "team-a", "default")]
    [InlineData("--namespace 1234 --service-account puller", "1234", "puller")]
    [InlineData("--namespace null --service-account 0.5", "null", "0.5")]
    public async Task A_service_account_may_get_and_list_the_secrets_of_its_namespace(
        string options,
        string ns,
        string account
    )
    {
        var documents = KubeletRules.Documents(await InProcess.PrintAsync(["generate", "rbac", .. options.Split(' ')]));
        AssertBound(documents, ns, account);
        Assert.Equal(["apiGroups", "resources", "verbs"], Keys(Rule(documents[0])));
        Assert.Equal(["get", "list"], KubeletRules.Texts(Rule(documents[0]), "verbs"));
    }

    [Fact]
    public async Task Named_secrets_may_be_got_only_and_the_annotation_names_the_same()
    {
        var yaml = await InProcess.PrintAsync(
            "generate",
            "rbac",
            "--namespace",
            "team-a",
            "--service-account",
            "puller",
            "--secret",
            "mirror",
            "--secret=hub",
            "--secret",
            "mirror"
        );
        var documents = KubeletRules.Documents(yaml);
        AssertBound(documents, "team-a", "puller");
        Assert.Equal(["apiGroups", "resources", "resourceNames", "verbs"], Keys(Rule(documents[0])));
        Assert.Equal(["hub", "mirror"], KubeletRules.Texts(Rule(documents[0]), "resourceNames"));
        Assert.Equal(["get"], KubeletRules.Texts(Rule(documents[0]), "verbs"));

        var command = Assert.Single(yaml.Split('\n'), line => line.StartsWith("# kubectl", StringComparison.Ordinal));
        Assert.Equal(
            "# kubectl annotate serviceaccount -n team-a puller --overwrite "
                + "crio-credential-provider/pull-secrets=hub,mirror",
            command
        );
        var annotation = command.Split(' ')[^1].Split('=');
        var read = PullSecretsAnnotation.Find(new Dictionary<string, string> { [annotation[0]] = annotation[1] })!;
        Assert.Equal(["hub", "mirror"], read.Names);
        Assert.Empty(read.Notices);
    }

    [Fact]
    public async Task Roles_of_two_service_accounts_of_a_namespace_do_not_replace_each_other()
    {
        var one = KubeletRules.Documents(
            await InProcess.PrintAsync("generate", "rbac", "--namespace", "a", "--service-account", "b")
        );
        var other = KubeletRules.Documents(await InProcess.PrintAsync("generate", "rbac", "--namespace", "a"));
        Assert.NotEqual(one[0]["metadata"]["name"], other[0]["metadata"]["name"]);
        Assert.NotEqual(one[1]["metadata"]["name"], other[1]["metadata"]["name"]);
    }

    [Fact]
    public async Task Nodes_and_namespace_can_be_had_together() =>
        Assert.Equal(
            await InProcess.PrintAsync("generate", "rbac", "--node")
                + "---\n"
                + await InProcess.PrintAsync("generate", "rbac", "--namespace", "a"),
            await InProcess.PrintAsync("generate", "rbac", "--namespace", "a", "--node")
        );

    [Theory]
    [InlineData("", "give --node, --namespace, or both")]
    [InlineData("--service-account a --node", "--service-account needs --namespace")]
    [InlineData("--secret a", "give --node, --namespace, or both")]
    [InlineData("--secret a --node", "--secret needs --namespace")]
    [InlineData("--namespace a --audience b", "--audience and --token-file need --node")]
    [InlineData("--node --audience b --token-file c", "give --audience or --token-file, not both")]
    [InlineData(
        "--node --audience *",
        "bad value \"*\" of flag --audience: want an audience such as \"https://kubernetes.default.svc.cluster.local\""
    )]
    [InlineData("--namespace Team", "bad value \"Team\" of flag --namespace: want a DNS-1123 label such as \"team-a\"")]
    [InlineData("--namespace a.b", "bad value \"a.b\" of flag --namespace: want a DNS-1123 label such as \"team-a\"")]
    [InlineData(
        "--namespace a --secret b,c",
        "bad value \"b,c\" of flag --secret: want a DNS-1123 subdomain such as \"my-name\""
    )]
    [InlineData(
        "--namespace a --service-account system:x",
        "bad value \"system:x\" of flag --service-account: want a DNS-1123 subdomain such as \"my-name\""
    )]
    [InlineData("--nod", "unknown flag \"--nod\"; did you mean \"--node\"?")]
    public async Task Misuse_is_one_line_and_exit_code_2(string options, string line) =>
        Assert.Equal(
            CommandResult.Misused("generate rbac", line),
            await InProcess.RunAsync(
                "",
                ["generate", "rbac", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]
            )
        );

    [Fact]
    public async Task More_secrets_than_the_annotation_may_name_are_refused()
    {
        string[] Line(int count) =>
            ["generate", "rbac", "--namespace", "a", .. Enumerable.Range(0, count).Select(i => $"--secret=s{i}")];
        Assert.Equal(0, (await InProcess.RunAsync("", Line(32))).ExitCode);
        Assert.Equal(
            CommandResult.Misused("generate rbac", "at most 32 secrets can be named"),
            await InProcess.RunAsync("", Line(33))
        );
    }

    private static void AssertBound(List<YamlNode> documents, string ns, string account)
    {
        Assert.Equal(["Role", "RoleBinding"], documents.Select(document => (string)document["kind"]!));
        Assert.All(documents, document =>
            Assert.Equal(
                ("rbac.authorization.k8s.io/v1", ns),
                ((string)document["apiVersion"]!, (string)document["metadata"]["namespace"]!)
            )
        );
        Assert.Equal([""], KubeletRules.Texts(Rule(documents[0]), "apiGroups"));
        Assert.Equal(["secrets"], KubeletRules.Texts(Rule(documents[0]), "resources"));
        Assert.Equal(
            ("rbac.authorization.k8s.io", "Role", (string)documents[0]["metadata"]["name"]!),
            (
                (string)documents[1]["roleRef"]["apiGroup"]!,
                (string)documents[1]["roleRef"]["kind"]!,
                (string)documents[1]["roleRef"]["name"]!
            )
        );
        var subject = Assert.Single((YamlSequenceNode)documents[1]["subjects"]);
        Assert.Equal(
            ("ServiceAccount", account, ns),
            ((string)subject["kind"]!, (string)subject["name"]!, (string)subject["namespace"]!)
        );
        foreach (var value in new[] { documents[0]["metadata"]["namespace"], subject["name"], subject["namespace"] })
        {
            // What looks like a number or null must be quoted, or kubectl refuses it.
            Assert.True(KubeletRules.IsString(value), $"{value} is no string");
        }
    }

    private static YamlNode Rule(YamlNode role) => Assert.Single((YamlSequenceNode)role["rules"]);

    private static IEnumerable<string> Keys(YamlNode node) =>
        ((YamlMappingNode)node).Children.Keys.Select(key => (string)key!);
}
