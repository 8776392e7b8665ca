// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;
using KubernetesApiStandIn;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Doctor;

/// <summary>CP010 and CP011, which ask the API server what somebody may do.</summary>
public sealed class AccessCheckTests : IDisposable
{
    private const string Audience = Token.Audience;
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task An_accepted_audience_that_nodes_may_ask_for_is_ok()
    {
        var token = node.Api.Issue("team-a");
        node.Api.AllowReviews(token);
        node.Api.NodeAudiences.Add(Audience);
        var answer = await WithToken("CP010", token);
        Assert.Equal(("ok", "the API server accepts it, and nodes may request it"), (answer.Outcome, answer.Summary));
    }

    [Fact]
    public async Task Nodes_that_may_not_ask_are_a_failure_with_the_ClusterRole_for_their_group_and_this_audience()
    {
        var token = node.Api.Issue("team-a");
        node.Api.AllowReviews(token);
        var answer = await WithToken("CP010", token);
        Assert.Equal(
            ("fail", "nodes may not request tokens for this audience: the kubelet does not run the provider"),
            (answer.Outcome, answer.Summary)
        );
        var documents = Applied(answer.Fix);
        Assert.Equal([Audience], Texts(documents[0]["rules"][0]["resources"]));
        Assert.Equal(["request-serviceaccounts-token-audience"], Texts(documents[0]["rules"][0]["verbs"]));
        Assert.Equal("system:nodes", (string?)documents[1]["subjects"][0]["name"]);
        Assert.Single((YamlSequenceNode)documents[0]["rules"]);
    }

    [Theory]
    [InlineData(false, "warn")]
    [InlineData(true, "fail")]
    public async Task An_audience_that_would_be_every_one_gets_no_ClusterRole(bool mayAsk, string outcome)
    {
        node.Edit(NodeTree.ConfigPath, "Audience: " + Audience, "Audience: \"*\"");
        var token = node.Api.Issue("team-a");
        if (mayAsk)
        {
            node.Api.AllowReviews(token);
        }

        var answer = await WithToken("CP010", token);
        Assert.Equal(outcome, answer.Outcome);
        Assert.Contains(
            "\"*\" in a ClusterRole is every audience: no Role can let nodes request tokens for this one alone",
            answer.Seen
        );
        Assert.Contains("serviceAccountTokenAudience: 'https://kubernetes.default.svc.cluster.local'", answer.Fix);
        Assert.DoesNotContain(answer.Fix, line =>
            line.Contains("apply", StringComparison.Ordinal) || line.Contains("kind:", StringComparison.Ordinal)
        );
        Assert.Equal("warn", (await node.CheckAsync("CP010")).Outcome);
    }

    [Fact]
    public async Task Before_1_34_nodes_need_to_read_service_accounts_too()
    {
        node.Api.GitVersion = "v1.33.4";
        var token = node.Api.Issue("team-a");
        node.Api.AllowReviews(token);
        var rules = (YamlSequenceNode)Applied((await WithToken("CP010", token)).Fix)[0]["rules"];
        Assert.Equal(["serviceaccounts"], Texts(rules[1]["resources"]));
    }

    [Fact]
    public async Task A_pods_token_proves_the_audience_and_leaves_the_nodes_open()
    {
        var answer = await WithToken("CP010", node.Api.Issue("team-a"));
        Assert.Equal(("skipped", 3), (answer.Outcome, answer.ExitCode));
        Assert.StartsWith(
            "cannot be determined from here: whether nodes may request it",
            answer.Summary,
            StringComparison.Ordinal
        );
        Assert.Contains("the API server accepts it", answer.Seen);
        Assert.Equal(2, Applied(answer.Fix).Count);
    }

