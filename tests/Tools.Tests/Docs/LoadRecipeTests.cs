// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.Tests.Deploy;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>
/// The recipe about the load on the API server: Kubernetes accepts its objects, they apply to the requests that runs
/// send, and runs send as many as the page says.
/// </summary>
public sealed class LoadRecipeTests
{
    private const string Mirrored = "docker.io/library/nginx";

    private static readonly string AuditSchema = Path.Combine(
        Repository.Root,
        "tests/Tools.Tests/Deploy/schemas/audit-policy.json"
    );

    private static readonly string Section = SectionOf("## Load on the API server, and the audit log");

    [Fact]
    public void The_objects_are_valid_by_Kubernetes_schemas()
    {
        Assert.Equal("", SchemaCheck.Problems(Objects("FlowSchema")));
        Assert.Equal([""], SchemaCheck.Problems(AuditSchema, Objects("Policy")));
    }

    [Fact]
    public void A_wrong_object_is_found()
    {
        var level = Objects("FlowSchema")[0];
        level["spec"]!["limited"]!["limitResponse"]!["type"] = 1;
        var schema = Objects("FlowSchema")[1];
        schema["spec"]!["precedence"] = 1;
        var problems = SchemaCheck.Problems([level, schema]);
        Assert.Contains("spec/limited/limitResponse/type must be string", problems, StringComparison.Ordinal);
        Assert.Contains("'precedence' could not be mapped", problems, StringComparison.Ordinal);

        var policy = Objects("Policy")[0];
        policy["rules"]![0]!["level"] = "Meta";
        policy["rules"]![0]!["groups"] = new JsonArray("system:serviceaccounts");
        Assert.Equal(
            "/rules/0 must NOT have additional properties; /rules/0/level must be equal to one of the allowed values",
            Assert.Single(SchemaCheck.Problems(AuditSchema, [policy]))
        );
    }

    [Theory]
    [InlineData("one list", 1, "lists the namespace's pull secrets in pages of 500 objects")]
    [InlineData("two pages", 2, "lists the namespace's pull secrets in pages of 500 objects")]
    [InlineData("two names", 2, "it sends one request for each name")]
    [InlineData("two imagePullSecrets", 4, "if the service account's `imagePullSecrets` name them, two more")]
    [InlineData("no mirror", 0, "Runs for other images send none")]
    public void A_run_sends_as_many_requests_as_the_page_says_and_its_objects_apply_to_them(
        string run,
        int count,
        string sentence
    )
    {
        Assert.Contains(sentence, Section.ReplaceLineEndings(" "), StringComparison.Ordinal);
        var requests = RequestsOf(run);
        Assert.Equal(count, requests.Count);
        var rule = Objects("FlowSchema")[1]["spec"]!["rules"]![0]!["resourceRules"]![0]!;
        var audit = Objects("Policy")[0]["rules"]![0]!;
        Assert.All(requests.Where(request => request.Resource == "secrets"), request =>
        {
            Assert.Contains(request.Verb, Strings(rule["verbs"]));
            Assert.Contains(request.Resource, Strings(rule["resources"]));
            Assert.Contains(request.Verb, Strings(audit["verbs"]));
            Assert.Contains(request.Resource, Strings(audit["resources"]![0]!["resources"]));
        });
        Assert.Equal(run == "two imagePullSecrets" ? 1 : 0, requests.Count(request => request.Resource != "secrets"));
    }

    /// <summary>The requests of one run of the published binary.</summary>
    private static List<(string Verb, string Resource)> RequestsOf(string run)
    {
        using var cluster = new Cluster();
        var token = cluster.Api.Issue("default", "puller");
        foreach (var name in (string[])["my-secret", "second"])
        {
            cluster.Api.Add(Cluster.ArticleSecret.Replace("my-secret", name, StringComparison.Ordinal));
            cluster.Api.AllowGet("default", "puller", "default", name);
        }

        for (var i = 2; i < 501 && run == "two pages"; i++)
        {
            cluster.Api.Add(Cluster.ArticleSecret.Replace("my-secret", $"other-{i}", StringComparison.Ordinal));
        }

        if (run == "two imagePullSecrets")
        {
            cluster.Api.AddServiceAccount("default", "puller", "my-secret", "second");
            cluster.Api.AllowGetSelf("default", "puller");
        }

        var request = run switch
        {
            "two names" => Requests.Annotated(Mirrored, token, "my-secret,second"),
            "two imagePullSecrets" => Requests.For(Mirrored, token),
            "no mirror" => Requests.For("quay.io/team/app", cluster.Token),
            _ => Requests.For(Mirrored, cluster.Token),
        };
        Assert.Equal(0, cluster.Run(request).ExitCode);
        return [.. cluster.Api.Requests.Select(Parsed)];
    }

    /// <summary>The verb is the one of Kubernetes: a GET without a name is a list.</summary>
    private static (string Verb, string Resource) Parsed(string request)
    {
        var parts = request.Split('?')[0].Split('/');
        Assert.Equal(["GET ", "api", "v1", "namespaces", "default"], parts[..5]);
        return (parts.Length == 6 ? "list" : "get", parts[5]);
    }

    /// <summary>The objects of the block of YAML that has an object of this kind.</summary>
    private static List<JsonObject> Objects(string kind) =>
        YamlObjects.Of(
            Section
                .Split("```yaml\n")
                .Skip(1)
                .Select(text => text[..text.IndexOf("```", StringComparison.Ordinal)])
                .Single(block => block.Contains($"kind: {kind}\n", StringComparison.Ordinal))
        );

    private static IEnumerable<string> Strings(JsonNode? list) => list!.AsArray().Select(item => (string)item!);

    private static string SectionOf(string heading)
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/how-to/recipes.md"));
        var start = page.IndexOf(heading, StringComparison.Ordinal);
        var end = page.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return end < 0 ? page[start..] : page[start..end];
    }
}
