// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using CrioCredentialProvider.TestSupport;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>
/// Checks what deploy/cloud-init and deploy/butane do on a new node. The tests act as cloud-init and Ignition: they
/// write the files, and run the script or enable the unit.
/// </summary>
public sealed class FirstBootTests
{
    private const string Program = "/usr/local/sbin/crio-credential-provider";
    private const string Address = "https://downloads.example.com/crio-credential-provider-linux-amd64";
    private static readonly string NoHash = new('0', 64);

    /// <summary>The download comes from a server on the node's loopback, with curl as on a cloud image.</summary>
    [Fact]
    public void The_script_of_cloud_init_installs_a_download_with_the_right_hash_before_the_kubelet_starts()
    {
        using var node = new TestNode();
        _ = node.Run("systemctl", "disable", "--now", "kubelet.service");
        var data = Load("cloud-init/user-data.yaml");
        WriteFile(node, Assert.Single(Items(data["write_files"])), "content");
        string[] command = [.. Items(Assert.Single(Items(data["runcmd"]))).Select(Text)];
        var before = node.Snapshot();

        // No server, then a file whose hash does not match the user data.
        Assert.NotEqual(0, Download(node, command, NoHash).ExitCode);
        TestNode.AssertSame(before, node.Snapshot(), "no server");
        Serve(node);
        var refused = Download(node, command, NoHash);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("crio-credential-provider.new: FAILED", refused.Stdout, StringComparison.Ordinal);
        Assert.False(File.Exists(node.Here(Program)));
        TestNode.AssertSame(before, node.Snapshot(), "another hash");

        using var program = File.OpenRead(PublishedBinary.FilePath);
        var hash = Convert.ToHexStringLower(SHA256.HashData(program));
        var run = Download(node, command, hash);
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("done: the kubelet needs no restart", run.Stdout.TrimEnd().Split('\n')[^1]);
        Assert.Equal("inactive", node.Show("ActiveState"));

        // As "kubeadm join" does.
        _ = node.Run("systemctl", "enable", "--now", "kubelet.service");
        AssertInstalled(node);
    }

    [Fact]
    public void The_unit_of_Butane_installs_at_the_first_boot_before_the_kubelet_and_changes_nothing_at_the_next()
    {
        var config = Load("butane/crio-credential-provider.bu");
        YamlNode[] files = [.. Items(config["storage"]["files"])];
        var unit = Assert.Single(Items(config["systemd"]["units"]));
        var name = Text(unit["name"]);
        using var node = new TestNode(node =>
        {
            // The program is the download, whose hash Ignition has checked.
            Assert.Equal(Program, Text(files[0]["path"]));
            _ = Directory.CreateDirectory(Path.GetDirectoryName(node.Here(Program))!);
            File.Copy(PublishedBinary.FilePath, node.Here(Program));
            File.SetUnixFileMode(node.Here(Program), (UnixFileMode)Convert.ToInt32(Text(files[0]["mode"]), 8));
            WriteFile(node, files[1], "contents", "inline");
            node.Write($"/etc/systemd/system/{name}", Text(unit["contents"]));
            File.CreateSymbolicLink(
                node.Here($"/etc/systemd/system/multi-user.target.wants/{name}"),
                $"/etc/systemd/system/{name}"
            );
        });
        AssertInstalled(node);
        Assert.Equal("success", node.Show("Result", name));

        // The kubelet's first process has the flags, so it was started after the unit had ended.
        Assert.Equal("0", node.Show("NRestarts"));
        var installed = node.Snapshot();
        node.Reboot();
        AssertInstalled(node);
        Assert.Equal("success", node.Show("Result", name));
        Assert.Contains("nothing to do", node.Run("journalctl", "-b", "-u", name).Stdout, StringComparison.Ordinal);
        TestNode.AssertSame(installed, node.Snapshot(), "the next boot");
    }

    private static void AssertInstalled(TestNode node)
    {
        node.AssertKubeletHealthy(hasFlags: true);
        node.AssertNothingPending();
        var status = node.Run(Program, "status");
        Assert.True(status.ExitCode == 0, status.ToString());
    }

    /// <summary>Serves the program below every path.</summary>
    private static void Serve(TestNode node)
    {
        _ = node.Run(
            "sh",
            "-c",
            $"mkdir /srv/www && ln -s {TestNode.Program} /srv/www/{Path.GetFileName(Address)} && cd /srv/www && "
                + "(setsid python3 -m http.server --bind 127.0.0.1 8080 </dev/null >/dev/null 2>&1 &)"
        );
        node.Eventually(() => node.Run("curl", "--fail", "--silent", "--head", "http://127.0.0.1:8080").ExitCode == 0);
    }

    /// <summary>The script with the address and the hash changed, as the file's comment requires.</summary>
    private static NodeRun Download(TestNode node, IEnumerable<string> command, string hash)
    {
        string[] words =
        [
            .. command.Select(word =>
                word.Replace(Address, $"http://127.0.0.1:8080/{Path.GetFileName(Address)}", StringComparison.Ordinal)
                    .Replace(NoHash, hash, StringComparison.Ordinal)
            ),
        ];
        Assert.Contains("127.0.0.1", words[^1], StringComparison.Ordinal);
        Assert.Contains(hash, words[^1], StringComparison.Ordinal);
        return node.Run(words);
    }

    private static void WriteFile(TestNode node, YamlNode file, params string[] content) =>
        node.Write(Text(file["path"]), Text(content.Aggregate(file, (inner, key) => inner[key])));

    private static YamlNode Load(string path)
    {
        var stream = new YamlStream();
        using var text = File.OpenText(Path.Combine(Repository.Root, "deploy", path));
        stream.Load(text);
        return stream.Documents[0].RootNode;
    }

    private static IEnumerable<YamlNode> Items(YamlNode node) => ((YamlSequenceNode)node).Children;

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;
}