    [Theory]
    [InlineData(
        "https://kubernetes.default.svc.cluster.local",
        "the API server rejects a token for \"https://kubernetes.default.svc.cluster.local\""
    )]
    [InlineData(
        Audience,
        "the API server rejects the token, which is for \"https://kubernetes.default.svc.cluster.local\" and not for "
            + "the config's audience"
    )]
    public async Task A_rejected_token_is_a_failure_that_names_the_issuer_to_set(string configured, string summary)
    {
        node.Edit(NodeTree.ConfigPath, "Audience: " + Audience, "Audience: " + configured);
        var answer = await WithToken(
            "CP010",
            node.Api.Issue("team-a", "default", "https://kubernetes.default.svc.cluster.local")
        );
        Assert.Equal(("fail", summary), (answer.Outcome, answer.Summary));
        Assert.Contains($"serviceAccountTokenAudience: '{Audience}'", answer.Fix);
    }

    [Fact]
    public async Task A_good_token_for_another_audience_proves_nothing()
    {
        node.Edit(NodeTree.ConfigPath, "Audience: " + Audience, "Audience: https://other");
        var answer = await WithToken("CP010", node.Api.Issue("team-a"));
        Assert.Equal(
            ("warn", "the token is for another audience than the config's, so it proves nothing"),
            (answer.Outcome, answer.Summary)
        );
    }

    [Theory]
    [InlineData("--service-account-issuer=https://kubernetes.default.svc", "skipped")]
    [InlineData("--service-account-issuer=https://kubernetes.default.svc.cluster.local", "fail")]
    [InlineData(
        "--service-account-issuer=https://x|--api-audiences=https://y,https://kubernetes.default.svc",
        "skipped"
    )]
    [InlineData("--service-account-issuer=https://kubernetes.default.svc|--api-audiences=https://y", "fail")]
    public async Task On_a_control_plane_node_the_API_servers_flags_contain_the_audiences(string flags, string outcome)
    {
        node.Write(
            "/etc/kubernetes/manifests/kube-apiserver.yaml",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - "
                + "kube-apiserver\n"
                + string.Concat(flags.Split('|').Select(flag => $"    - {flag}\n"))
        );
        var answer = await node.CheckAsync("CP010");
        Assert.Equal(outcome, answer.Outcome);
        Assert.Equal(
            outcome == "skipped",
            answer.Summary.StartsWith(
                "cannot be determined from here: whether nodes may request",
                StringComparison.Ordinal
            )
        );
    }

