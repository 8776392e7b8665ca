// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class BinaryCheckTests : IDisposable
{
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task A_binary_that_only_root_can_change_is_ok()
    {
        var answer = await node.CheckAsync("CP001");
        Assert.Equal(("ok", 0), (answer.Outcome, answer.ExitCode));
        Assert.Equal([$"{NodeTree.Binary}, root:root 0755"], answer.Seen);
    }

    [Theory]
    [InlineData(
        "missing",
        "\"BIN/crio-credential-provider\" does not exist: the kubelet does not start with a provider "
            + "\"crio-credential-provider\" in its config",
        "install -D -m 0755 -o root -g root crio-credential-provider BIN/crio-credential-provider"
    )]
    [InlineData(
        "not executable",
        "\"BIN/crio-credential-provider\" is not executable: the kubelet does not start",
        "chmod 0755 BIN/crio-credential-provider"
    )]
    [InlineData(
        "group-writable",
        "\"BIN/crio-credential-provider\" can be written by users other than root (mode 0775), who can replace what the "
            + "kubelet runs as root",
        "chmod go-w BIN/crio-credential-provider"
    )]
    [InlineData(
        "owned by a user",
        "\"BIN/crio-credential-provider\" belongs to user 1000, who can replace what the kubelet runs as root",
        "chown -h root:root BIN/crio-credential-provider"
    )]
    [InlineData(
        "open directory",
        "\"BIN\" can be written by users other than root (mode 0777), who can replace what the kubelet runs as root",
        "chmod go-w BIN"
    )]
    [InlineData(
        "open parent",
        "\"/usr/libexec\" can be written by users other than root (mode 0757), who can replace what the kubelet runs as "
            + "root",
        "chmod go-w /usr/libexec"
    )]
    [InlineData(
        "directory",
        "\"BIN/crio-credential-provider\" is a directory",
        "# put the binary of provider \"crio-credential-provider\" there"
    )]
    [InlineData(
        "dangling link",
        "\"BIN/crio-credential-provider\" leads to \"/opt/cp/crio-credential-provider\", which does not exist: the "
            + "kubelet does not start",
        "install -D -m 0755 -o root -g root crio-credential-provider BIN/crio-credential-provider"
    )]
    [InlineData(
        "link through an open directory",
        "\"/opt/cp\" can be written by users other than root (mode 0777), who can replace what the kubelet runs as root",
        "chmod go-w /opt/cp"
    )]
    [InlineData(
        "another provider's is missing",
        "\"BIN/ecr-credential-provider\" does not exist: the kubelet does not start with a provider "
            + "\"ecr-credential-provider\" in its config",
        "# install the binary of provider \"ecr-credential-provider\" as \"BIN/ecr-credential-provider\", or remove "
            + "the provider from the config"
    )]
    public async Task What_stops_the_kubelet_or_lets_others_in_is_a_failure(string what, string summary, string fix)
    {
        Break(what);
        var answer = await node.CheckAsync("CP001");
        Assert.Equal(("fail", In(summary), 1), (answer.Outcome, answer.Summary, answer.ExitCode));
        Assert.Equal([In(fix)], answer.Fix);
    }

    [Fact]
    public async Task A_sticky_directory_of_root_with_an_entry_of_root_is_not_a_finding()
    {
        node.Remove(NodeTree.Binary);
        node.Write("/tmp/cp/crio-credential-provider", "", 0x1ED);
        node.MakeDirectory("/tmp", 0x3FF);
        File.CreateSymbolicLink(node.Here(NodeTree.Binary), "/tmp/cp/crio-credential-provider");
        Assert.Equal("ok", (await node.CheckAsync("CP001")).Outcome);

        Owner.Change(node.Here("/tmp/cp"), 1000);
        var answer = await node.CheckAsync("CP001");
        Assert.Equal("\"/tmp/cp\" belongs to user 1000, who can replace what the kubelet runs as root", answer.Summary);
        Assert.Equal(["chown -h root:root /tmp/cp"], answer.Fix);
    }

    [Theory]
    [InlineData("/usr/libexec/crio", " that CRI-O's packages bring")]
    [InlineData(NodeTree.BinDir, "")]
    public async Task The_program_in_Go_is_named_as_that(string binDir, string whose)
    {
        var binary = $"{binDir}/crio-credential-provider";
        node.Write(binary, "", 0x1ED);
        File.WriteAllBytes(node.Here(binary), [.. new byte[2_000_000], 0xFF, .. " Go buildinf:"u8, .. new byte[100]]);
        node.StartKubelet(
            without: "--image-credential-provider-bin-dir",
            with: [$"--image-credential-provider-bin-dir={binDir}"]
        );
        var answer = await node.CheckAsync("CP001");
        Assert.Equal(
            ("warn", $"\"{binary}\" is the Go program{whose}, not this one"),
            (answer.Outcome, answer.Summary)
        );
    }

    [Fact]
    public async Task A_link_of_another_name_to_the_program_is_the_program_too()
    {
        node.Edit(NodeTree.ConfigPath, "- name: crio-credential-provider", "- name: mirrors-of-team-b");
        File.CreateSymbolicLink(node.Here(NodeTree.BinDir + "/mirrors-of-team-b"), "crio-credential-provider");
        var answer = await node.CheckAsync("CP001");
        Assert.Equal("ok", answer.Outcome);
        Assert.Equal([$"{NodeTree.BinDir}/mirrors-of-team-b -> {NodeTree.Binary}, root:root 0755"], answer.Seen);
    }

    [Theory]
    [InlineData("no flag", "the directory of the binaries is not known: see CP002")]
    [InlineData("no provider", "the provider config has no provider \"crio-credential-provider\": see CP003")]
    public async Task Without_a_directory_or_a_provider_it_is_skipped(string what, string reason)
    {
        if (what == "no flag")
        {
            node.StartKubelet(without: "--image-credential-provider-bin-dir");
        }
        else
        {
            node.Edit(NodeTree.ConfigPath, "name: crio-credential-provider", "name: crio-credential-providers");
        }

        var answer = await node.CheckAsync("CP001");
        Assert.Equal(
            ("skipped", reason, true, 3),
            (answer.Outcome, answer.Summary, answer.IsUndetermined, answer.ExitCode)
        );

        // Among all, the check that the reason names fails: that is one finding, and no open question beside it.
        answer = await node.CheckAmongAllAsync("CP001");
        Assert.Equal(
            ("skipped", reason, false, 1),
            (answer.Outcome, answer.Summary, answer.IsUndetermined, answer.ExitCode)
        );
    }

    private void Break(string what)
    {
        switch (what)
        {
            case "missing":
                node.Remove(NodeTree.Binary);
                break;
            case "not executable":
                node.Write(NodeTree.Binary, "", 0x1A4);
                break;
            case "group-writable":
                node.Write(NodeTree.Binary, "", 0x1FD);
                break;
            case "owned by a user":
                Owner.Change(node.Here(NodeTree.Binary), 1000);
                break;
            case "open directory":
                node.MakeDirectory(NodeTree.BinDir, 0x1FF);
                break;
            case "open parent":
                node.MakeDirectory("/usr/libexec", 0x1EF);
                break;
            case "directory":
                node.Remove(NodeTree.Binary);
                node.MakeDirectory(NodeTree.Binary);
                break;
            case "dangling link":
                node.Remove(NodeTree.Binary);
                node.MakeDirectory("/opt/cp");
                File.CreateSymbolicLink(node.Here(NodeTree.Binary), "/opt/cp/crio-credential-provider");
                break;
            case "link through an open directory":
                node.Remove(NodeTree.Binary);
                node.Write("/opt/cp/crio-credential-provider", "", 0x1ED);
                node.MakeDirectory("/opt/cp", 0x1FF);
                File.CreateSymbolicLink(node.Here(NodeTree.Binary), "/opt/cp/crio-credential-provider");
                break;
            default:
                File.AppendAllText(
                    node.Here(NodeTree.ConfigPath),
                    "- name: ecr-credential-provider\n  matchImages: [\"*.dkr.ecr.*.amazonaws.com\"]\n  "
                        + "defaultCacheDuration: 12h\n  apiVersion: credentialprovider.kubelet.k8s.io/v1\n"
                );
                break;
        }
    }

    private static string In(string text) => text.Replace("BIN", NodeTree.BinDir, StringComparison.Ordinal);
}
