// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Tests.Doctor;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Commands;

/// <summary>A slip in a variable's name would otherwise go unnoticed.</summary>
public sealed class UnknownVariableTests
{
    private const string Line =
        "environment variable \"CRIO_CP_TIMOUT\" is unknown and has no effect; did you mean \"CRIO_CP_TIMEOUT\"?";

    [Fact]
    public async Task A_command_warns_and_goes_on()
    {
        var conf = Path.Combine(Repository.Root, "deploy/examples/registries.conf");
        var run = await RunAsync("generate", "kubelet-config", $"--registries-conf={conf}");
        Assert.Equal((0, $"crio-credential-provider: warning: {Line}\n"), (run.ExitCode, run.Stderr));
        Assert.Contains("\n  - docker.io\n", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_without_settings_is_silent() =>
        Assert.Equal(
            (0, ""),
            (await RunAsync("version")) switch
            {
                var run => (run.ExitCode, run.Stderr),
            }
        );

    [Fact]
    public async Task The_kubelets_run_says_it_in_the_journal()
    {
        List<string> journal = [];
        _ = await RunAsync([], entry => journal.Add(Encoding.UTF8.GetString(entry.Span)));
        Assert.Contains(journal, entry =>
            entry.Contains($"MESSAGE={Line}", StringComparison.Ordinal)
            && entry.Contains("CRIO_CP_CODE=CP910\n", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Doctor_finds_it_in_the_env_of_the_provider_config()
    {
        using var node = new NodeTree();
        node.Edit(
            NodeTree.ConfigPath,
            "name: crio-credential-provider",
            "name: crio-credential-provider\n  env: [{name: CRIO_CP_TIMOUT, value: 5s}, {name: HTTP_PROXY, value: x}]"
        );
        var answer = await node.CheckAsync("CP003");
        Assert.Equal(
            ("warn", $"{NodeTree.ConfigPath}:4: env sets CRIO_CP_TIMOUT, which is not an option of the program"),
            (answer.Outcome, answer.Summary)
        );
    }

    private static Task<CommandResult> RunAsync(params string[] words) => RunAsync(words, _ => { });

    private static Task<CommandResult> RunAsync(string[] words, Action<ReadOnlyMemory<byte>> journal) =>
        InProcess.RunAsync(words, node =>
            node with
            {
                VariableNames = () => ["PATH", "CRIO_CP_TIMOUT"],
                OpenJournal = _ => journal,
            }
        );
}
