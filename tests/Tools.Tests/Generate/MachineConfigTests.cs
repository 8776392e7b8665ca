// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Tests.Deploy;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Generate;

public sealed class MachineConfigTests : IDisposable
{
    private const string Path = "/etc/kubernetes/credential-providers/crio-credential-provider.yaml";
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public MachineConfigTests() =>
        Write("registries.conf", "registry=[{location=\"docker.io\", mirror=[{location=\"m.test\"}]}]");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_config_and_the_drop_in_come_to_the_nodes_of_a_pool()
    {
        var yaml = await InProcess.PrintAsync(Line("--pool", "infra"));
        var machineConfig = KubeletRules.Root(yaml);
        Assert.Equal(
            ("machineconfiguration.openshift.io/v1", "MachineConfig", "98-infra-crio-credential-provider", "infra"),
            (
                Text(machineConfig, "apiVersion"),
                Text(machineConfig, "kind"),
                Text(machineConfig, "metadata", "name"),
                Text(machineConfig, "metadata", "labels", "machineconfiguration.openshift.io/role")
            )
        );
        var ignition = machineConfig["spec"]["config"];
        Assert.Equal("3.2.0", Text(ignition, "ignition", "version"));
        Assert.Equal(
            ["ignition", "storage", "systemd"],
            ((YamlMappingNode)ignition).Children.Keys.Select(key => (string)key!)
        );

        var file = Assert.Single((YamlSequenceNode)ignition["storage"]["files"]);
        Assert.Equal((Path, "420", "true"), (Text(file, "path"), Text(file, "mode"), Text(file, "overwrite")));
        Assert.Equal(420, Convert.ToInt32("644", 8));
        var config = Content(file);
        Assert.Empty(KubeletRules.Problems(config));
        Assert.Equal(
            "https://kubernetes.default.svc",
            Text(KubeletRules.Root(config)["providers"][0], "tokenAttributes", "serviceAccountTokenAudience")
        );
        Assert.Contains(
            string.Concat(config.TrimEnd('\n').Split('\n').Select(line => $"#   {line}\n")),
            yaml,
            StringComparison.Ordinal
        );

        var unit = Assert.Single((YamlSequenceNode)ignition["systemd"]["units"]);
        Assert.Equal("kubelet.service", Text(unit, "name"));
        var dropIn = Assert.Single((YamlSequenceNode)unit["dropins"]);
        Assert.Equal("40-crio-credential-provider.conf", Text(dropIn, "name"));
        Assert.Equal(
            await InProcess.PrintAsync("generate", "systemd-drop-in", "--profile", "openshift", "--config", Path),
            Text(dropIn, "contents")
        );
        Assert.Contains(
            "# Where the cluster has the platform's own resource CRIOCredentialProviderConfig, use that instead.\n",
            yaml,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_merge_into_the_platforms_file_has_no_drop_in()
    {
        const string Ecr = "/etc/kubernetes/credential-providers/ecr-credential-provider.yaml";
        Write(
            "ecr.yaml",
            "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n- name: "
                + "ecr-credential-provider\n  matchImages: ['*.dkr.ecr.*.amazonaws.com']\n  defaultCacheDuration: "
                + "12h\n  apiVersion: credentialprovider.kubelet.k8s.io/v1\n"
        );
        var ignition = KubeletRules.Root(
            await InProcess.PrintAsync(
                Line("--merge-into", System.IO.Path.Combine(folder, "ecr.yaml"), "--config", Ecr)
            )
        )["spec"]["config"];
        Assert.Equal(["ignition", "storage"], ((YamlMappingNode)ignition).Children.Keys.Select(key => (string)key!));
        var file = Assert.Single((YamlSequenceNode)ignition["storage"]["files"]);
        Assert.Equal(Ecr, Text(file, "path"));
        Assert.Empty(KubeletRules.Problems(Content(file)));
        Assert.Equal(
            ["ecr-credential-provider", "crio-credential-provider"],
            ((YamlSequenceNode)KubeletRules.Root(Content(file))["providers"]).Select(provider => Text(provider, "name"))
        );
    }

    [Fact]
    public async Task A_NodePool_gets_the_same_MachineConfig_by_a_ConfigMap_of_its_namespace()
    {
        string[] audience = ["--audience", "https://issuer.example.com"];
        var yaml = await InProcess.PrintAsync(Line(["--profile", "hypershift", "--namespace", "tenants", .. audience]));
        var map = Assert.Single(YamlObjects.Of(yaml));
        Assert.Equal("", SchemaCheck.Problems([map]));
        Assert.Equal("tenants", (string)map["metadata"]!["namespace"]!);
        var inner = KubeletRules.Root((string)map["data"]!["config"]!);
        Assert.Equal(KubeletRules.Root(await InProcess.PrintAsync(Line(audience))), inner);
        Assert.Equal("worker", Text(inner, "metadata", "labels", "machineconfiguration.openshift.io/role"));

        // On such a cluster the platform has no resource for it, and does not permit the nodes to request tokens.
        Assert.DoesNotContain("CRIOCredentialProviderConfig", yaml, StringComparison.Ordinal);
        Assert.Contains(
            "# crio-credential-provider generate rbac --node --profile hypershift | oc apply -f -\n",
            yaml,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "The audience is the default issuerURL of a HostedCluster",
            await InProcess.PrintAsync(Line("--profile", "hypershift")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_kubelets_own_line_can_be_given_where_its_unit_reads_no_variable()
    {
        var unit = KubeletRules.Root(await InProcess.PrintAsync(Line("--exec-start", "/usr/bin/kubelet: --x 'y'")))[
            "spec"
        ]["config"]["systemd"]["units"][0];
        Assert.EndsWith(
            "ExecStart=\nExecStart=/usr/bin/kubelet: --x 'y' $CRIO_CREDENTIAL_PROVIDER_FLAGS\n",
            Text(unit["dropins"][0], "contents"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("--merge-into x", "--merge-into needs --config, the path of that file on the node")]
    [InlineData("--pool Worker", "bad value \"Worker\" of flag --pool: want a DNS-1123 label such as \"team-a\"")]
    [InlineData("--audience a --token-file b", "give --audience or --token-file, not both")]
    [InlineData("--profile kubeadm", "bad value \"kubeadm\" of flag --profile: want openshift or hypershift")]
    [InlineData("--namespace team-a", "--namespace needs --profile hypershift")]
    [InlineData(
        "--profile hypershift --pool infra",
        "--pool has no meaning with --profile hypershift: NodePools list the ConfigMap"
    )]
    public async Task Misuse_is_one_line_and_exit_code_2(string options, string line) =>
        Assert.Equal(
            CommandResult.Misused("generate machine-config", line),
            await InProcess.RunAsync("", Line(options.Split(' ')))
        );

    [Fact]
    public async Task Without_a_mirror_there_is_none()
    {
        Write("registries.conf", "registry=[{location=\"docker.io\"}]");
        var (exitCode, stdout, _) = await InProcess.RunAsync("", Line());
        Assert.Equal((1, ""), (exitCode, stdout));
    }

    private static string Content(YamlNode file)
    {
        const string Head = "data:text/plain;charset=utf-8;base64,";
        var source = Text(file, "contents", "source");
        Assert.StartsWith(Head, source, StringComparison.Ordinal);
        return Encoding.UTF8.GetString(Convert.FromBase64String(source[Head.Length..]));
    }

    private static string Text(YamlNode node, params string[] path) =>
        ((YamlScalarNode)path.Aggregate(node, (inner, key) => inner[key])).Value!;

    private string[] Line(params IEnumerable<string> options) =>
        [
            "generate",
            "machine-config",
            "--registries-conf",
            System.IO.Path.Combine(folder, "registries.conf"),
            "--registries-conf-dir",
            System.IO.Path.Combine(folder, "none"),
            .. options,
        ];

    private void Write(string name, string text) => File.WriteAllText(System.IO.Path.Combine(folder, name), text);
}
