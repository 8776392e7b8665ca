// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.TestSupport;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Deploy;

/// <summary>The examples are what people copy: each is parsed and held against the kubelet's and the API's
/// rules.</summary>
public sealed class ExampleTests
{
    [Theory]
    [InlineData("credential-provider-config.yaml", "https://kubernetes.default.svc.cluster.local")]
    [InlineData("credential-provider-config-openshift.yaml", "https://kubernetes.default.svc")]
    public void The_provider_config_has_what_the_kubelet_requires_and_nothing_that_it_refuses(
        string file,
        string audience
    )
    {
        var config = Assert.Single(Documents(file));
        Assert.Equal(["apiVersion", "kind", "providers"], Keys(config).Order());
        Assert.Equal(
            ("kubelet.config.k8s.io/v1", "CredentialProviderConfig"),
            (Text(config["apiVersion"]), Text(config["kind"]))
        );
        var provider = Assert.Single((YamlSequenceNode)config["providers"]);
        Assert.Equal(
            ["apiVersion", "defaultCacheDuration", "matchImages", "name", "tokenAttributes"],
            Keys(provider).Order()
        );
        Assert.Equal("crio-credential-provider", Text(provider["name"]));
        Assert.Equal("credentialprovider.kubelet.k8s.io/v1", Text(provider["apiVersion"]));
        Assert.All((YamlSequenceNode)provider["matchImages"], image =>
            Assert.DoesNotContain("/", Text(image), StringComparison.Ordinal)
        );
        Assert.Equal("0s", Text(provider["defaultCacheDuration"]));
        var token = provider["tokenAttributes"];
        Assert.Equal(["cacheType", "requireServiceAccount", "serviceAccountTokenAudience"], Keys(token).Order());
        Assert.Equal(
            (audience, "Token", "false"),
            (Text(token["serviceAccountTokenAudience"]), Text(token["cacheType"]), Text(token["requireServiceAccount"]))
        );
    }

    [Fact]
    public void The_nodes_may_ask_for_the_configs_one_audience_as_a_group()
    {
        var documents = Documents("node-rbac.yaml");
        Assert.Equal(["ClusterRole", "ClusterRoleBinding"], documents.Select(document => Text(document["kind"])));
        var rule = Assert.Single((YamlSequenceNode)documents[0]["rules"]);
        Assert.Equal(
            "https://kubernetes.default.svc.cluster.local",
            Text(Assert.Single((YamlSequenceNode)rule["resources"]))
        );
        Assert.Equal("request-serviceaccounts-token-audience", Text(Assert.Single((YamlSequenceNode)rule["verbs"])));
        var subject = Assert.Single((YamlSequenceNode)documents[1]["subjects"]);
        Assert.Equal(("Group", "system:nodes"), (Text(subject["kind"]), Text(subject["name"])));
        Assert.Equal(Text(documents[0]["metadata"]["name"]), Text(documents[1]["roleRef"]["name"]));
    }

    [Fact]
    public void The_namespaces_pods_may_get_and_list_its_secrets()
    {
        var documents = Documents("namespace-rbac.yaml");
        var rule = Assert.Single((YamlSequenceNode)documents[0]["rules"]);
        Assert.Equal(["secrets"], ((YamlSequenceNode)rule["resources"]).Select(Text));
        Assert.Equal(["get", "list"], ((YamlSequenceNode)rule["verbs"]).Select(Text));
        Assert.Equal("ServiceAccount", Text(Assert.Single((YamlSequenceNode)documents[1]["subjects"])["kind"]));
    }

    [Fact]
    public void The_objects_are_called_as_those_that_generate_prints_so_that_one_takes_the_others_place()
    {
        Assert.All(Documents("node-rbac.yaml"), document =>
            Assert.Equal(RbacNames.Nodes, Text(document["metadata"]["name"]))
        );
        Assert.All(Documents("namespace-rbac.yaml"), document =>
            Assert.Equal(RbacNames.For("default"), Text(document["metadata"]["name"]))
        );
        Assert.All(Documents("named-secrets.yaml").Skip(1), document =>
            Assert.Equal(RbacNames.For("puller"), Text(document["metadata"]["name"]))
        );
    }

