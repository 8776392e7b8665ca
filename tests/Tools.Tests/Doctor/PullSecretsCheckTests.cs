// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class PullSecretsCheckTests : IDisposable
{
    private readonly NodeTree node = new();
    private readonly string token;

    public PullSecretsCheckTests()
    {
        token = node.Api.Issue("team-a");
        node.Api.Allow("team-a", "default", "team-a");
    }

    public void Dispose() => node.Dispose();

    [Theory]
    [InlineData("mirror.test:5000")]
    [InlineData("https://mirror.test:5000/v2/")]
    [InlineData("mirror.test:5000/team")]
    [InlineData("*.test:5000")]
    public async Task A_namespace_with_credentials_for_each_mirror_is_ok(string key)
    {
        Add(
            "hub",
            "{\"auths\":{\""
                + key
                + "\":{\"username\":\"u\",\"password\":\"planted-secret\"},\"other.test\":{\"auth\":\"dTpw\"}}}"
        );
        var answer = await CheckAsync();
        Assert.Equal(
            ("ok", "namespace \"team-a\" has credentials for mirror.test:5000"),
            (answer.Outcome, answer.Summary)
        );
        Assert.Equal(
            [
                "asked for the secrets of service account \"default\" in namespace \"team-a\"",
                $"secret \"hub\": \"{key}\" for mirror.test:5000; \"other.test\" for no mirror",
            ],
            answer.Seen
        );
    }

    /// <summary>CP007 reports such a location; no secret can serve it.</summary>
    [Fact]
    public async Task A_location_that_CRI_O_cannot_use_needs_no_credentials()
    {
        node.Write(
            NodeTree.RegistriesConf,
            "[[registry]]\nlocation = \"quay.io\"\n[[registry.mirror]]\nlocation = \"user:planted-secret@m.test\"\n"
        );
        var answer = await CheckAsync();
        Assert.Equal(("skipped", "registries.conf has no mirrors: see CP007"), (answer.Outcome, answer.Summary));
    }

    [Theory]
    [InlineData("not JSON", "Skipping secret \"hub\": it is not one JSON document")]
    [InlineData(
        """{"auths":{"mirror.test:5000":{"auth":"!planted-secret"}}}""",
        "Skipping entry \"mirror.test:5000\" of secret \"hub\": its \"auth\" is not base64"
    )]
    [InlineData(
        """{"auths":{"mirror.test":{"auth":"dTpw"}}}""",
        "no secret of namespace \"team-a\" has credentials for \"mirror.test:5000\": CRI-O pulls from there without"
    )]
    public async Task A_mirror_without_credentials_or_a_secret_that_is_skipped_is_a_warning(
        string config,
        string summary
    )
    {
        Add("hub", config);
        var answer = await CheckAsync();
        Assert.Equal("warn", answer.Outcome);
        Assert.Contains(summary, answer.Seen.Append(answer.Summary));
    }

    [Fact]
    public async Task The_namespace_that_was_asked_for_is_examined_with_anybodys_token()
    {
        node.Api.Allow("default", "default", "team-a");
        node.Stdin = node.Api.Issue("default");
        var answer = await node.CheckAsync("CP012", "--token-file=-", "--namespace=team-a", "--service-account=puller");
        Assert.Contains("asked for the secrets of service account \"puller\" in namespace \"team-a\"", answer.Seen);
        Assert.DoesNotContain("-n default", string.Join('\n', answer.Fix), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_secrets_for_one_mirror_are_a_warning_that_says_who_wins()
    {
        Add("a", """{"auths":{"mirror.test:5000":{"auth":"dTpw"}}}""");
        Add("b", """{"auths":{"mirror.test:5000":{"auth":"dTpx"}}}""");
        var answer = await CheckAsync();
        Assert.Equal(
            ("warn", "Credentials for \"mirror.test:5000\" in secret \"a\" are overridden by secret \"b\""),
            (answer.Outcome, answer.Summary)
        );
    }

    [Fact]
    public async Task A_namespace_without_secrets_is_a_warning_with_the_command_to_make_one()
    {
        var answer = await CheckAsync();
        Assert.Equal(
            ("warn", "namespace \"team-a\" has no secret of type kubernetes.io/dockerconfigjson (and 1 more)"),
            (answer.Outcome, answer.Summary)
        );
        Assert.StartsWith(
            "kubectl create secret docker-registry my-secret -n team-a --docker-server=mirror.test:5000 ",
            Assert.Single(answer.Fix),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_nodes_own_credentials_count_for_a_mirror()
    {
        Add("hub", """{"auths":{"other.test":{"auth":"dTpw"}}}""");
        node.Write("/var/lib/kubelet/config.json", """{"auths":{"mirror.test:5000":{"auth":"dTpw"}}}""");
        Assert.Equal("ok", (await CheckAsync()).Outcome);
    }

    [Fact]
    public async Task A_service_account_that_may_not_list_leaves_it_undetermined()
    {
        node.Stdin = node.Api.Issue("team-b");
        var answer = await node.CheckAsync("CP012", "--token-file=-");
        Assert.Equal(("skipped", true, 3), (answer.Outcome, answer.IsUndetermined, answer.ExitCode));
        Assert.StartsWith(
            "service account \"default\" may not list secrets in namespace \"team-b\"",
            answer.Summary,
            StringComparison.Ordinal
        );
        Assert.EndsWith(": see CP011", answer.Summary, StringComparison.Ordinal);
        Assert.Empty(answer.Fix);
    }

    [Fact]
    public async Task A_service_account_that_may_get_named_secrets_only_is_examined_as_by_the_kubelets_run()
    {
        Add("hub", """{"auths":{"mirror.test:5000":{"auth":"dTpw"}}}""");
        Add("unnamed", """{"auths":{"mirror.test:5000":{"auth":"dTpx"}}}""");
        node.Api.AllowGet("team-a", "puller", "team-a", "hub");
        node.Api.AllowGetSelf("team-a", "puller");
        node.Api.AddServiceAccount("team-a", "puller", "hub");
        node.Stdin = node.Api.Issue("team-a", "puller");
        var answer = await node.CheckAsync("CP012", "--token-file=-");
        Assert.Equal(
            ("ok", "namespace \"team-a\" has credentials for mirror.test:5000"),
            (answer.Outcome, answer.Summary)
        );
        Assert.Contains("it may not list secrets; its imagePullSecrets name: hub", answer.Seen);
        Assert.DoesNotContain("unnamed", answer.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "registries.conf has no mirrors: see CP007")]
    [InlineData(null, "it needs a token of the pods' service account, or manifests of its secrets (--secrets FILE)")]
    public async Task Without_mirrors_or_secrets_to_look_at_it_is_skipped(string? conf, string reason)
    {
        if (conf is not null)
        {
            node.Write(NodeTree.RegistriesConf, conf);
        }

        var answer = await node.CheckAsync("CP012");
        Assert.Equal(("skipped", reason, 3), (answer.Outcome, answer.Summary, answer.ExitCode));
        answer = await node.CheckAmongAllAsync("CP012");
        Assert.Equal(
            ("skipped", reason, false, 0),
            (answer.Outcome, answer.Summary, answer.IsUndetermined, answer.ExitCode)
        );
    }

    [Theory]
    [InlineData("team-a", null)]
    [InlineData("team-b", "Skipping secret \"hub\", which is not in namespace \"team-b\"")]
    public async Task Manifests_do_as_well(string ns, string? notice)
    {
        var file = node.Here("/secrets.yaml");
        File.WriteAllText(
            file,
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: hub, namespace: team-a}
            type: kubernetes.io/dockerconfigjson
            stringData:
              .dockerconfigjson: '{"auths":{"mirror.test:5000":{"auth":"dTpw"}}}'
            """
        );
        var answer = await node.CheckAsync("CP012", "--secrets", file, "--namespace", ns);
        Assert.Equal(notice is null ? "ok" : "warn", answer.Outcome);
        Assert.Equal(notice is not null, answer.Seen.Contains(notice));
        Assert.Empty(node.Api.Requests);
    }

    [Fact]
    public async Task Manifests_that_cannot_be_read_leave_it_undetermined()
    {
        var answer = await node.CheckAsync("CP012", "--secrets", "/no/such/file");
        Assert.Equal(
            ("skipped", "\"/no/such/file\" cannot be used: there is no such file", 3),
            (answer.Outcome, answer.Summary, answer.ExitCode)
        );
    }

    private Task<CheckAnswer> CheckAsync()
    {
        node.Stdin = token;
        return node.CheckAsync("CP012", "--token-file=-");
    }

    private void Add(string name, string config) =>
        node.Api.Add(
            "{\"metadata\":{\"name\":\""
                + name
                + "\",\"namespace\":\"team-a\"},\"type\":\"kubernetes.io/dockerconfigjson\",\"data\":{\".dockerconfigjson\":\""
                + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(config))
                + "\"}}"
        );
}
