// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Deploy;

/// <summary>What installs the program on a node that boots for the first time.</summary>
public sealed class FirstBootTests
{
    private const string Program = "/usr/local/sbin/crio-credential-provider";
    private const string State = "/etc/crio-credential-provider/state.yaml";
    private const string Command = $"install --state {State}";

    private static readonly string CloudInit = Manifests.At("cloud-init/user-data.yaml");

    [Fact]
    public void cloud_init_accepts_the_user_data()
    {
        var schema = InProcess.Execute("cloud-init", "schema", "--config-file", CloudInit);
        Assert.True(schema.ExitCode == 0, schema.ToString());
        var data = YamlObjects.Of(File.ReadAllText(CloudInit))[0];
        AssertState(new WantedState(), Assert.Single(data["write_files"]!.AsArray())!, "content");
        var line = Assert.Single(data["runcmd"]!.AsArray())!.AsArray().Select(word => (string)word!).ToArray();

        // Any command that fails ends the script: a download with another hash is not installed.
        Assert.Equal(["sh", "-euc"], line[..2]);
        Assert.Equal(0, InProcess.Execute("sh", "-n", "-c", line[2]).ExitCode);
        Assert.Contains($"program={Program}\n", line[2], StringComparison.Ordinal);
        Assert.EndsWith(
            $"mv \"$program.new\" \"$program\"\n\"$program\" {Command}\n",
            line[2],
            StringComparison.Ordinal
        );
        var check = line[2].IndexOf("sha256sum --check --strict", StringComparison.Ordinal);
        Assert.InRange(check, 1, line[2].IndexOf("chmod 0755", StringComparison.Ordinal));
    }

    [Fact]
    public void The_Butane_config_has_the_program_its_hash_the_state_and_a_unit_that_installs_before_the_kubelet()
    {
        var config = YamlObjects.Of(File.ReadAllText(Manifests.At("butane/crio-credential-provider.bu")))[0];
        Assert.Equal(("fcos", "1.5.0"), ((string)config["variant"]!, (string)config["version"]!));
        var files = config["storage"]!["files"]!.AsArray();
        Assert.Equal([Program, State], files.Select(file => (string)file!["path"]!));
        Assert.Matches("^sha256-[0-9a-f]{64}$", (string)files[0]!["contents"]!["verification"]!["hash"]!);
        AssertState(
            new WantedState { BinDir = "/usr/local/libexec/credential-providers" },
            files[1]!["contents"]!,
            "inline"
        );
        var unit = Assert.Single(config["systemd"]!["units"]!.AsArray())!;
        Assert.True((bool)unit["enabled"]!);
        var lines = ((string)unit["contents"]!).Split('\n');
        Assert.Contains("Type=oneshot", lines);
        Assert.Contains("Before=kubelet.service", lines);
        Assert.Contains($"ExecStart={Program} {Command}", lines);
        Assert.Contains("WantedBy=multi-user.target", lines);
    }

    [Fact]
    public async Task The_command_is_one_that_the_program_has()
    {
        var run = await InProcess.RunAsync("", [.. Command.Split(' '), "--plan", "--help"]);
        Assert.Equal(0, run.ExitCode);
    }

    private static void AssertState(WantedState wanted, JsonNode holder, string key) =>
        Assert.Equivalent(
            wanted,
            WantedStateParser.Parse(State, (string)holder[key]!, new WantedState()),
            strict: true
        );
}
