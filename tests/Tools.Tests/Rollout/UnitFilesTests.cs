// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>A unit's ExecStart by its files, as systemd.unit(5) and systemd.syntax(7) read them.</summary>
public sealed class UnitFilesTests
{
    [Theory]
    [InlineData("[Service]\nExecStart=/usr/bin/kubelet $A\n", "/usr/bin/kubelet $A")]
    [InlineData("[Service]\nExecStart = /usr/bin/kubelet \"a b\" %H\n", "/usr/bin/kubelet \"a b\" %H")]
    [InlineData(
        "[Service]\nExecStart=/usr/bin/kubelet \\\n  --a \\\n# not the end\n  --b\n",
        "/usr/bin/kubelet    --a    --b"
    )]
    [InlineData(
        "[Service]\n#ExecStart=/bin/no\n;ExecStart=/bin/no\nExecStart=-/usr/bin/kubelet\n",
        "-/usr/bin/kubelet"
    )]
    [InlineData("[Service]\nExecStart=/bin/a\nExecStart=\nExecStart=/bin/b\n", "/bin/b")]
    [InlineData("[Service]\nExecStart=/bin/a\nExecStart=/bin/b\n", null)]
    [InlineData("[Unit]\nExecStart=/bin/a\n", null)]
    [InlineData("[Service]\nExecStartPre=/bin/a\n", null)]
    [InlineData("", null)]
    public void The_line_is_found_as_it_is_written(string text, string? line) =>
        Assert.Equal(line, ExecStart.Of([new UnitFile("/x", text)]).Line);

    [Fact]
    public void Drop_ins_are_read_by_name_and_the_first_directory_wins()
    {
        using var node = new SimulatedNode();
        node.Write("/usr/lib/systemd/system/kubelet.service", "[Service]\nExecStart=/bin/never\n");
        node.Write(
            "/usr/lib/systemd/system/kubelet.service.d/10-a.conf",
            "[Service]\nExecStart=\nExecStart=/bin/hidden\n"
        );
        node.Write("/etc/systemd/system/kubelet.service.d/10-a.conf", "[Service]\nExecStart=\nExecStart=/bin/first\n");
        node.Write(
            "/usr/lib/systemd/system/kubelet.service.d/20-b.conf",
            "[Service]\nExecStart=\nExecStart=/bin/second\n"
        );
        node.Write("/etc/systemd/system/kubelet.service.d/90-c.conf", "[Service]\nExecStart=\nExecStart=/bin/ours\n");
        node.Write("/etc/systemd/system/kubelet.service.d/note.txt", "[Service]\nExecStart=\nExecStart=/bin/no\n");
        var files = UnitFilesReader.Read(
            new NodeFilesReader(node.Root),
            "kubelet.service",
            "/etc/systemd/system/kubelet.service.d/90-c.conf"
        );
        Assert.Equal(
            [
                "/etc/systemd/system/kubelet.service",
                "/etc/systemd/system/kubelet.service.d/10-a.conf",
                "/usr/lib/systemd/system/kubelet.service.d/20-b.conf",
            ],
            files.Select(file => file.Path)
        );
        Assert.Equal(
            new ExecStart("/bin/second", "/usr/lib/systemd/system/kubelet.service.d/20-b.conf"),
            ExecStart.Of(files)
        );
    }

    [Fact]
    public void A_masked_file_hides_others_of_its_name_and_a_unit_without_a_file_has_no_drop_ins()
    {
        using var node = new SimulatedNode();
        var files = new NodeFilesReader(node.Root);
        node.Write("/usr/lib/systemd/system/kubelet.service.d/10-a.conf", "[Service]\nExecStart=\n");

        // As a link to /dev/null, whose target is no regular file.
        _ = Directory.CreateDirectory(node.Here("/dev/null"));
        _ = Directory.CreateDirectory(node.Here("/etc/systemd/system/kubelet.service.d"));
        _ = File.CreateSymbolicLink(node.Here("/etc/systemd/system/kubelet.service.d/10-a.conf"), "/dev/null");
        Assert.Equal("/usr/bin/kubelet", Assert.IsType<KubeletUnit>(KubeletUnit.Find(files)).Arguments[0]);

        node.Write("/usr/lib/systemd/system/kubelet.service", "[Service]\nExecStart=/bin/never\n");
        File.Delete(node.Here("/etc/systemd/system/kubelet.service"));
        _ = File.CreateSymbolicLink(node.Here("/etc/systemd/system/kubelet.service"), "/dev/null");
        Assert.Empty(Assert.IsType<KubeletUnit>(KubeletUnit.Find(files)).Arguments);

        node.Write("/usr/lib/systemd/system/service.d/all.conf", "[Service]\nExecStart=/bin/no\n");
        Assert.Empty(UnitFilesReader.Read(files, "nope.service", without: null));
    }
}
