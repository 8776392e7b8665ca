// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Explain;

/// <summary>What explain says about the kubelet's record of the pull, and how the secrets were selected.</summary>
public sealed class PullRecordTests : IDisposable
{
    private const string OpenToAll = "The kubelet will record the image as open to every pod of this node.";

    private readonly ExplainWorld world = new();

    public PullRecordTests()
    {
        world.Write(ExplainWorld.Conf, "[[registry]]\nlocation = 'quay.io'\n[[registry.mirror]]\nlocation = 'm.io'\n");
        world.Write("fits.json", ExplainWorld.Manifest("team-a", "hub=m.io"));
        world.Write("other.json", ExplainWorld.Manifest("team-a", "hub=r.io"));
        Directory.CreateDirectory(world.At("/var/lib/kubelet/image_manager"));
    }

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(
        "quay.io/a --secrets fits.json",
        "The kubelet will record the service account of namespace \"team-a\": pods of other accounts must pull the image again.",
        "service-account"
    )]
    [InlineData("quay.io/a --secrets fits.json --access-record=false", OpenToAll, "every-pod")]
    [InlineData("quay.io/a --secrets other.json", OpenToAll, "every-pod")]
    [InlineData("ghcr.io/a --secrets fits.json", OpenToAll, "every-pod")]
    public void A_kubelet_that_keeps_records_records_what_the_answer_says(string line, string sentence, string access)
    {
        Assert.EndsWith("\n\n" + sentence + "\n", Run(line), StringComparison.Ordinal);
        Assert.Equal((true, access), Record(line));
    }

    [Fact]
    public void Without_records_or_secrets_there_is_no_sentence()
    {
        Assert.DoesNotContain("will record", Run("quay.io/a"), StringComparison.Ordinal);
        Assert.Null(JsonNode.Parse(Run("quay.io/a --output=json"))!["pullRecord"]);
        Directory.Delete(world.At("/var/lib/kubelet/image_manager"));
        Assert.DoesNotContain("will record", Run("quay.io/a --secrets fits.json"), StringComparison.Ordinal);
        Assert.Equal((false, "service-account"), Record("quay.io/a --secrets fits.json"));
    }

    [Theory]
    [InlineData("", "all", null, null)]
    [InlineData(
        "--pull-secrets=hub,gone",
        "annotation",
        "gone,hub",
        "only those that the annotation crio-credential-provider/pull-secrets names: gone, hub"
    )]
    public void The_request_for_the_secrets_is_reported(string option, string selection, string? names, string? line)
    {
        using var api = Api();
        api.Allow("team-a", "puller", "team-a");
        Tells(api, option, selection, names, line);
    }

    [Fact]
    public void An_account_that_may_get_named_secrets_only_is_served_as_in_the_kubelets_run()
    {
        using var api = Api();
        api.AllowGet("team-a", "puller", "team-a", "hub");
        api.AllowGetSelf("team-a", "puller");
        api.AddServiceAccount("team-a", "puller", "hub");
        Tells(
            api,
            "",
            "image-pull-secrets",
            "hub",
            "only those that the imagePullSecrets of service account \"puller\" names: hub"
        );
    }

    /// <summary>A token of before Kubernetes 1.24 has its claims at another place, and no kubelet passes one.</summary>
    [Fact]
    public void A_token_from_a_secret_is_refused_without_a_word_about_the_kubelets_config()
    {
        var claims = """{"iss":"kubernetes/serviceaccount","kubernetes.io/serviceaccount/namespace":"team-a"}""";
        world.Write(
            "old.token",
            $"e30.{System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(claims))}.c2ln"
        );
        var run = world.Run("quay.io/a --token-file old.token");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("pass what \"kubectl create token\" prints", run.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("tokenAttributes", run.Stderr, StringComparison.Ordinal);
    }

    private ApiServer Api()
    {
        var authority = new Authority();
        world.Write("/ca.crt", authority.Pem);
        var api = new ApiServer(authority.Issue(["kubernetes"]));
        api.Add(JsonNode.Parse(ExplainWorld.Manifest("team-a", "hub=m.io"))!["items"]![0]!.ToJsonString());
        return api;
    }

    private void Tells(ApiServer api, string option, string selection, string? names, string? line)
    {
        world.Write("puller.token", api.Issue("team-a", "puller"));
        var asked =
            $"quay.io/a --token-file puller.token --api-server=127.0.0.1:{api.Port} --certificate-authority={world.At("/ca.crt")} "
            + $"--tls-server-name=kubernetes {option}";
        var text = Run(asked);
        Assert.Contains("key \"m.io\" of secret \"hub\"", text, StringComparison.Ordinal);
        Assert.Equal(
            line,
            text.Split('\n').Select(one => one.Trim()).SingleOrDefault(one => one.StartsWith("only those"))
        );
        var input = JsonNode.Parse(Run(asked + " --output=json"))!["input"]!;
        Assert.Equal(selection, (string?)input["selection"]);
        Assert.Equal(
            names,
            input["names"] is JsonArray list ? string.Join(',', list.Select(name => (string?)name)) : null
        );
    }

    private string Run(string line) => world.Run(line).Stdout;

    private (bool IsKept, string? Access) Record(string line)
    {
        var record = JsonNode.Parse(Run(line + " --output=json"))!["pullRecord"]!;
        Assert.Equal("/var/lib/kubelet/image_manager", (string?)record["directory"]);
        return ((bool)record["kept"]!, (string?)record["access"]);
    }
}
