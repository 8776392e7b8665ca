// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class KubeletFlagsCheckTests : IDisposable
{
    private const string ConfigFlag = "--image-credential-provider-config";
    private const string BinDirFlag = "--image-credential-provider-bin-dir";
    private const string Unit = "/usr/lib/systemd/system/kubelet.service";
    private const string DropIn = "/etc/systemd/system/kubelet.service.d/40-crio-credential-provider.conf";
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task Both_flags_of_the_running_kubelet_lead_somewhere()
    {
        var answer = await node.CheckAsync("CP002");
        Assert.Equal("ok", answer.Outcome);
        Assert.Equal(
            [
                $"{ConfigFlag}={NodeTree.ConfigPath} (the running kubelet (process 1000))",
                $"{BinDirFlag}={NodeTree.BinDir} (the running kubelet (process 1000))",
            ],
            answer.Seen
        );
    }

    /// <summary>Whoever is believed to be the kubelet names the files and the API server that doctor trusts.</summary>
    [Theory]
    [InlineData(65534, false)] // another user's
    [InlineData(0, true)] // root's in a container
    public async Task A_process_that_calls_itself_kubelet_is_not_believed(uint user, bool isInContainer)
    {
        node.StartImpostor(7, "kubelet", user, isInContainer, $"{ConfigFlag}=/tmp/config.yaml", $"{BinDirFlag}=/tmp");
        var answer = await node.CheckAsync("CP002");
        Assert.Equal(
            ("ok", $"{ConfigFlag}={NodeTree.ConfigPath} (the running kubelet (process 1000))"),
            (answer.Outcome, answer.Seen[0])
        );
    }

    [Fact]
    public async Task What_a_command_line_holds_turns_no_terminal_around()
    {
        node.StartKubelet(without: ConfigFlag, with: [$"{ConfigFlag}=/etc/\u001b]0;x\u0007\u202Econfig.yaml"]);
        var answer = await node.CheckAsync("CP002");
        Assert.StartsWith(
            $"{ConfigFlag}: \"/etc/?]0;x??config.yaml\" does not exist",
            answer.Summary,
            StringComparison.Ordinal
        );
        Assert.All(answer.Seen.Concat(answer.Fix), line =>
            Assert.DoesNotContain(line, c => char.IsControl(c) || c == '\u202E')
        );
    }

    [Fact]
    public async Task Nor_does_the_head_of_a_report()
    {
        node.Write("/etc/hostname", "worker\u001b[2J\u202e\n");
        var run = await node.RunAsync("--check", "CP002", "--output", "json");
        Assert.Equal("worker?[2J?", (string)JsonNode.Parse(run.Stdout)!["hostName"]!);
    }

    [Theory]
    [InlineData(
        ConfigFlag,
        null,
        "the running kubelet (process 1000) does not have the flag --image-credential-provider-config: no provider is "
            + "ever run"
    )]
    [InlineData(
        BinDirFlag,
        null,
        "the running kubelet (process 1000) does not have the flag --image-credential-provider-bin-dir: no provider is "
            + "ever run"
    )]
    [InlineData(
        ConfigFlag,
        "etc/config.yaml",
        "--image-credential-provider-config \"etc/config.yaml\" is not absolute"
    )]
    [InlineData(
        ConfigFlag,
        "/etc/kubernetes/credential-provider/config.yaml",
        "--image-credential-provider-config: \"/etc/kubernetes/credential-provider/config.yaml\" does not exist; did "
            + "you mean \"/etc/kubernetes/credential-providers\"?"
    )]
    [InlineData(
        ConfigFlag,
        "/etc/kubernetes/credential-providers/config.yml",
        "--image-credential-provider-config: \"/etc/kubernetes/credential-providers/config.yml\" does not exist; did "
            + "you mean \"/etc/kubernetes/credential-providers/config.yaml\"?"
    )]
    [InlineData(
        BinDirFlag,
        "/nowhere/at/all",
        "--image-credential-provider-bin-dir: \"/nowhere/at/all\" does not exist"
    )]
    [InlineData(
        BinDirFlag,
        NodeTree.Binary,
        "--image-credential-provider-bin-dir: "
            + "\"/usr/libexec/kubelet-image-credential-provider-plugins/crio-credential-provider\" is not a directory"
    )]
    [InlineData(
        ConfigFlag,
        "/run/systemd/journal/socket",
        "--image-credential-provider-config: \"/run/systemd/journal/socket\" is neither a file nor a directory"
    )]
    public async Task A_flag_that_is_missing_or_leads_nowhere_is_a_failure(string flag, string? value, string summary)
    {
        node.StartKubelet(without: flag, with: value is null ? [] : [$"{flag}={value}"]);
        var answer = await node.CheckAsync("CP002");
        Assert.Equal(("fail", summary, 1), (answer.Outcome, answer.Summary, answer.ExitCode));
        Assert.NotEmpty(answer.Fix);
    }

    [Fact]
    public async Task Without_a_kubelet_the_flags_come_from_its_files_with_a_warning()
    {
        node.StopKubelet();
        node.Write(Unit, "[Service]\nExecStart=/usr/bin/kubelet\n");
        node.Write(
            DropIn,
            $"[Service]\n#Environment=\"X={ConfigFlag}=/commented-out\"\nEnvironment=\"CRIO_CREDENTIAL_PROVIDER_FLAGS={ConfigFlag}={NodeTree.ConfigPath} {BinDirFlag}={NodeTree.BinDir}\"\n"
                + "ExecStart=\nExecStart=/usr/bin/kubelet $CRIO_CREDENTIAL_PROVIDER_FLAGS\n"
        );
        var answer = await node.CheckAsync("CP002");
        Assert.Equal(
            ("warn", "no kubelet runs, so its flags come from its unit's files", 0),
            (answer.Outcome, answer.Summary, answer.ExitCode)
        );
        Assert.Contains($"{BinDirFlag}={NodeTree.BinDir} (\"{DropIn}\")", answer.Seen);
        Assert.Equal(1, (await node.CheckAsync("CP002", "--strict")).ExitCode);
    }

    [Fact]
    public async Task Given_paths_are_examined_instead()
    {
        node.StopKubelet();
        node.Write("/tmp/next.yaml", NodeTree.Config);
        var answer = await node.CheckAsync("CP002", ConfigFlag, "/tmp/next.yaml", BinDirFlag, NodeTree.BinDir);
        Assert.Contains($"{ConfigFlag}=/tmp/next.yaml (option {ConfigFlag})", answer.Seen);
    }

    [Fact]
    public async Task Without_processes_to_see_it_is_undetermined()
    {
        node.Remove("/proc");
        node.Write(
            "/etc/default/kubelet",
            $"KUBELET_EXTRA_ARGS='{ConfigFlag}={NodeTree.ConfigPath} {BinDirFlag}={NodeTree.BinDir}'\n"
        );
        var answer = await node.CheckAsync("CP002");
        Assert.Equal(
            ("skipped", "no process can be seen; the flags in the files are in order", true, 3),
            (answer.Outcome, answer.Summary, answer.IsUndetermined, answer.ExitCode)
        );
        Assert.Equal(
            ("skipped", true),
            ((await node.CheckAsync("CP005")).Outcome, (await node.CheckAsync("CP005")).IsUndetermined)
        );
        Assert.Equal("ok", (await node.CheckAsync("CP003")).Outcome);

        node.Remove("/etc/default/kubelet");
        Assert.Equal(
            ("fail", "no file sets the flag --image-credential-provider-config: no provider is ever run (and 1 more)"),
            ((await node.CheckAsync("CP002")).Outcome, (await node.CheckAsync("CP002")).Summary)
        );
    }

    /// <summary>Each variant of a unit whose files have the flags, and which the kubelet would be started
    /// without.</summary>
    [Theory]
    [InlineData(
        "Environment=FLAGS=F\n",
        "ExecStart=/usr/bin/kubelet $OTHER\n",
        "",
        "in FLAGS, which the unit's ExecStart does not use"
    )]
    [InlineData(
        "Environment=FLAGS=F\nEnvironmentFile=-/etc/default/kubelet\n",
        "ExecStart=/usr/bin/kubelet $FLAGS\n",
        "FLAGS=--v=2\n",
        "in FLAGS, which \"/etc/default/kubelet\" sets again"
    )]
    [InlineData(
        "ExecStart=/usr/bin/kubelet F\n",
        "ExecStart=\nExecStart=/usr/bin/kubelet\n",
        "",
        "in an ExecStart that"
    )]
    public async Task A_flag_that_the_unit_does_not_use_is_not_set_and_is_named(
        string main,
        string dropIn,
        string environment,
        string why
    )
    {
        node.StopKubelet();
        var flags = $"\"FLAGS={ConfigFlag}={NodeTree.ConfigPath} {BinDirFlag}={NodeTree.BinDir}\"";
        node.Write(
            Unit,
            "[Service]\n"
                + main.Replace("FLAGS=F", flags, StringComparison.Ordinal)
                    .Replace(
                        " F\n",
                        $" {ConfigFlag}={NodeTree.ConfigPath} {BinDirFlag}={NodeTree.BinDir}\n",
                        StringComparison.Ordinal
                    )
        );
        node.Write(DropIn, "[Service]\n" + dropIn);
        node.Write("/etc/default/kubelet", environment);
        var answer = await node.CheckAsync("CP002");
        Assert.Equal("fail", answer.Outcome);
        Assert.StartsWith(
            $"the kubelet's unit does not give it the flag {ConfigFlag}",
            answer.Summary,
            StringComparison.Ordinal
        );
        Assert.Contains(answer.Seen, line => line.Contains($"sets {ConfigFlag} {why}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_unit_is_read_as_systemd_reads_it()
    {
        node.StopKubelet();
        node.Write(
            Unit,
            "[Unit]\nExecStart=/not/this\n[Service]\nEnvironment=A=/x 'B=one two'\nExecStart=/usr/bin/kubelet --old\n"
        );
        node.Write(
            "/usr/lib/systemd/system/kubelet.service.d/10-a.conf",
            "[Service]\nExecStart=\nExecStart=-/usr/bin/kubelet --hidden\n"
        );
        node.Write(
            "/etc/systemd/system/kubelet.service.d/10-a.conf",
            $"[Service]\nExecStart=\nExecStart=-/usr/bin/kubelet {ConfigFlag}=${{A}}/c.yaml \\\n  {BinDirFlag}=/bin $B "
                + "$UNSET\n"
        );
        var answer = await node.CheckAsync("CP002");
        Assert.Contains($"{ConfigFlag}=/x/c.yaml (\"/etc/systemd/system/kubelet.service.d/10-a.conf\")", answer.Seen);
        Assert.Contains($"{BinDirFlag}=/bin (\"/etc/systemd/system/kubelet.service.d/10-a.conf\")", answer.Seen);
    }

    [Fact]
    public async Task A_kubelet_configuration_that_is_not_YAML_is_found_while_no_kubelet_runs()
    {
        node.StopKubelet();
        node.Write(
            Unit,
            "[Service]\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml "
                + $"{ConfigFlag}={NodeTree.ConfigPath} {BinDirFlag}={NodeTree.BinDir}\n"
        );
        node.Write("/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\n a: b\n");
        var answer = await node.CheckAsync("CP002");
        Assert.Equal(
            (
                "fail",
                "the kubelet does not start with its own configuration: /var/lib/kubelet/config.yaml:2:3: it is not "
                    + "valid YAML (and 1 more)"
            ),
            (answer.Outcome, answer.Summary)
        );

        node.Write(
            "/var/lib/kubelet/config.yaml",
            "featureGates: {KubeletServiceAccountTokenForCredentialProviders: false}\n"
        );
        Assert.Equal("fail", (await node.CheckAsync("CP006")).Outcome);
        Assert.Equal("fail", (await node.CheckAsync("CP003")).Outcome);
    }

    /// <summary>Unknown is not fine: with each of these the kubelet ends at its start.</summary>
    [Theory]
    [InlineData(null, "\"/etc/kubelet.yaml\" does not exist")]
    [InlineData("", "\"/etc/kubelet.yaml\" has no object")]
    [InlineData("- a\n", "\"/etc/kubelet.yaml\" has no object")]
    [InlineData("featureGates: {A: 'true'}\n", "/etc/kubelet.yaml:1:16: feature gate \"A\" is neither true nor false")]
    [InlineData(
        "featureGates: {A: true, B: 1}\n",
        "/etc/kubelet.yaml:1:25: feature gate \"B\" is neither true nor false"
    )]
    public async Task A_kubelet_configuration_that_is_missing_or_of_another_form_is_a_failure(
        string? text,
        string problem
    )
    {
        node.StartKubelet(with: ["--config=/etc/kubelet.yaml"]);
        if (text is not null)
        {
            node.Write("/etc/kubelet.yaml", text);
        }

        var answer = await node.CheckAsync("CP002");
        Assert.Equal(
            ("fail", $"the kubelet does not start with its own configuration: {problem}"),
            (answer.Outcome, answer.Summary)
        );
        node.Write("/etc/kubelet.yaml", "featureGates: {A: true}\n");
        Assert.Equal("ok", (await node.CheckAsync("CP002")).Outcome);
    }

    [Theory]
    [InlineData("A=--image-credential-provider-config=/a", "/a")]
    [InlineData("A='--v=2 --image-credential-provider-config /a'", "/a")]
    [InlineData("A=--image-credential-provider-config=/a \\\n --image-credential-provider-config=/b", "/b")]
    [InlineData("; --image-credential-provider-config=/a", null)]
    [InlineData("A=--image-credential-provider-configs=/a", null)]
    [InlineData("A=--image-credential-provider-config", null)]
    public void A_flag_is_found_in_environment_files(string text, string? value) =>
        Assert.Equal(value, KubeletFacts.InText(text, ConfigFlag));
}
