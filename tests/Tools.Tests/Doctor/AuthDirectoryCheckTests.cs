// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Doctor.Checks;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class AuthDirectoryCheckTests : IDisposable
{
    private const string FileName = "default-7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5.json";
    private const string InUseName =
        "default-7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5-0f8fad5b-d9cb-469f-a165-70867728950e.json";
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Theory]
    [InlineData(0x1C0)]
    [InlineData(0x1ED)]
    public async Task CRI_Os_own_directory_closed_to_others_is_ok(int mode)
    {
        node.MakeDirectory(NodeTree.AuthDir, mode);
        node.MakeDirectory(NodeTree.AuthDir + "/in-use", 0x1C0);
        node.Write($"{NodeTree.AuthDir}/{FileName}", "{}", 0x180);
        var answer = await node.CheckAsync("CP008");
        Assert.Equal(
            ("ok", "\"/etc/crio/auth\" is the one that CRI-O looks in, and closed to others"),
            (answer.Outcome, answer.Summary)
        );
        Assert.Equal($"/etc/crio/auth, root:root {FileFacts.ModeText(mode)}", answer.Seen[0]);
    }

    [Theory]
    [InlineData(
        "open",
        "\"/etc/crio/auth\" can be written by users other than root (mode 0777)",
        "chmod 0700 /etc/crio/auth"
    )]
    [InlineData("owned by a user", "\"/etc/crio/auth\" belongs to user 1000", "chown root:root /etc/crio/auth")]
    [InlineData(
        "link",
        "\"/etc/crio/auth\" is a symbolic link: the provider does not write through it",
        "# make it a directory, or give its target with --auth-dir"
    )]
    [InlineData(
        "file",
        "\"/etc/crio/auth\" is not a directory",
        "rm /etc/crio/auth && install -d -m 0700 -o root -g root /etc/crio/auth"
    )]
    [InlineData(
        "readable file",
        "\"/etc/crio/auth/" + FileName + "\" has credentials and is open to others (mode 0644)",
        "chmod 0600 /etc/crio/auth/" + FileName
    )]
    [InlineData(
        "in-use is a link",
        "\"/etc/crio/auth/in-use\" is not a directory on the same file system: CRI-O cannot move an auth file there, "
            + "and its pull fails",
        "rm /etc/crio/auth/in-use"
    )]
    [InlineData(
        "in-use is a file",
        "\"/etc/crio/auth/in-use\" is not a directory on the same file system: CRI-O cannot move an auth file there, "
            + "and its pull fails",
        "rm /etc/crio/auth/in-use"
    )]
    [InlineData(
        "CRI-O elsewhere",
        "CRI-O looks in \"/run/auth\" (/etc/crio/crio.conf.d/10.conf:2), the provider writes to \"/etc/crio/auth\"",
        "- '--auth-dir=/run/auth'"
    )]
    public async Task What_hands_no_file_over_or_shows_it_to_others_is_a_failure(
        string what,
        string summary,
        string fix
    )
    {
        Break(what);
        var answer = await node.CheckAsync("CP008");
        Assert.Equal(("fail", summary, 1), (answer.Outcome, answer.Summary, answer.ExitCode));
        Assert.Contains(fix, answer.Fix);
    }

    [Theory]
    [InlineData(
        "missing",
        "\"/etc/crio/auth\" does not exist: CRI-O since 1.34.3 creates it when it starts, else the provider does"
    )]
    [InlineData(
        "other global file",
        "CRI-O's global_auth_file is \"/etc/crio/global.json\" (/etc/crio/crio.conf:3), but "
            + "\"/var/lib/kubelet/config.json\" is merged into the auth files"
    )]
    [InlineData(
        "bad global file",
        "the kubelet's auth file \"/var/lib/kubelet/config.json\" cannot be used: it is not one JSON document"
    )]
    [InlineData(
        "bad global entry",
        "Skipping entry \"m.test\" of \"/var/lib/kubelet/config.json\": its \"auth\" is not base64"
    )]
    [InlineData("untaken", "\"/etc/crio/auth/" + FileName + "\" is 3 hours old: CRI-O never picked it up")]
    [InlineData(
        "left in use",
        "\"/etc/crio/auth/in-use/" + InUseName + "\" is 3 days old: CRI-O was killed during that pull"
    )]
    public async Task What_works_but_should_be_known_is_a_warning(string what, string summary)
    {
        Break(what);
        var answer = await node.CheckAsync("CP008");
        Assert.Equal(("warn", summary, 0), (answer.Outcome, answer.Summary, answer.ExitCode));
    }

    /// <summary>Tenants decide how many files there are: a report of them all would be of use to nobody.</summary>
    [Fact]
    public async Task Thousands_of_leftovers_are_not_all_listed()
    {
        for (var i = 0; i < 2000; i++)
        {
            node.Write($"{NodeTree.AuthDir}/{i}.json", "{}", 0x1A4);
            File.SetLastWriteTimeUtc(node.Here($"{NodeTree.AuthDir}/{i}.json"), DateTime.UtcNow.AddDays(-3));
        }

        var answer = await node.CheckAsync("CP008");
        Assert.Equal("fail", answer.Outcome);
        Assert.EndsWith(" (and 3999 more)", answer.Summary, StringComparison.Ordinal);
        Assert.Equal((501, "and 3501 more lines"), (answer.Seen.Length, answer.Seen[^1]));
        Assert.InRange(answer.Fix.Length, 2, 501);
    }

    [Theory]
    [InlineData("/var/lib/kubelet", 3, false, true)]
    [InlineData("/var/lib/kubelet", 1, false, false)]
    [InlineData("/var/lib/kubelet", 3, true, false)]
    [InlineData("/srv/kubelet", 3, false, true)]
    [InlineData(null, 3, false, false)]
    public async Task If_the_kubelet_records_its_pulls_an_untaken_file_is_reported_after_two_minutes(
        string? kubeletRoot,
        int minutes,
        bool isPulling,
        bool isTold
    )
    {
        Break("untaken");
        File.SetLastWriteTimeUtc(node.Here($"{NodeTree.AuthDir}/{FileName}"), DateTime.UtcNow.AddMinutes(-minutes));
        if (kubeletRoot is not null)
        {
            node.MakeDirectory(kubeletRoot + "/image_manager/pulling", 0x1C0);
            node.StartKubelet(with: [$"--root-dir={kubeletRoot}"]);
        }

        if (isPulling)
        {
            node.Write($"{kubeletRoot}/image_manager/pulling/sha256-{new string('0', 64)}", "{}");
        }

        var answer = await node.CheckAsync("CP008");
        Assert.Equal(isTold ? "warn" : "ok", answer.Outcome);
        if (isTold)
        {
            Assert.EndsWith(
                $"is {minutes} minutes old: CRI-O never picked it up",
                answer.Summary,
                StringComparison.Ordinal
            );
            Assert.Equal([$"find {NodeTree.AuthDir} -maxdepth 1 -name '*.json' -mmin +2 -delete"], answer.Fix);
        }
    }

    [Theory]
    [InlineData("untaken", "find /etc/crio/auth -maxdepth 1 -name '*.json' -mmin +60 -delete")]
    [InlineData("left in use", "find /etc/crio/auth/in-use -maxdepth 1 -name '*.json' -mmin +1440 -delete")]
    public async Task The_fix_for_leftovers_removes_them(string what, string fix)
    {
        Break(what);
        Assert.Equal([fix], (await node.CheckAsync("CP008")).Fix);
        using var shell = System.Diagnostics.Process.Start(
            "sh",
            ["-c", fix.Replace("/etc/crio", node.Here("/etc/crio"), StringComparison.Ordinal)]
        );
        shell.WaitForExit();
        Assert.Equal("ok", (await node.CheckAsync("CP008")).Outcome);
    }

    [Theory]
    [InlineData("args", "  args: [--auth-dir=/run/auth]\n", "")]
    [InlineData("env", "  env: [{name: CRIO_CP_AUTH_DIR, value: /run/auth/}]\n", "")]
    [InlineData("kubelet's environment", "", "CRIO_CP_AUTH_DIR=/run/auth\0")]
    [InlineData("doctor's option", "", "")]
    public async Task The_directory_is_the_one_of_the_kubelets_run(string where, string config, string environment)
    {
        Break("CRI-O elsewhere");
        node.MakeDirectory("/run/auth", 0x1C0);
        File.AppendAllText(node.Here(NodeTree.ConfigPath), config);
        node.StartKubelet(environment: environment);
        var answer = await node.CheckAsync("CP008", where == "doctor's option" ? ["--auth-dir", "/run/auth"] : []);
        Assert.Equal(
            ("ok", "\"/run/auth\" is the one that CRI-O looks in, and closed to others"),
            (answer.Outcome, answer.Summary)
        );
    }

    [Fact]
    public async Task A_configuration_of_CRI_O_that_cannot_be_read_is_undetermined()
    {
        node.Write("/etc/crio/crio.conf.d/10.conf", "[crio\n");
        var answer = await node.CheckAsync("CP008");
        Assert.Equal(("skipped", true, 3), (answer.Outcome, answer.IsUndetermined, answer.ExitCode));
        Assert.StartsWith(
            "CRI-O's configuration cannot be read: /etc/crio/crio.conf.d/10.conf:1:",
            answer.Summary,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(16 * 1024 * 1024, 100UL, false, null)]
    [InlineData(16 * 1024 * 1024, null, false, null)]
    [InlineData(
        16 * 1024 * 1024 - 1,
        100UL,
        false,
        "the file system of \"/a\" has only 16383 KiB left, and a run leaves 16384 KiB free: it writes no file"
    )]
    [InlineData(16 * 1024 * 1024, 99UL, false, "the file system of \"/a\" has only 99 inodes left")]
    [InlineData(16 * 1024 * 1024, 100UL, true, "\"/a\" is on a read-only file system")]
    public void Room_is_judged(ulong bytes, ulong? inodes, bool isReadOnly, string? problem)
    {
        var found = new Findings();
        DirectoryFindings.JudgeRoom(found, "/a", new FileSystemRoom(bytes, inodes, isReadOnly, IsNoExec: false));
        Assert.Equal(problem ?? "fine", found.ToResult("fine").Summary);
    }

    [Theory]
    [InlineData("Directory", false, 1, null)]
    [InlineData("Directory", false, 2, "umount '/a b/in-use' && rmdir '/a b/in-use'")]
    [InlineData("Directory", true, 1, "rm '/a b/in-use'")]
    [InlineData("Directory", true, 2, "rm '/a b/in-use'")]
    [InlineData("Regular", false, 1, "rm '/a b/in-use'")]
    [InlineData("Socket", false, 2, "rm '/a b/in-use'")]
    public void What_replaces_in_use_is_removed_without_emptying_another_file_system(
        string kind,
        bool isLink,
        ulong device,
        string? fix
    )
    {
        var found = new Findings();
        var target = new FileFacts("/x", Enum.Parse<FileKind>(kind), 0x1C0, 0, 0, device, default, default);
        Assert.Equal(fix is null, DirectoryFindings.JudgeInUse(found, "/a b/in-use", target, isLink, 1));
        Assert.Equal(fix is null ? [] : [fix], found.ToResult("").Fix.SelectMany(f => f.Lines));
    }

    [Theory]
    [InlineData("/etc/crio/auth", "system_u:object_r:container_config_t:s0", true)]
    [InlineData("/etc/crio/auth", "system_u:object_r:etc_t:s0", false)]
    [InlineData("/etc/crio/auth", "garbage", false)]
    [InlineData("/run/auth", "system_u:object_r:container_var_run_t:s0", true)]
    public void SELinux_labels_are_judged_where_the_policy_has_a_rule(string path, string label, bool isGood)
    {
        var found = new Findings();
        DirectoryFindings.JudgeLabel(found, path, label);
        Assert.Equal(isGood, found.IsEmpty);
        Assert.Contains($"SELinux label {label}", found.ToResult("").Seen);
    }

    private void Break(string what)
    {
        switch (what)
        {
            case "open":
                node.MakeDirectory(NodeTree.AuthDir, 0x1FF);
                break;
            case "owned by a user":
                Owner.Change(node.Here(NodeTree.AuthDir), 1000);
                break;
            case "link":
                node.Remove(NodeTree.AuthDir);
                node.MakeDirectory("/data/auth", 0x1C0);
                File.CreateSymbolicLink(node.Here(NodeTree.AuthDir), "/data/auth");
                break;
            case "file":
                node.Remove(NodeTree.AuthDir);
                node.Write(NodeTree.AuthDir, "");
                break;
            case "missing":
                node.Remove(NodeTree.AuthDir);
                break;
            case "readable file":
                node.Write($"{NodeTree.AuthDir}/{FileName}", "{}");
                break;
            case "in-use is a link":
                node.MakeDirectory("/data/in-use", 0x1C0);
                File.CreateSymbolicLink(node.Here(NodeTree.AuthDir + "/in-use"), "/data/in-use");
                break;
            case "in-use is a file":
                node.Write(NodeTree.AuthDir + "/in-use", "");
                break;
            case "CRI-O elsewhere":
                node.Write("/etc/crio/crio.conf.d/10.conf", "[crio.image]\nnamespaced_auth_dir = \"/run/auth\"\n");
                break;
            case "other global file":
                node.Edit("/etc/crio/crio.conf", "/var/lib/kubelet/config.json", "/etc/crio/global.json");
                break;
            case "bad global file":
                node.Write("/var/lib/kubelet/config.json", "planted-secret");
                break;
            case "bad global entry":
                node.Write("/var/lib/kubelet/config.json", """{"auths":{"m.test":{"auth":"!planted-secret!"}}}""");
                break;
            case "untaken":
                node.Write($"{NodeTree.AuthDir}/{FileName}", "{}", 0x180);
                File.SetLastWriteTimeUtc(node.Here($"{NodeTree.AuthDir}/{FileName}"), DateTime.UtcNow.AddHours(-3));
                break;
            case "left in use":
                node.Write($"{NodeTree.AuthDir}/in-use/{InUseName}", "{}", 0x180);
                File.SetLastWriteTimeUtc(
                    node.Here($"{NodeTree.AuthDir}/in-use/{InUseName}"),
                    DateTime.UtcNow.AddDays(-3)
                );
                break;
            default:
                throw new ArgumentException(what);
        }
    }
}
