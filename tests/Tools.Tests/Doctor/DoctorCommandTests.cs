// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Doctor.Checks;

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task The_report_of_a_good_node_has_a_line_for_each_check_and_the_counts()
    {
        var run = await node.RunAsync();
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.Equal(
            CheckTable.Checks.Select(check => $"{check.Id} {check.Title}"),
            run.Stdout.Split('\n')
                .Where(line => Regex.IsMatch(line, "^(ok|warn|fail|skipped) "))
                .Select(line => Regex.Match(line, "CP\\d+ [^:]*").Value)
        );
        Assert.EndsWith("\n\n11 ok, 0 warn, 0 fail, 3 skipped\n", run.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", run.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "warn", 0)]
    [InlineData("--strict", "", 0)]
    [InlineData("--strict", "warn", 1)]
    [InlineData("", "undetermined", 3)]
    [InlineData("--strict", "undetermined", 3)]
    [InlineData("", "undetermined fail", 1)]
    [InlineData("--strict", "undetermined warn", 1)]
    [InlineData("", "undetermined warn", 3)]
    public async Task The_worst_outcome_gives_the_exit_code(string option, string broken, int exitCode)
    {
        if (broken.Contains("warn", StringComparison.Ordinal))
        {
            node.Remove("/run/systemd/journal/socket");
        }

        if (broken.Contains("fail", StringComparison.Ordinal))
        {
            node.Remove(NodeTree.Binary);
        }

        if (broken.Contains("undetermined", StringComparison.Ordinal))
        {
            node.Write("/proc/stat", "");
        }

        var run = await node.RunAsync(option.Length > 0 ? [option] : []);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(
            broken.Contains("undetermined", StringComparison.Ordinal),
            run.Stdout.Contains("; not determined: CP005\n", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Only_the_checks_that_are_asked_for_run_in_the_order_of_the_table()
    {
        var run = await node.RunAsync("--check=cp013", "--check", "CP002", "--output=json");
        Assert.Equal(
            run.Stdout.Split('\n').Length,
            (await node.RunAsync("--check=CP002,cp013", "-o", "json")).Stdout.Split('\n').Length
        );
        Assert.Equal(
            ["CP002", "CP013"],
            JsonNode.Parse(run.Stdout)!["checks"]!.AsArray().Select(check => (string?)check!["id"])
        );
        Assert.Empty(node.Api.Requests);
    }

    [Fact]
    public async Task A_skipped_check_is_undetermined_if_it_was_named_and_not_otherwise()
    {
        node.Remove("/var/lib/dpkg/status");
        var run = await node.RunAsync("--check=CP002", "--check=CP006", "--strict");
        Assert.Equal(3, run.ExitCode);
        Assert.EndsWith(
            "\n\n1 ok, 0 warn, 0 fail, 1 skipped; not determined: CP006\n",
            run.Stdout,
            StringComparison.Ordinal
        );

        run = await node.RunAsync("--strict");
        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith("\n\n10 ok, 0 warn, 0 fail, 4 skipped\n", run.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--check CP015", "bad value \"CP015\" of flag --check: want CP001 to CP014")]
    [InlineData("--stric", "unknown flag \"--stric\"; did you mean \"--strict\"?")]
    [InlineData("-o yaml", "bad value \"yaml\" of flag --output: want text, json or npd")]
    [InlineData(
        "--kubelet-version banana",
        "bad value \"banana\" of flag --kubelet-version: want a version such as \"v1.34.1\""
    )]
    [InlineData("--crio-version=", "bad value \"\" of flag --crio-version: want a version such as \"v1.34.1\"")]
    [InlineData(
        "--image-credential-provider-config=config.yaml",
        "bad value \"config.yaml\" of flag --image-credential-provider-config: want an absolute path on the node"
    )]
    [InlineData("now", "unexpected argument \"now\"")]
    [InlineData("--timeout=soon", "bad value \"soon\" of flag --timeout: want a duration up to 50s such as \"20s\"")]
    [InlineData("--token-file=- --secrets=-", "only one of --token-file and --secrets can read stdin")]
    public async Task Misuse_is_one_line_and_exit_code_2(string options, string line)
    {
        var run = await node.RunAsync(options.Split(' '));
        Assert.Equal(
            Generate.CommandResult.Misused("doctor", line),
            new Generate.CommandResult(run.ExitCode, run.Stdout, run.Stderr)
        );
    }

    [Fact]
    public async Task A_root_that_is_not_a_directory_is_one_line_and_exit_code_3()
    {
        var none = node.Root + "/none";
        Assert.Equal(
            Generate.CommandResult.Ended(
                3,
                $"\"{none}\" cannot be used: there is no such directory; name the directory where the node's root is "
                    + "mounted [CP801]"
            ),
            await Generate.InProcess.RunAsync("", "doctor", "--root", none)
        );
    }

    [Fact]
    public async Task The_JSON_report_has_the_documented_schema()
    {
        node.Remove(NodeTree.Binary);
        node.Clock = () => new DateTimeOffset(2026, 11, 29, 9, 30, 15, TimeSpan.Zero);
        var run = await node.RunAsync("--check=CP001", "--check=CP011", "--output=json");
        Assert.Equal(
            $$"""
            {
              "schemaVersion": 1,
              "version": "{{BuildInfo.Version}}",
              "root": "{{node.Root}}",
              "hostName": "worker-1",
              "time": "2026-11-29T09:30:15Z",
              "kubeletVersion": "1.34.2",
              "crioVersion": "1.35.1",
              "notANode": null,
              "exitCode": 1,
              "counts": {
                "ok": 0,
                "warn": 0,
                "fail": 1,
                "skipped": 1
              },
              "checks": [
                {
                  "id": "CP001",
                  "title": "provider binary",
                  "outcome": "fail",
                  "undetermined": false,
                  "summary": "\"{{NodeTree.Binary}}\" does not exist: the kubelet does not start with a provider \"crio-credential-provider\" in its config",
                  "seen": [
                    "\"{{NodeTree.Binary}}\" does not exist: the kubelet does not start with a provider \"crio-credential-provider\" in its config"
                  ],
                  "fix": [
                    "install -D -m 0755 -o root -g root crio-credential-provider {{NodeTree.Binary}}"
                  ]
                },
                {
                  "id": "CP011",
                  "title": "service account's access to secrets",
                  "outcome": "skipped",
                  "undetermined": true,
                  "summary": "it needs a token of the pods' service account",
                  "seen": [],
                  "fix": [
                    "kubectl create token SERVICEACCOUNT -n NAMESPACE --audience AUDIENCE | crio-credential-provider doctor --token-file -"
                  ]
                }
              ]
            }

            """,
            run.Stdout
        );
    }

    [Fact]
    public async Task Nothing_on_the_node_changes()
    {
        node.Stdin = node.Api.Issue("default");
        var before = Snapshot();
        await node.RunAsync("--token-file=-");
        Assert.Equal(before, Snapshot());
        node.Remove(NodeTree.AuthDir);
        node.Remove(NodeTree.ConfigPath);
        before = Snapshot();
        await node.RunAsync();
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public async Task A_manifest_to_apply_can_be_copied_as_it_stands()
    {
        node.Stdin = node.Api.Issue("team-a");
        var lines = (await node.RunAsync("--token-file=-", "--check=CP011")).Stdout.Split('\n');
        Assert.Contains("kubectl apply -f - <<'EOF'", lines);
        Assert.Contains("EOF", lines);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task No_secret_is_printed_wherever_it_is(string output)
    {
        const string Planted = "planted";
        var token = node.Api.Issue("default");
        node.Api.Allow("default", "default", "default");
        node.Api.Add(Cluster.SecretWithPassword("planted-password"));
        node.Stdin = token;
        File.AppendAllText(
            node.Here(NodeTree.ConfigPath),
            "  env: [{name: TOKEN, value: planted-env}, {name: CRIO_CP_LOG_LEVEL, value: debug}, {name: 1, value: "
                + "planted-1, planted: x}]\n  args: [--log-level, info]\n"
                + "- name: other\n  matchImages: [quay.io]\n  args: [--password=planted-argument]\n  env: "
                + "planted-list\n  apiVersion: planted\n  defaultCacheDuration: 0s\n"
        );
        node.Edit(NodeTree.ConfigPath, "  apiVersion: planted\n", "");
        node.Edit(NodeTree.ConfigPath, ", planted: x", "");
        node.Write(
            "/var/lib/kubelet/config.json",
            """{"auths":{"user:planted-key@m.test":{"auth":"!"},"m.test":{"auth":"planted!"}},"planted":1}"""
        );
        node.Write($"{NodeTree.AuthDir}/{Cluster.ArticleFileName}", """{"auths":{"m.test":{"auth":"planted"}}}""");
        node.Write(
            "/etc/kubernetes/kubelet.conf",
            NodeTree
                .Kubeconfig("https://127.0.0.1:" + node.Api.Port, node.Authority.Pem)
                .Replace("user: kubelet", "user: kubelet\n    planted: [", StringComparison.Ordinal)
        );
        node.StartKubelet(environment: "PASSWORD=planted-environment\0");
        var run = await node.RunAsync("--token-file=-", $"--output={output}");
        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain(Planted, run.Stdout + run.Stderr, StringComparison.Ordinal);
        foreach (var part in token.Split('.'))
        {
            Assert.DoesNotContain(part, run.Stdout + run.Stderr, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_run_on_a_terminal_has_colours_unless_they_are_turned_off()
    {
        Assert.Contains("\u001b[32mok      \u001b[0m", await OnTerminal(), StringComparison.Ordinal);
        node.Environment["NO_COLOR"] = "1";
        Assert.DoesNotContain("\u001b", await OnTerminal(), StringComparison.Ordinal);

        async Task<string> OnTerminal()
        {
            using var stdout = new MemoryStream();
            await Program.RunAsync(
                ["doctor", "--root", node.Root, "--check=CP002"],
                new Node
                {
                    Stdin = Stream.Null,
                    Stdout = stdout,
                    Stderr = TextWriter.Null,
                    StdinIsTerminal = true,
                    StderrIsTerminal = true,
                    StdoutIsTerminal = true,
                    Environment = node.Environment.GetValueOrDefault,
                    Clock = node.Clock,
                    OpenJournal = _ => _ => { },
                }
            );
            return System.Text.Encoding.UTF8.GetString(stdout.ToArray());
        }
    }

    [Fact]
    public void The_published_binary_says_the_same_and_runs_nothing_of_the_node()
    {
        var run = PublishedBinary.Run([], "doctor", "--root", node.Root, "--kubelet-version=1.35.0");
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.EndsWith("\n\n11 ok, 0 warn, 0 fail, 3 skipped\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("ok      CP009 API server\n", run.Stdout, StringComparison.Ordinal);

        run = PublishedBinary.Run(
            System.Text.Encoding.ASCII.GetBytes(node.Api.Issue("team-b")),
            "doctor",
            "--root",
            node.Root,
            "--token-file=-",
            "--check=CP011",
            "--output=json"
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("fail", (string?)JsonNode.Parse(run.Stdout)!["checks"]![0]!["outcome"]);
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_undetermined()
    {
        var run = RunAsNobody("--check=CP003");
        Assert.Equal(
            (
                3,
                "skipped CP003 provider config: \"/etc/kubernetes/credential-providers/config.yaml\" cannot be "
                    + "examined: Permission denied; run it as root\n\n0 ok, 0 warn, 0 fail, 1 skipped; not determined: "
                    + "CP003\n",
                ""
            ),
            (run.ExitCode, run.Stdout, run.Stderr)
        );
    }

    [Fact]
    public void Checks_that_need_root_share_one_line()
    {
        var run = RunAsNobody();
        Assert.Equal(3, run.ExitCode);
        var line = Assert.Single(run.Stdout.Split('\n'), line => line.Contains("root", StringComparison.Ordinal));
        Assert.Matches("^skipped CP001, CP002, CP003, .*: only root can read the files; run doctor as root$", line);
    }

    /// <summary>Runs the published binary as a user that may not look into the provider config's directory.</summary>
    private RunResult RunAsNobody(params string[] options)
    {
        File.SetUnixFileMode(node.Here("/etc/kubernetes/credential-providers"), (UnixFileMode)0x1C0);
        File.SetUnixFileMode(node.Root, (UnixFileMode)0x1ED);

        // Where the checkout lies, another user may not come.
        var binary = node.Here("/usr/bin/crio-credential-provider");
        Directory.CreateDirectory(Path.GetDirectoryName(binary)!);
        File.Copy(PublishedBinary.FilePath, binary);
        return PublishedBinary.RunIn(
            "/usr/bin/setpriv",
            [],
            [],
            ["--reuid=65534", "--regid=65534", "--clear-groups", binary, "doctor", "--root", node.Root, .. options]
        );
    }

    [Fact]
    public async Task Without_a_kubelet_CRI_O_or_their_files_there_is_one_line()
    {
        foreach (var path in (string[])["/proc", "/etc", "/var", "/usr", "/run"])
        {
            Directory.Delete(node.Here(path), recursive: true);
        }

        var run = await node.RunAsync();
        Assert.Equal(
            (
                3,
                "this does not look like a node: no kubelet, no CRI-O and none of their files are here; run doctor on "
                    + "a node, or name a node's root with --root\n"
            ),
            (run.ExitCode, run.Stdout)
        );
        Assert.Equal("not a node with kubelet and CRI-O\n", (await node.RunAsync("--output=npd")).Stdout);
    }

    [Fact]
    public async Task Details_are_for_what_is_not_ok_and_the_first_failure_is_named_last()
    {
        node.Remove(NodeTree.Binary);
        node.Remove("/run/systemd/journal/socket");
        var run = await node.RunAsync();
        Assert.Contains("\nok      CP002 kubelet flags\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains(
            $"fail    CP001 provider binary: \"{NodeTree.Binary}\" does not exist: the kubelet does not start with a "
                + "provider \"crio-credential-provider\" in its config\n        fix:\n          install -D",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.Contains("\nstart with CP001: ", run.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("kind: ClusterRole", run.Stdout, StringComparison.Ordinal);
        Assert.True(run.Stdout.Count(c => c == '\n') < 28, run.Stdout);

        var verbose = await node.RunAsync("--verbose");
        Assert.Contains("kind: ClusterRole", verbose.Stdout, StringComparison.Ordinal);
        Assert.Contains(
            "ok      CP002 kubelet flags: both are set and lead somewhere\n        --image",
            verbose.Stdout,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("--verbose", verbose.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0, "ok: 11 checks passed\n")]
    [InlineData("warn", 0, "ok; warning CP013: journald's socket \"/run/systemd/journal/socket\" does not exi\n")]
    [InlineData("fail", 1, "CP001 provider binary: \"/usr/libexec/kubelet-image-credential-provider-plugins/\n")]
    [InlineData("open", 3, "CP005 kubelet restarted since: /proc does not say when process 1000 was started\n")]
    public async Task The_line_for_node_problem_detector_has_80_bytes_at_most(string broken, int exitCode, string line)
    {
        switch (broken)
        {
            case "warn":
                node.Remove("/run/systemd/journal/socket");
                break;
            case "fail":
                node.Remove(NodeTree.Binary);
                break;
            case "open":
                node.Write("/proc/stat", "");
                break;
            default:
                break;
        }

        var run = await node.RunAsync("--output=npd");
        Assert.Equal((exitCode, line), (run.ExitCode, run.Stdout));
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(run.Stdout) <= 81);
    }

    [Fact]
    public async Task The_configuration_for_node_problem_detector_runs_what_doctor_accepts()
    {
        var file = Path.Combine(Repository.Root, "deploy/node-problem-detector/crio-credential-provider.json");
        var config = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        var rule = Assert.Single(config["rules"]!.AsArray())!;
        Assert.Equal((string?)config["conditions"]![0]!["type"], (string?)rule["condition"]);
        Assert.Equal(NodeTree.Binary, (string?)rule["path"]);
        Assert.Equal(80, (int)config["pluginConfig"]!["max_output_length"]!);
        string[] arguments = [.. rule["args"]!.AsArray().Select(word => (string)word!)];
        Assert.Equal("doctor", arguments[0]);
        Assert.Equal("ok: 11 checks passed\n", (await node.RunAsync(arguments[1..])).Stdout);
    }

    [Fact]
    public async Task The_line_comes_within_4_seconds_where_the_API_server_does_not_answer()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        node.Write(
            "/etc/kubernetes/kubelet.conf",
            NodeTree.Kubeconfig($"https://127.0.0.1:{port}", node.Authority.Pem),
            0x180
        );
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var run = await node.RunAsync("--output=npd");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("did not end within 3.5 s", run.Stdout, StringComparison.Ordinal);

        // A busy machine may need longer for the rest.
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8));
    }

    /// <summary>Each file's kind, mode, owner, time and content.</summary>
    private string[] Snapshot() =>
        [
            .. Directory
                .EnumerateFileSystemEntries(
                    node.Root,
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }
                )
                // The node's link leads to this machine's own /run here, where others write.
                .Where(path => !path.StartsWith(node.Here("/var/run/"), StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(path => new FileInfo(path))
                .Select(file =>
                    $"{file.FullName} {file.Attributes} {file.UnixFileMode} {file.LastWriteTimeUtc:O} "
                    + $"{file.LinkTarget} {Digest(file)}"
                ),
        ];

    private static string Digest(FileInfo file) =>
        file.Exists && file.LinkTarget is null && !file.Name.Equals("socket", StringComparison.Ordinal)
            ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))
            : "";
}