    [Theory]
    [InlineData(
        null,
        "skipped",
        "cannot be determined from here: whether the API server accepts it, and whether nodes may request it"
    )]
    [InlineData(Audience, "skipped", "cannot be determined from here: whether nodes may request it")]
    [InlineData(
        "https://oidc.test/cluster",
        "warn",
        "the issuer is \"https://oidc.test/cluster\", which is the audience that is accepted unless"
    )]
    public async Task A_public_discovery_document_contains_the_issuer(string? issuer, string outcome, string summary)
    {
        node.Api.OpenIssuer = issuer;
        var answer = await node.CheckAsync("CP010");
        Assert.Equal(outcome, answer.Outcome);
        Assert.StartsWith(summary, answer.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_audience_there_is_nothing_to_ask_for()
    {
        node.Edit(NodeTree.ConfigPath, "    serviceAccountTokenAudience: https://kubernetes.default.svc\n", "");
        var answer = await node.CheckAsync("CP010");
        Assert.Equal(("skipped", "the provider config names no audience: see CP003"), (answer.Outcome, answer.Summary));
    }

    [Fact]
    public async Task A_service_account_that_may_list_secrets_is_ok()
    {
        node.Api.Allow("team-a", "puller", "team-a");
        var answer = await WithToken("CP011", node.Api.Issue("team-a", "puller"));
        Assert.Equal(
            ("ok", "service account \"puller\" may list secrets in namespace \"team-a\""),
            (answer.Outcome, answer.Summary)
        );
        Assert.Equal(["POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"], node.Api.Requests);
    }

    [Fact]
    public async Task One_that_may_not_is_a_failure_with_the_least_Role()
    {
        var answer = await WithToken("CP011", node.Api.Issue("team-a", "puller"));
        Assert.Equal(
            ("fail", "service account \"puller\" may not list secrets in namespace \"team-a\""),
            (answer.Outcome, answer.Summary)
        );
        var documents = Applied(answer.Fix);
        Assert.Equal(["secrets"], Texts(documents[0]["rules"][0]["resources"]));
        Assert.Equal(["get", "list"], Texts(documents[0]["rules"][0]["verbs"]));
        Assert.Equal(
            ("puller", "team-a"),
            ((string?)documents[1]["subjects"][0]["name"], (string?)documents[1]["metadata"]["namespace"])
        );
        Assert.Equal(
            [
                "EOF",
                "# or only for secrets that are named:",
                "crio-credential-provider generate rbac --namespace team-a --service-account puller --secret NAME",
            ],
            answer.Fix[^3..]
        );
    }

    /// <summary>Names that YAML takes for something else than text.</summary>
    [Theory]
    [InlineData("1234", "null")]
    [InlineData("team-a", "true")]
    [InlineData("0x10", "1e3")]
    public async Task The_least_Role_is_for_the_names_as_they_are(string ns, string account)
    {
        var documents = Applied((await WithToken("CP011", node.Api.Issue(ns, account))).Fix);
        var subject = documents[1]["subjects"][0];
        YamlNode[] names =
        [
            documents[0]["metadata"]["namespace"],
            documents[1]["metadata"]["namespace"],
            subject["namespace"],
            subject["name"],
        ];
        Assert.Equal([ns, ns, ns, account], names.Select(name => (string?)name));
        Assert.All(names, name =>
            Assert.Equal((string?)name != "team-a", ((YamlScalarNode)name).Style == ScalarStyle.DoubleQuoted)
        );
    }

    [Fact]
    public async Task One_that_may_only_get_is_a_warning()
    {
        node.Api.AllowGet("team-a", "puller", "team-a", "*");
        var answer = await WithToken("CP011", node.Api.Issue("team-a", "puller"));
        Assert.Equal(
            (
                "warn",
                "service account \"puller\" may get secrets in namespace \"team-a\" but not list them: enough if the "
                    + "account's imagePullSecrets or its annotation name them"
            ),
            (answer.Outcome, answer.Summary)
        );
        await AssertNarrowBeforeWide(answer.Fix, "team-a", "puller");
    }

    [Fact]
    public async Task One_that_may_get_named_secrets_only_is_a_warning_without_a_Role_that_would_undo_it()
    {
        node.Api.AllowGet("team-a", "puller", "team-a", "mirror");
        node.Api.AllowGet("team-a", "puller", "team-a", "hub");
        node.Api.AllowGet("team-a", "puller", "team-b", "of-another-namespace");
        node.Api.AllowGet("team-a", "default", "team-a", "of-another-account");
        var answer = await WithToken("CP011", node.Api.Issue("team-a", "puller"));
        Assert.Equal(
            (
                "warn",
                "service account \"puller\" may get only hub, mirror: enough if the account's imagePullSecrets or its "
                    + "annotation name them",
                0
            ),
            (answer.Outcome, answer.Summary, answer.ExitCode)
        );
        Assert.Equal(["kubectl get serviceaccount -n team-a puller -o yaml"], answer.Fix);
        Assert.Equal(
            ["accessreviews", "accessreviews", "rulesreviews"],
            node.Api.Requests.Select(request =>
                request.Replace("POST /apis/authorization.k8s.io/v1/selfsubject", "", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public async Task Incomplete_rules_of_the_API_server_remain_a_failure_and_the_narrow_Role_comes_first()
    {
        node.Api.AllowGet("team-a", "puller", "team-a", "hub");
        node.Api.AreRulesIncomplete = true;
        var answer = await WithToken("CP011", node.Api.Issue("team-a", "puller"));
        Assert.Equal(
            ("fail", "service account \"puller\" may not list secrets in namespace \"team-a\"", 1),
            (answer.Outcome, answer.Summary, answer.ExitCode)
        );
        await AssertNarrowBeforeWide(answer.Fix, "team-a", "puller");
    }

    [Theory]
    [InlineData(403, "{}")]
    [InlineData(404, "{}")]
    [InlineData(500, "{}")]
    [InlineData(201, "<html>")]
    [InlineData(0, "")]
    public async Task A_rules_review_that_fails_leaves_it_a_failure(int status, string body)
    {
        var denied = new Answer(
            File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "captures", "api", "ssar-denied-201.http"))
        );
        node.Api.Script.Enqueue(denied);
        node.Api.Script.Enqueue(denied);
        node.Api.Script.Enqueue(status == 0 ? new Answer(null) : Answer.Of(status, body));
        var answer = await WithToken("CP011", node.Api.Issue("team-a", "puller"));
        Assert.Equal(
            ("fail", "service account \"puller\" may not list secrets in namespace \"team-a\"", 1),
            (answer.Outcome, answer.Summary, answer.ExitCode)
        );
        await AssertNarrowBeforeWide(answer.Fix, "team-a", "puller");
    }

    [Theory]
    [InlineData(62, 4, 4, "")]
    [InlineData(63, 4, 3, " and 1 more")]
    [InlineData(253, 100, 1, " and 99 more")]
    public async Task Many_names_are_listed_up_to_the_length_of_a_line(int length, int count, int told, string more)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(i => $"{i:000}".PadRight(length, 'x'))];
        foreach (var name in names)
        {
            node.Api.AllowGet("team-a", "puller", "team-a", name);
        }

        var answer = await WithToken("CP011", node.Api.Issue("team-a", "puller"));
        Assert.Equal(
            $"service account \"puller\" may get only {string.Join(", ", names.Take(told))}{more}: enough if the "
                + "account's imagePullSecrets or its annotation name them",
            answer.Summary
        );
    }

    [Fact]
    public async Task About_another_service_account_only_a_token_that_may_ask_can_tell()
    {
        var token = node.Api.Issue("team-a", "puller");
        string[] other = ["--namespace", "team-b", "--service-account", "web"];
        var answer = await WithToken("CP011", token, other);
        Assert.Equal(
            (
                "skipped",
                "the token of \"puller\" in \"team-a\" may not ask about others: give one of \"web\" in \"team-b\"",
                3
            ),
            (answer.Outcome, answer.Summary, answer.ExitCode)
        );
        node.Api.AllowReviews(token);
        Assert.Equal("fail", (await WithToken("CP011", token, other)).Outcome);
        node.Api.AllowGet("team-b", "web", "team-b", "hub");
        var denied = await WithToken("CP011", token, other);
        Assert.Equal("fail", denied.Outcome);
        await AssertNarrowBeforeWide(denied.Fix, "team-b", "web");
        Assert.DoesNotContain(node.Api.Requests, request => request.EndsWith("rulesreviews", StringComparison.Ordinal));
        node.Api.Allow("team-b", "web", "team-b");
        Assert.Equal("ok", (await WithToken("CP011", token, other)).Outcome);
    }

    [Theory]
    [InlineData("ssar-allowed-201.http", "ok")]
    [InlineData("ssar-denied-201.http", "fail")]
    [InlineData("list-401-garbage.http", "fail")]
    public async Task The_captured_answers_of_a_real_server_are_read(string file, string outcome)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "captures", "api", file));
        node.Api.Script.Enqueue(new Answer(bytes));
        node.Api.Script.Enqueue(new Answer(bytes));
        Assert.Equal(outcome, (await WithToken("CP011", node.Api.Issue("team-a"))).Outcome);
    }

    [Theory]
    [InlineData("{\"status\":{}}")]
    [InlineData("<html>")]
    [InlineData("[]")]
    public async Task An_answer_without_a_verdict_is_undetermined(string body)
    {
        node.Api.Script.Enqueue(Answer.Of(201, body));
        var answer = await WithToken("CP011", node.Api.Issue("team-a"));
        Assert.Equal(
            ("skipped", "the API server answers 201 to an access review", true, 3),
            (answer.Outcome, answer.Summary, answer.IsUndetermined, answer.ExitCode)
        );
    }

    [Fact]
    public async Task Without_a_token_it_is_skipped_and_says_how_to_make_one()
    {
        var answer = await node.CheckAsync("CP011");
        Assert.Equal(
            ("skipped", "it needs a token of the pods' service account", 3),
            (answer.Outcome, answer.Summary, answer.ExitCode)
        );
        Assert.Equal(
            [
                "kubectl create token SERVICEACCOUNT -n NAMESPACE --audience AUDIENCE | crio-credential-provider "
                    + "doctor --token-file -",
            ],
            answer.Fix
        );
    }

    [Theory]
    [InlineData(
        "planted-secret",
        "--token-file does not have a token of a pod: the service account token is not a JWT of three parts"
    )]
    [InlineData(
        "",
        "--token-file does not have a token of a pod: the service account token is not a JWT of three parts"
    )]
    // From a Secret of before Kubernetes 1.24: no kubelet passes such a token, so its config is not to blame.
    [InlineData(
        "e30.eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50Iiwia3ViZXJuZXRlcy5pby9zZXJ2aWNlYWNjb3VudC9uYW1lc3BhY2UiOiJ0ZWFtLWEifQ.c2ln",
        "--token-file does not have a token of a pod: the service account token has no claim "
            + "\"kubernetes.io\".\"namespace\""
    )]
    public async Task A_token_file_without_a_pods_token_is_undetermined_and_not_quoted(string token, string reason)
    {
        var answer = await WithToken("CP011", token);
        Assert.Equal(("skipped", reason, 3), (answer.Outcome, answer.Summary, answer.ExitCode));
        Assert.StartsWith("kubectl create token ", Assert.Single(answer.Fix), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_file_that_is_missing_is_undetermined()
    {
        var answer = await node.CheckAsync("CP011", "--token-file", "/no/such/token");
        Assert.Equal(("skipped", true), (answer.Outcome, answer.IsUndetermined));
        Assert.Equal("\"/no/such/token\" cannot be used: there is no such file", answer.Summary);
    }

    private Task<CheckAnswer> WithToken(string id, string token, params string[] more)
    {
        node.Stdin = token + "\n";
        return node.CheckAsync(id, ["--token-file", "-", .. more]);
    }

    /// <summary>The command in front makes a Role for named secrets, which the manifest behind it would take the place
    /// of.</summary>
    private static async Task AssertNarrowBeforeWide(string[] fix, string ns, string account)
    {
        const string narrow = "crio-credential-provider ";
        Assert.Equal("# only named secrets:", fix[0]);
        Assert.StartsWith(narrow, fix[1], StringComparison.Ordinal);
        Assert.Equal("# all secrets: this Role replaces one that names secrets", fix[2]);
        Assert.EndsWith(
            $" --namespace {ns} --service-account {account} --secret NAME",
            fix[1],
            StringComparison.Ordinal
        );
        var made = new YamlStream();
        made.Load(
            new StringReader(
                await Generate.InProcess.PrintAsync(
                    fix[1][narrow.Length..].Replace("NAME", "hub", StringComparison.Ordinal).Split(' ')
                )
            )
        );
        var (named, wide) = (made.Documents[0].RootNode, Applied(fix[3..])[0]);
        Assert.Equal(named["metadata"]["name"], wide["metadata"]["name"]);
        Assert.Equal(["hub"], Texts(named["rules"][0]["resourceNames"]));
        Assert.Equal(["get", "list"], Texts(wide["rules"][0]["verbs"]));
    }

    /// <summary>The manifests between <c>kubectl apply</c> and the end of its here-document.</summary>
    private static List<YamlNode> Applied(string[] fix)
    {
        Assert.Equal("kubectl apply -f - <<'EOF'", fix[0]);
        var stream = new YamlStream();
        stream.Load(new StringReader(string.Join('\n', fix[1..Array.IndexOf(fix, "EOF")])));
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    private static IEnumerable<string?> Texts(YamlNode list) => ((YamlSequenceNode)list).Select(item => (string?)item);
}