    [Fact]
    public void The_named_secrets_are_the_ones_that_the_Role_lets_the_service_account_get()
    {
        var documents = Documents("named-secrets.yaml");
        Assert.Equal(["ServiceAccount", "Role", "RoleBinding"], documents.Select(document => Text(document["kind"])));
        var annotation = Assert.Single(((YamlMappingNode)documents[0]["metadata"]["annotations"]).Children);
        var named = PullSecretsAnnotation.Find(
            new Dictionary<string, string> { [Text(annotation.Key)] = Text(annotation.Value) }
        )!;
        Assert.Empty(named.Notices);
        var rule = Assert.Single((YamlSequenceNode)documents[1]["rules"]);
        Assert.Equal(named.Names, ((YamlSequenceNode)rule["resourceNames"]).Select(Text).Order());
        Assert.Equal(["get"], ((YamlSequenceNode)rule["verbs"]).Select(Text));
        Assert.Equal(
            Text(documents[0]["metadata"]["name"]),
            Text(Assert.Single((YamlSequenceNode)documents[2]["subjects"])["name"])
        );
        Assert.Single(documents.Select(document => Text(document["metadata"]["namespace"])).Distinct());
        Assert.Contains(
            PullSecretsAnnotation.Key + ":",
            File.ReadAllText(At("named-secrets.yaml")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_secret_is_the_articles()
    {
        var secret = Assert.Single(Documents("secret.yaml"));
        Assert.Equal("kubernetes.io/dockerconfigjson", Text(secret["type"]));
        Assert.Equal(
            """{"auths":{"http://localhost:5000":{"username":"myuser","password":"mypassword","auth":"bXl1c2VyOm15cGFzc3dvcmQ="}}}"""
                + "\n",
            Encoding.UTF8.GetString(Convert.FromBase64String(Text(secret["data"][".dockerconfigjson"])))
        );
    }

    [Fact]
    public void The_pods_image_is_mirrored_by_the_examples_registries_conf()
    {
        Assert.Equal("docker.io/nginx", Text(Assert.Single(Documents("pod.yaml"))["spec"]["containers"][0]["image"]));
        var file = RegistriesConfParser.Parse(
            "registries.conf",
            File.ReadAllText(At("registries.conf")),
            isDropIn: false
        );
        Assert.Equal(["localhost:5000"], Assert.Single(file.Registries).MirrorLocations);
    }

    [Fact]
    public void The_drop_in_has_a_variable_of_its_own_and_keeps_the_others()
    {
        var text = File.ReadAllText(At("kubelet-drop-in.conf"));
        Assert.DoesNotContain("KUBELET_EXTRA_ARGS=", text, StringComparison.Ordinal);
        Assert.Contains("$KUBELET_EXTRA_ARGS $CRIO_CREDENTIAL_PROVIDER_FLAGS", text, StringComparison.Ordinal);
    }

    [Fact]
    public void kubeadms_configuration_gives_the_kubelet_the_same_flags_for_init_and_join()
    {
        var documents = Documents("kubeadm-config.yaml");
        Assert.Equal(["InitConfiguration", "JoinConfiguration"], documents.Select(document => Text(document["kind"])));
        foreach (var document in documents)
        {
            Assert.Equal("kubeadm.k8s.io/v1beta4", Text(document["apiVersion"]));
            var node = document["nodeRegistration"];
            Assert.Equal(["criSocket", "kubeletExtraArgs"], Keys(node).Order());
            Assert.Equal("unix:///var/run/crio/crio.sock", Text(node["criSocket"]));

            // Since v1beta4 a list of names and values; the map of v1beta3 is refused.
            var arguments = (YamlSequenceNode)node["kubeletExtraArgs"];
            Assert.All(arguments, argument => Assert.Equal(["name", "value"], Keys(argument).Order()));
            var flags = string.Join(
                ' ',
                arguments.Select(argument => $"--{Text(argument["name"])}={Text(argument["value"])}")
            );
            Assert.Contains(
                $"CRIO_CREDENTIAL_PROVIDER_FLAGS={flags}\"",
                File.ReadAllText(At("kubelet-drop-in.conf")),
                StringComparison.Ordinal
            );
        }

        Assert.Equal(["apiVersion", "kind", "nodeRegistration"], Keys(documents[0]).Order());
        Assert.Equal(["apiVersion", "discovery", "kind", "nodeRegistration"], Keys(documents[1]).Order());
    }

    [Fact]
    public void The_places_are_the_same_in_all_examples_and_in_the_instructions()
    {
        foreach (
            var argument in (YamlSequenceNode)
                Documents("kubeadm-config.yaml")[0]["nodeRegistration"]["kubeletExtraArgs"]
        )
        {
            Assert.Contains(
                Text(argument["value"]),
                File.ReadAllText(Path.Combine(Repository.Root, "docs/how-to/install-by-hand.md")),
                StringComparison.Ordinal
            );
        }

        Assert.Contains(
            Text(Documents("kubeadm-config.yaml")[0]["nodeRegistration"]["kubeletExtraArgs"][1]["value"]),
            File.ReadAllText(Path.Combine(Repository.Root, "deploy/generated/40-crio-credential-provider.conf")),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "# For /etc/kubernetes/credential-providers/config.yaml ",
            File.ReadAllText(At("credential-provider-config.yaml")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_page_about_which_file_to_download_names_each()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "deploy/README.md"));
        Assert.All(
            Directory
                .GetFileSystemEntries(At(""))
                .Concat(Directory.GetFileSystemEntries(At("../generated")))
                .Select(path => Path.GetFileName(path)!),
            file =>
                Assert.Contains(
                    file.StartsWith("rbac-nodes-", StringComparison.Ordinal) ? "`rbac-nodes-*.yaml`" : $"`{file}`",
                    page,
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void No_example_is_overlooked()
    {
        var tests = File.ReadAllText(Path.Combine(Repository.Root, "tests/Tools.Tests/Deploy/ExampleTests.cs"));
        Assert.All(Directory.GetFileSystemEntries(At("")).Select(path => Path.GetFileName(path)!), file =>
            Assert.Contains($"\"{file}\"", tests, StringComparison.Ordinal)
        );
    }

    private static string At(string file) => Path.Combine(Repository.Root, "deploy", "examples", file);

    private static List<YamlNode> Documents(string file)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(At(file))));
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    private static IEnumerable<string> Keys(YamlNode node) => ((YamlMappingNode)node).Children.Keys.Select(Text);

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;
}
