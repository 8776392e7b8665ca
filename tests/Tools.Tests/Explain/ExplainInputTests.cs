// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Explain;

/// <summary>The three inputs, and what is wrong with them.</summary>
public sealed class ExplainInputTests : IDisposable
{
    private const string Config = """{"auths":{"quay.io":{"username":"u","password":"made-up"}}}""";

    private static readonly string Data = Convert.ToBase64String(Encoding.UTF8.GetBytes(Config));

    private readonly ExplainWorld world = new();

    public ExplainInputTests() =>
        world.Write(ExplainWorld.Conf, "[[registry]]\nlocation = 'quay.io'\n[[registry.mirror]]\nlocation = 'm.io'\n");

    public void Dispose() => world.Dispose();

    /// <summary>A manifest, and the secrets that count, or the notices.</summary>
    public static TheoryData<string, string, string> Manifests =>
        new()
        {
            {
                "one Secret of kubectl's YAML",
                $"apiVersion: v1\ndata:\n  .dockerconfigjson: {Data}\nkind: Secret\nmetadata:\n  creationTimestamp: "
                    + "\"2026-01-01T00:00:00Z\"\n  name: pull\n  namespace: team-a\n  resourceVersion: \"7\"\ntype: "
                    + "kubernetes.io/dockerconfigjson\n",
                "pull in team-a"
            },
            {
                "a List of kubectl's JSON",
                "{\"apiVersion\":\"v1\",\"items\":["
                    + Secret("a", "team-a")
                    + ","
                    + Secret("b", "team-a")
                    + "],\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"\"}}",
                "a, b in team-a"
            },
            {
                "the API's SecretList",
                "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"items\":[" + Secret("a", "team-a") + "]}",
                "a in team-a"
            },
            { "several documents", Secret("a", "team-a") + "\n---\n" + Secret("b", "team-a") + "\n", "a, b in team-a" },
            {
                "stringData, in a block",
                "apiVersion: v1\nkind: Secret\nmetadata: {name: pull}\ntype: "
                    + "kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: |\n    "
                    + Config
                    + "\n",
                "pull in default"
            },
            {
                "stringData before data",
                "apiVersion: v1\nkind: Secret\nmetadata: {name: pull}\ntype: kubernetes.io/dockerconfigjson\ndata: "
                    + "{.dockerconfigjson: '%%%'}\nstringData: {.dockerconfigjson: '"
                    + Config
                    + "'}\n",
                "pull in default"
            },
            {
                "base64 in a folded block",
                "apiVersion: v1\nkind: Secret\nmetadata: {name: pull}\ntype: "
                    + $"kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: |\n    {Data[..20]}\n    "
                    + $"{Data[20..]}\n",
                "pull in default"
            },
            { "no namespace", Secret("a", null), "a in default" },
            { "no namespace beside one", Secret("a", null) + "\n---\n" + Secret("b", "team-a"), "a, b in team-a" },
            {
                "the same with and without namespace",
                Secret("a", null) + "\n---\n" + Secret("a", "team-a"),
                "a in team-a; Skipping secret \"a\", which is defined twice"
            },
            {
                "other types",
                "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":["
                    + Secret("a", "team-a", "kubernetes.io/dockercfg")
                    + ","
                    + Secret("b", "team-a", "Opaque")
                    + ","
                    + Secret("c", "team-a")
                    + "]}",
                "c in team-a; Skipping secret \"a\", which is not of type \"kubernetes.io/dockerconfigjson\"; Skipping "
                    + "secret \"b\", which is not of type \"kubernetes.io/dockerconfigjson\""
            },
            {
                "other objects",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\n" + Secret("a", "team-a"),
                "a in team-a; Skipping the ConfigMap at line 1 of \"f.yaml\": it is not a Secret"
            },
            {
                "a Secret of another group",
                "apiVersion: bitnami.com/v1alpha1\nkind: Secret\nmetadata: {name: x}\n---\n" + Secret("a", "team-a"),
                "a in team-a; Skipping the Secret at line 1 of \"f.yaml\": it is not a Secret"
            },
            {
                "data that is not base64",
                Secret("a", "team-a", data: "%%%"),
                " in team-a; Skipping secret \"a\", whose data is not base64"
            },
            {
                "data that is no docker config",
                Secret("a", "team-a", data: "aGVsbG8="),
                " in team-a; Skipping secret \"a\": it is not one JSON document"
            },
            {
                "no data",
                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"},\"type\":\"kubernetes.io/dockerconfigjson\"}",
                " in default; Skipping secret \"a\": it has no key \".dockerconfigjson\""
            },
            {
                "a namespace that is none",
                Secret("a", "x; rm -r \u202E"),
                " in default; Skipping secret \"a\" at line 1 of \"f.yaml\": its namespace is not a valid name"
            },
            {
                "a name that is none",
                Secret("../a", "team-a"),
                " in default; Skipping the Secret at line 1 of \"f.yaml\": it has no valid name"
            },
            {
                "twice the same",
                Secret("a", "team-a") + "\n---\n" + Secret("a", "team-a"),
                "a in team-a; Secret \"a\" is defined more than once: the one at line 3 of \"f.yaml\" is used"
            },
            { "an empty list", "apiVersion: v1\nitems: []\nkind: List\n", " in default" },
        };

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Secrets_are_read_as_kubectl_prints_them_and_people_write_them(
        string what,
        string manifest,
        string expected
    )
    {
        world.Write("f.yaml", manifest);
        var run = world.Run("quay.io/x --secrets f.yaml --output json");
        Assert.True(run.Stderr.Length == 0, $"{what}: {run.Stderr}");
        var json = JsonNode.Parse(run.Stdout)!;
        Assert.Equal(
            expected,
            string.Join(
                "; ",
                json["notices"]!
                    .AsArray()
                    .Where(notice => (string)notice!["id"]! == "CP501")
                    .Select(notice => (string)notice!["text"]!)
                    .Prepend(
                        string.Join(", ", json["secretKeys"]!.AsArray().Select(key => (string)key!["secret"]!))
                            + " in "
                            + json["pod"]!["namespace"]
                    )
            )
        );
    }

    [Fact]
    public void Files_stdin_and_a_namespace_come_together()
    {
        world.Write("a.yaml", Secret("a", "team-a"));
        world.Write("b.json", Secret("b", "team-b"));
        var run = world.Run(
            "quay.io/x --secrets a.yaml --secrets=b.json --secrets - --output json".Replace(
                "=b.json",
                "=" + world.At("b.json"),
                StringComparison.Ordinal
            ),
            Secret("c", "team-a")
        );
        Assert.Equal(
            ExplainWorld.Ended(
                2,
                Generate.CommandResult.WithHelp(
                    "explain",
                    "the Secrets are of namespaces \"team-a\", \"team-b\": pick one with --namespace"
                )
            ),
            run
        );
        run = world.Run(
            "quay.io/x --secrets a.yaml --secrets b.json --secrets - --namespace team-a --output json",
            Secret("c", "team-a")
        );
        var json = JsonNode.Parse(run.Stdout)!;
        Assert.Equal(["a", "c"], json["secretKeys"]!.AsArray().Select(key => (string)key!["secret"]!));
        Assert.Equal(
            ["Skipping secret \"b\", which is not in namespace \"team-a\""],
            json["notices"]!.AsArray().Where(n => (string)n!["id"]! == "CP501").Select(n => (string)n!["text"]!)
        );
        Assert.Equal(["a.yaml", "b.json", "-"], json["input"]!["files"]!.AsArray().Select(file => (string)file!));
    }

    [Theory]
    [InlineData(
        "a: [1\n",
        "\"f.yaml\" cannot be used: it is not valid YAML (line 2, column 1); pass what \"kubectl get secrets -o yaml\" "
            + "prints [CP801]"
    )]
    [InlineData(
        "a: hunter2: x\n",
        "\"f.yaml\" cannot be used: it is not valid YAML (line 1, column 11); pass what \"kubectl get secrets -o "
            + "yaml\" prints [CP801]"
    )]
    [InlineData(
        "kind: &a Secret\n",
        "\"f.yaml\" cannot be used: there is no Secret in it; pass what \"kubectl get secrets -o yaml\" prints [CP801]"
    )]
    [InlineData(
        "kind: !a Secret\n",
        "\"f.yaml\" cannot be used: tags other than !!str are not supported (line 1, column 7); pass what \"kubectl "
            + "get secrets -o yaml\" prints [CP801]"
    )]
    [InlineData(
        "hunter2\n",
        "\"f.yaml\" cannot be used: what begins at line 1 is not a Kubernetes object; pass what \"kubectl get secrets "
            + "-o yaml\" prints [CP801]"
    )]
    [InlineData(
        "[]\n",
        "\"f.yaml\" cannot be used: what begins at line 1 is not a Kubernetes object; pass what \"kubectl get secrets "
            + "-o yaml\" prints [CP801]"
    )]
    [InlineData(
        "",
        "\"f.yaml\" cannot be used: there is no Secret in it; pass what \"kubectl get secrets -o yaml\" prints [CP801]"
    )]
    [InlineData(
        "apiVersion: v1\nkind: Pod\n",
        "\"f.yaml\" cannot be used: there is no Secret in it; pass what \"kubectl get secrets -o yaml\" prints [CP801]"
    )]
    [InlineData(
        "\u00ff",
        "\"f.yaml\" cannot be used: what begins at line 1 is not a Kubernetes object; pass what \"kubectl get secrets "
            + "-o yaml\" prints [CP801]"
    )]
    public void A_file_without_manifests_is_refused_without_being_quoted(string text, string line)
    {
        world.Write("f.yaml", text);
        Assert.Equal(ExplainWorld.Ended(3, line), world.Run("quay.io/x --secrets f.yaml"));
    }

    /// <summary>As editors of other systems put it in front; a token behind it is one all the same.</summary>
    [Fact]
    public void A_byte_order_mark_does_not_count()
    {
        world.Write("f.yaml", "\uFEFF" + Secret("a", "team-a"));
        Assert.Equal(
            ["a"],
            JsonNode.Parse(world.Run("quay.io/x --secrets f.yaml --output json").Stdout)!["secretKeys"]!
                .AsArray()
                .Select(key => (string)key!["secret"]!)
        );
        Assert.Equal(
            ExplainWorld.Ended(
                3,
                "stdin: the service account token's claims are not base64url of a JSON object; pass what \"kubectl "
                    + "create token\" prints [CP201]"
            ),
            world.Run("quay.io/x --token-file -", "\uFEFFa.aHVudGVyMg.c\n")
        );
        Assert.Equal(
            ExplainWorld.Ended(
                3,
                "stdin cannot be used: it is empty; pass what \"kubectl create token\" prints [CP801]"
            ),
            world.Run("quay.io/x --token-file -", "\uFEFF\n")
        );
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named()
    {
        Directory.CreateDirectory(world.At("d.yaml"));
        File.WriteAllBytes(world.At("latin.yaml"), [(byte)'a', 0xE4]);
        Assert.Equal(
            ExplainWorld.Ended(3, "\"none.yaml\" cannot be used: there is no such file; check the path [CP801]"),
            world.Run("quay.io/x --secrets none.yaml")
        );
        Assert.Equal(
            ExplainWorld.Ended(3, "\"latin.yaml\" cannot be used: it is not UTF-8; save it as UTF-8 [CP801]"),
            world.Run("quay.io/x --secrets latin.yaml")
        );
        Assert.Equal(
            ExplainWorld.Ended(3, "\"d.yaml\" cannot be used: it is a directory; name a file [CP801]"),
            world.Run("quay.io/x --secrets d.yaml")
        );
        Assert.Equal(
            ExplainWorld.Ended(
                3,
                "stdin cannot be used: there is no Secret in it; pass what \"kubectl get secrets -o yaml\" prints "
                    + "[CP801]"
            ),
            world.Run("quay.io/x --secrets -")
        );
    }

    [Theory]
    [InlineData("", "stdin cannot be used: it is empty; pass what \"kubectl create token\" prints [CP801]")]
    [InlineData(
        "hunter2\n",
        "stdin: the service account token is not a JWT of three parts; pass what \"kubectl create token\" prints "
            + "[CP201]"
    )]
    [InlineData(
        "a.aHVudGVyMg.c\n",
        "stdin: the service account token's claims are not base64url of a JSON object; pass what \"kubectl create "
            + "token\" prints [CP201]"
    )]
    public void What_is_not_a_token_is_rejected_without_being_quoted(string token, string line) =>
        Assert.Equal(ExplainWorld.Ended(3, line), world.Run("quay.io/x --token-file -", token));

    [Theory]
    [InlineData(
        "{\"kind\":\"hunter2",
        "the request in \"r.json\" is not one JSON document (line 1, byte 17); pass one CredentialProviderRequest, as "
            + "the kubelet does [CP102]"
    )]
    [InlineData(
        "[]",
        "the request in \"r.json\" is not a JSON object; pass one CredentialProviderRequest, as the kubelet does "
            + "[CP102]"
    )]
    [InlineData(
        "{\"image\":1}",
        "the request in \"r.json\" is malformed: field \"image\" is not a string; pass one CredentialProviderRequest, "
            + "as the kubelet does [CP102]"
    )]
    public void A_broken_request_is_named_by_its_file(string text, string line)
    {
        world.Write("r.json", text);
        Assert.Equal(ExplainWorld.Ended(3, line), world.Run("--request r.json"));
    }

    [Fact]
    public void A_request_without_a_token_is_explained_as_far_as_it_goes()
    {
        var run = world.Run("--request -", Encoding.UTF8.GetString(Requests.For("quay.io/team/app", null)));
        Assert.Equal(
            new RunResult(
                1,
                """
                image      quay.io/team/app
                namespace  unknown
                secrets    none: the request has no token
                mirrors    /etc/containers/registries.conf:1 decides: prefix "quay.io"
                read       /etc/containers/registries.conf

                CRI-O tries, in this order:
                  1  m.io/team/app  mirror "m.io"
                     finds no file: uses the node's own credentials, if there are any
                  2  quay.io/team/app  the registry
                     finds no file: uses the node's own credentials, if there are any

                No file would be written: the request has no service account token [CP110]

                """,
                ""
            ),
            run
        );
        Assert.Contains(
            "[CP111]",
            world
                .Run(
                    "--request -",
                    Encoding.UTF8.GetString(
                        Requests.For("quay.io/team/app", null, "credentialprovider.kubelet.k8s.io/v1beta1")
                    )
                )
                .Stdout,
            StringComparison.Ordinal
        );
    }

    internal static string Secret(
        string name,
        string? ns,
        string type = "kubernetes.io/dockerconfigjson",
        string? data = null
    ) =>
        "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\""
        + name
        + "\""
        + (ns is null ? "" : ",\"namespace\":\"" + ns + "\"")
        + "},\"type\":\""
        + type
        + "\",\"data\":{\".dockerconfigjson\":\""
        + (data ?? Data)
        + "\"}}";
}
