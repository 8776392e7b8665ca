// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.PodPulls;

namespace CrioCredentialProvider.Tests.PodPulls;

/// <summary>
/// The journals are those of real runs: each is a scenario of tests/scenarios, run against the stand-in of the API, and
/// recorded as <c>journalctl -o json</c> prints it.
/// </summary>
public sealed class PodPullTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-pod-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>What the run did, what the kubelet's event says, and the next step that follows from both.</summary>
    [Theory]
    [InlineData(
        "article-walk-through",
        "(Mirrors also failed: [localhost:5000/library/nginx:latest: reading manifest latest in "
            + "localhost:5000/library/nginx: authentication required]): docker.io/library/nginx:latest: pinging "
            + "container registry registry-1.docker.io: Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup "
            + "registry-1.docker.io: no such host",
        "wrote ",
        "localhost:5000 rejects the credential of secret \"my-secret\" (key \"localhost:5000\"): correct its user name "
            + "and password"
    )]
    [InlineData(
        "article-walk-through",
        "(Mirrors also failed: [localhost:5000/library/nginx:latest: reading manifest latest in "
            + "localhost:5000/library/nginx: manifest unknown]): docker.io/library/nginx:latest: reading manifest "
            + "latest in docker.io/library/nginx: unauthorized: authentication required",
        "wrote ",
        "localhost:5000 does not have this image: check the tag, and whether the image has been mirrored"
    )]
    [InlineData(
        "article-walk-through",
        "(Mirrors also failed: [localhost:5000/library/nginx:latest: pinging container registry localhost:5000: Get "
            + "\"https://localhost:5000/v2/\": tls: failed to verify certificate: x509: certificate signed by unknown "
            + "authority]): docker.io/library/nginx:latest: denied",
        "wrote ",
        "CRI-O does not trust localhost:5000: put the CA of its certificate into "
            + "/etc/containers/certs.d/localhost:5000/ca.crt"
    )]
    [InlineData(
        "article-walk-through",
        "(Mirrors also failed: [localhost:5000/library/nginx:latest: pinging container registry localhost:5000: Get "
            + "\"https://localhost:5000/v2/\": dial tcp 127.0.0.1:5000: i/o timeout]): docker.io/library/nginx:latest: "
            + "denied",
        "wrote ",
        "the node cannot reach localhost:5000: check name resolution, firewall and proxy there"
    )]
    [InlineData(
        "forbidden",
        "reading manifest latest in docker.io/library/nginx: unauthorized: authentication required",
        "failed: ",
        "correct what the run reports; the kubelet tries again by itself"
    )]
    [InlineData(
        "api-unreachable",
        "reading manifest latest in docker.io/library/nginx: unauthorized: authentication required",
        "failed: ",
        "correct what the run reports; the kubelet tries again by itself"
    )]
    [InlineData(
        "no-secret-matches",
        "reading manifest latest in docker.io/library/nginx: unauthorized: authentication required",
        "wrote no file: ",
        "no key of the namespace's pull secrets matches: kubectl create token -n "
    )]
    public async Task A_failed_pull_is_explained_with_the_next_step(
        string scenario,
        string error,
        string outcome,
        string next
    )
    {
        var (ns, pod, image, journal) = Record(scenario);
        var objects = Objects(ns, pod, image, error);
        var run = await RunAsync(ns, pod, objects, journal);
        Assert.Equal((1, ""), (run.ExitCode, run.Stderr));
        Assert.Contains($"\n{image} (container \"app\"): ErrImagePull\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains($" UTC: {outcome}", run.Stdout, StringComparison.Ordinal);
        Assert.Contains($"\n  next: {next}", run.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("not read", run.Stdout, StringComparison.Ordinal);

        // The same for programs.
        var json = JsonNode.Parse((await RunAsync(ns, pod, objects, journal, "-o", "json")).Stdout)!["images"]![0]!;
        Assert.StartsWith(next, (string)json["nextStep"]!, StringComparison.Ordinal);
        Assert.Equal(
            outcome == "failed: " ? "failed"
                : outcome == "wrote " ? "written"
                : "nothing-to-do",
            (string)json["run"]!["outcome"]!
        );
    }

    public static TheoryData<string> FailedScenarios =>
        [
            .. ScenarioFolder
                .Names.Select(row => row.Data)
                .Where(name =>
                    ScenarioText(name) is var text
                    && !text.Contains("-- exit code --\n0\n", StringComparison.Ordinal)
                    && text.Contains("Getting secrets from namespace", StringComparison.Ordinal)
                ),
        ];

    /// <summary>Each failure that has a scenario: the report repeats its id, and what to do comes last.</summary>
    [Theory]
    [MemberData(nameof(FailedScenarios))]
    public async Task The_journal_of_each_failure_is_explained(string scenario)
    {
        var (ns, pod, image, journal) = Record(scenario);
        var run = await RunAsync(ns, pod, Objects(ns, pod, image, "unauthorized"), journal);
        Assert.Equal((1, ""), (run.ExitCode, run.Stderr));
        Assert.Matches(@" UTC: failed: .+\[CP[0-9]{3}\]\n", run.Stdout);
        Assert.Contains(
            "\n  next: correct what the run reports; the kubelet tries again by itself\n",
            run.Stdout,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_a_run_the_provider_config_is_the_suspect()
    {
        var run = await RunAsync(
            "team-a",
            "web",
            Objects(
                "team-a",
                "web",
                "quay.io/x/y:1",
                "reading manifest 1 in quay.io/x/y: unauthorized: access to the requested resource is not authorized"
            ),
            ""
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "next: the kubelet did not run the provider for this image: check matchImages with "
                + "crio-credential-provider doctor --check CP004\n",
            run.Stdout,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_part_that_is_missing_is_named_and_the_rest_is_explained()
    {
        var (ns, pod, _, journal) = Record("forbidden");
        File.WriteAllText(At("journal"), journal);
        var run = await RunWithoutKubeconfigAsync("--pod", $"{ns}/{pod}", "--journal-file", At("journal"));
        Assert.Equal((1, ""), (run.ExitCode, run.Stderr));
        Assert.Contains(
            "not read   pod and events: there is no kubeconfig here (--kubeconfig, $KUBECONFIG, ~/.kube/config); "
                + $"pass them: kubectl get pods,events -n {ns} -o json | crio-credential-provider "
                + $"explain --pod {ns}/{pod} --objects -\n",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.Contains("\ndocker.io/library/nginx: failed\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("[CP408]\n", run.Stdout, StringComparison.Ordinal);

        File.WriteAllText(At("empty"), "");
        run = await RunWithoutKubeconfigAsync("--pod", $"{ns}/{pod}", "--journal-file", At("empty"));
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("No image of this pod is known", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_journal_of_this_machine_may_be_unreadable()
    {
        var run = await RunWithoutKubeconfigAsync("--pod", "team-a/web", "--journal-directory", At("none"));
        Assert.Equal((3, ""), (run.ExitCode, run.Stderr));
        Assert.Contains("\nnot read   journal: the journal cannot be read: ", run.Stdout, StringComparison.Ordinal);
    }

    /// <summary>The captured lines of a pull that used the file.</summary>
    [Fact]
    public async Task CRI_Os_own_lines_show_where_it_pulled_from()
    {
        var (ns, pod, image, journal) = Record("article-walk-through");
        var crio = File.ReadLines(Path.Combine(Repository.Root, "tests/captures/crio/pull-with-auth-file.log"))
            .Select((line, i) => Line(5_000_000 + i, ("_SYSTEMD_UNIT", "crio.service"), ("MESSAGE", line)));
        var run = await RunAsync(ns, pod, Objects(ns, pod, image, null), journal + string.Concat(crio));
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.Contains($"\n{image} (container \"app\"): no failed pull\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("\n  CRI-O tried localhost:5000/library/nginx:latest\n", run.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--pod web", "bad value \"web\" of flag --pod: want NAMESPACE/NAME, for example \"team-a/web\"")]
    [InlineData("--pod a/b/c", "bad value \"a/b/c\" of flag --pod: want NAMESPACE/NAME, for example \"team-a/web\"")]
    [InlineData("nginx --pod a/b", "omit IMAGE: --pod explains every image of the pod")]
    [InlineData("nginx --objects x", "--objects requires --pod")]
    [InlineData(
        "--pod a/b --journal-file x --journal-directory y",
        "--journal-directory and --journal-file cannot be used together"
    )]
    [InlineData("--pod a/b --journal-file - --objects -", "stdin can be read only once")]
    public async Task Misuse_is_one_line(string line, string problem) =>
        Assert.Equal(
            CommandResult.Misused("explain", problem),
            await InProcess.RunAsync("", ["explain", .. line.Split(' ')])
        );

    [Theory]
    [InlineData("unauthorized: authentication required", "Unauthorized")]
    [InlineData("unable to retrieve auth token: invalid username/password: unauthorized: x", "Unauthorized")]
    [InlineData("denied: requested access to the resource is denied", "Denied")]
    [InlineData("manifest unknown", "NotFound")]
    [InlineData("toomanyrequests: You have reached your pull rate limit", "RateLimited")]
    [InlineData("tls: failed to verify certificate: x509: certificate is valid for a, not b", "Certificate")]
    [InlineData("context deadline exceeded", "TimedOut")]
    [InlineData("dial tcp 10.0.0.1:443: connect: connection refused", "Unreachable")]
    [InlineData("registry docker.io is blocked in /etc/containers/registries.conf", "Blocked")]
    [InlineData("received unexpected HTTP status: 503 Service Unavailable", "ServerError")]
    [InlineData("invalid character 'x' looking for beginning of value", "Other")]
    public void An_answer_has_a_kind(string text, string kind) =>
        Assert.Equal(kind, RegistryAnswer.KindOf(text).ToString());

    [Fact]
    public void An_error_is_split_by_place()
    {
        var answers = RegistryAnswer.Parse(
            "initializing source docker://quay.io/a/b:1: (Mirrors also failed: [m.io:5000/a/b:1: reading [x]: manifest "
                + "unknown]\n[n.io/a/b:1: i/o timeout]): quay.io/a/b:1: unauthorized",
            "quay.io/a/b:1"
        );
        Assert.Equal(
            [
                ("m.io:5000/a/b:1", AnswerKind.NotFound),
                ("n.io/a/b:1", AnswerKind.TimedOut),
                ("quay.io/a/b:1", AnswerKind.Unauthorized),
            ],
            answers.Select(answer => (answer.Reference, answer.Kind))
        );
    }

    /// <summary>Runs a scenario, and gives its journal as journalctl prints it, with whose pull it was.</summary>
    private static (string Namespace, string Pod, string Image, string Journal) Record(string scenario)
    {
        using var world = new ScenarioWorld(ScenarioFile.Parse(ScenarioText(scenario)));
        world.RunInProcess();
        string Field(string name) => world.Journal.Last(entry => entry.ContainsKey(name))[name];
        var lines = world.Journal.Select(
            (entry, i) => Line(1_000_000 + i, [.. entry.Select(field => (field.Key, field.Value))])
        );
        return (Field("CRIO_CP_NAMESPACE"), Field("CRIO_CP_POD"), Field("CRIO_CP_IMAGE"), string.Concat(lines));
    }

    private static string ScenarioText(string name) =>
        File.ReadAllText(Path.Combine(Repository.Root, "tests/scenarios", name + ".txt"));

    private static string Line(long microseconds, params (string Name, string Value)[] fields)
    {
        var entry = new JsonObject { ["__REALTIME_TIMESTAMP"] = microseconds.ToString() };
        foreach (var (name, value) in fields)
        {
            entry[name] = value;
        }

        return entry.ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private static string Objects(string ns, string pod, string image, string? error)
    {
        var state = error is null
            ? new JsonObject { ["running"] = new JsonObject() }
            : new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ErrImagePull" } };
        var items = new JsonArray(
            new JsonObject
            {
                ["kind"] = "Pod",
                ["metadata"] = new JsonObject { ["name"] = pod, ["namespace"] = ns },
                ["spec"] = new JsonObject
                {
                    ["nodeName"] = "n1",
                    ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = image }),
                },
                ["status"] = new JsonObject
                {
                    ["containerStatuses"] = new JsonArray(new JsonObject { ["name"] = "app", ["state"] = state }),
                },
            }
        );
        if (error is not null)
        {
            items.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["kind"] = "Event",
                        ["reason"] = "Failed",
                        ["message"] = $"Failed to pull image \"{image}\": {error}",
                        ["involvedObject"] = new JsonObject { ["name"] = pod, ["namespace"] = ns },
                    }
            );
        }

        return new JsonObject { ["kind"] = "List", ["items"] = items }.ToJsonString();
    }

    private async Task<CommandResult> RunAsync(
        string ns,
        string pod,
        string objects,
        string journal,
        params string[] more
    )
    {
        File.WriteAllText(At("journal"), journal);
        var run = await InProcess.RunAsync(
            objects,
            ["explain", "--pod", $"{ns}/{pod}", "--objects", "-", "--journal-file", At("journal"), .. more]
        );
        SuiteSecrets.Record(new RunResult(run.ExitCode, run.Stdout, run.Stderr));
        return run;
    }

    private static Task<CommandResult> RunWithoutKubeconfigAsync(params IEnumerable<string> words) =>
        InProcess.RunAsync(["explain", .. words], node => node with { ApiFiles = new ApiServerFiles
                {
                    AdministratorKubeconfigs = [],
                    Kubeconfigs = [],
                    ParentArguments = [],
                } });

    private string At(string name) => Path.Combine(folder, name);
}
