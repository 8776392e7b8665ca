using CrioCredentialProvider;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class KubeletFlagsCheckTests : IDisposable
{
    private const string ConfigFlag = "--image-credential-provider-config";
    private const string BinDirFlag = "--image-credential-provider-bin-dir";
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task Both_flags_of_the_running_kubelet_lead_somewhere()
    {
        var answer = await node.CheckAsync("CP002");
        Assert.Equal("ok", answer.Outcome);
        Assert.Equal(
            [$"{ConfigFlag}={NodeTree.ConfigPath} (the running kubelet (process 1000))", $"{BinDirFlag}={NodeTree.BinDir} (the running kubelet (process 1000))"],
            answer.Seen);
    }

    /// <summary>Whoever is believed to be the kubelet names the files and the API server that doctor trusts.</summary>
    [Theory]
    [InlineData(65534, "pid:[1]")] // another user's
    [InlineData(0, "pid:[2]")] // root's in a container
    public async Task A_process_that_calls_itself_kubelet_is_not_believed(uint user, string pidNamespace)
    {
        Directory.CreateDirectory(node.Root + "/proc/1/ns");
        File.CreateSymbolicLink(node.Root + "/proc/1/ns/pid", "pid:[1]");
        Directory.CreateDirectory(node.Root + "/proc/1000/ns");
        File.CreateSymbolicLink(node.Root + "/proc/1000/ns/pid", "pid:[1]");
        node.StartImpostor(7, "kubelet", user, pidNamespace, $"{ConfigFlag}=/tmp/config.yaml", $"{BinDirFlag}=/tmp");
        var answer = await node.CheckAsync("CP002");
        Assert.Equal(("ok", $"{ConfigFlag}={NodeTree.ConfigPath} (the running kubelet (process 1000))"), (answer.Outcome, answer.Seen[0]));
    }

    [Fact]
    public async Task What_a_command_line_holds_turns_no_terminal_around()
    {
        node.StartKubelet(without: ConfigFlag, with: [$"{ConfigFlag}=/etc/\u001b]0;x\u0007\u202Econfig.yaml"]);
        var answer = await node.CheckAsync("CP002");
        Assert.StartsWith($"{ConfigFlag}: \"/etc/?]0;x??config.yaml\" does not exist", answer.Summary, StringComparison.Ordinal);
        Assert.All(answer.Seen.Concat(answer.Fix), line => Assert.DoesNotContain(line, c => char.IsControl(c) || c == '\u202E'));
    }

    [Theory]
    [InlineData(ConfigFlag, null, "the running kubelet (process 1000) has no flag --image-credential-provider-config: no provider is ever run")]
    [InlineData(BinDirFlag, null, "the running kubelet (process 1000) has no flag --image-credential-provider-bin-dir: no provider is ever run")]
    [InlineData(ConfigFlag, "etc/config.yaml", "--image-credential-provider-config \"etc/config.yaml\" is not absolute")]
    [InlineData(ConfigFlag, "/etc/kubernetes/credential-provider/config.yaml", "--image-credential-provider-config: \"/etc/kubernetes/credential-provider/config.yaml\" does not exist; did you mean \"/etc/kubernetes/credential-providers\"?")]
    [InlineData(ConfigFlag, "/etc/kubernetes/credential-providers/config.yml", "--image-credential-provider-config: \"/etc/kubernetes/credential-providers/config.yml\" does not exist; did you mean \"/etc/kubernetes/credential-providers/config.yaml\"?")]
    [InlineData(BinDirFlag, "/nowhere/at/all", "--image-credential-provider-bin-dir: \"/nowhere/at/all\" does not exist")]
    [InlineData(BinDirFlag, NodeTree.Binary, "--image-credential-provider-bin-dir: \"/usr/libexec/kubelet-image-credential-provider-plugins/crio-credential-provider\" is no directory")]
    [InlineData(ConfigFlag, "/run/systemd/journal/socket", "--image-credential-provider-config: \"/run/systemd/journal/socket\" is neither file nor directory")]
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
        node.Write(
            "/etc/systemd/system/kubelet.service.d/40-crio-credential-provider.conf",
            $"[Service]\n#Environment=\"X={ConfigFlag}=/commented-out\"\nEnvironment=\"CRIO_CREDENTIAL_PROVIDER_FLAGS={ConfigFlag}={NodeTree.ConfigPath} {BinDirFlag}={NodeTree.BinDir}\"\n");
        var answer = await node.CheckAsync("CP002");
        Assert.Equal(("warn", "no kubelet runs, so that its flags are taken from files", 0), (answer.Outcome, answer.Summary, answer.ExitCode));
        Assert.Contains($"{BinDirFlag}={NodeTree.BinDir} (\"/etc/systemd/system/kubelet.service.d/40-crio-credential-provider.conf\")", answer.Seen);
        Assert.Equal(1, (await node.CheckAsync("CP002", "--strict")).ExitCode);
    }

    [Fact]
    public async Task Given_paths_are_looked_at_instead()
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
        node.Write("/etc/default/kubelet", $"KUBELET_EXTRA_ARGS='{ConfigFlag}={NodeTree.ConfigPath} {BinDirFlag}={NodeTree.BinDir}'\n");
        var answer = await node.CheckAsync("CP002");
        Assert.Equal(
            ("skipped", "no process can be seen; what files say of the flags is in order", true, 3),
            (answer.Outcome, answer.Summary, answer.IsUndetermined, answer.ExitCode));
        Assert.Equal(("skipped", true), ((await node.CheckAsync("CP005")).Outcome, (await node.CheckAsync("CP005")).IsUndetermined));
        Assert.Equal("ok", (await node.CheckAsync("CP003")).Outcome);

        node.Remove("/etc/default/kubelet");
        Assert.Equal(
            ("fail", "no file sets the flag --image-credential-provider-config: no provider is ever run (and 1 more)"),
            ((await node.CheckAsync("CP002")).Outcome, (await node.CheckAsync("CP002")).Summary));
    }

    [Theory]
    [InlineData("A=--image-credential-provider-config=/a", "/a")]
    [InlineData("ExecStart=kubelet --image-credential-provider-config /a \\", "/a")]
    [InlineData("Environment='X=--image-credential-provider-config=/a'", "/a")]
    [InlineData("--image-credential-provider-config=/a --image-credential-provider-config=/b", "/b")]
    [InlineData("; --image-credential-provider-config=/a", null)]
    [InlineData("--image-credential-provider-configs=/a", null)]
    [InlineData("--image-credential-provider-config", null)]
    public void A_flag_is_found_in_units_and_environment_files(string text, string? value) =>
        Assert.Equal(value, KubeletFacts.InText(text, ConfigFlag));
}
