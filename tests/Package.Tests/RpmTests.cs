// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Rollout;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Packages;

/// <summary>
/// Installs the rpm with <c>rpm --root</c> in a root directory with systemd's tools, where its scriptlets run.
/// </summary>
public sealed class RpmTests : IDisposable
{
    private const string Wants = "/etc/systemd/system/timers.target.wants/crio-credential-provider-sweep.timer";
    private const string Config = "/etc/kubernetes/credential-providers/config.yaml";

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-rpm-").FullName;
    private readonly string root;

    public RpmTests()
    {
        root = Path.Combine(folder, "root");
        foreach (var part in (string[])["upper", "work", "root"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }

        var lowest = NodeRoot.Of("debian-12");
        Assert.Null(lowest.WhyNot);
        var layers = $"lowerdir={lowest.Path},upperdir={folder}/upper,workdir={folder}/work";
        HostCommand.Read("mount", "-t", "overlay", "overlay", "-o", layers, root);
        // systemd-tmpfiles needs it; tools that build images with rpm provide it too.
        HostCommand.Read("mount", "-t", "proc", "proc", root + "/proc");
        HostCommand.Read("rpm", "--root", root, "--initdb");

        // Directories that the package "filesystem" provides on rpm-based systems.
        foreach (var directory in (string[])["/usr/share/licenses", "/usr/share/zsh/site-functions"])
        {
            Directory.CreateDirectory(root + directory);
        }
    }

    public void Dispose()
    {
        HostCommand.Read("umount", root + "/proc");
        HostCommand.Read("umount", root);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void It_is_installed_upgraded_and_removed_and_nothing_is_left_of_it()
    {
        var before = Paths();
        Rpm("--install", BuiltPackages.Rpm("amd64"));
        Assert.Contains(
            $"Version:        {BuiltPackages.Version}\n",
            HostCommand.Read("chroot", root, BuiltPackages.Name, "--version"),
            StringComparison.Ordinal
        );
        Assert.Equal("", HostCommand.Read("rpm", "--root", root, "--verify", "--nodeps", BuiltPackages.Name));
        Assert.True(File.Exists(root + Wants), "the preset does not enable the timer");
        Assert.Equal("700\n", HostCommand.Read("stat", "-c", "%a", root + "/etc/crio/auth"));

        // An upgrade keeps the administrator's decision.
        HostCommand.Read("systemctl", "--root", root, "disable", Path.GetFileName(Wants));
        Rpm("--upgrade", NextVersion());
        Assert.Equal(
            "9.9.9\n",
            HostCommand.Read("rpm", "--root", root, "-q", "--qf", "%{VERSION}\\n", BuiltPackages.Name)
        );
        Assert.False(File.Exists(root + Wants), "the upgrade enables the timer again");

        var removal = Rpm("--erase", BuiltPackages.Name);
        Assert.Equal("", removal.Stderr);
        Assert.Equal("", string.Join('\n', Paths().Except(before)));
        Assert.Equal("", string.Join('\n', before.Except(Paths())));
    }

    [Fact]
    public void A_removal_warns_where_a_kubelet_config_still_names_the_program_and_keeps_the_originals()
    {
        Rpm("--install", BuiltPackages.Rpm("amd64"));
        Directory.CreateDirectory(Path.GetDirectoryName(root + Config)!);
        File.WriteAllText(root + Config, "providers:\n- name: crio-credential-provider\n");
        Directory.CreateDirectory(root + "/var/lib/crio-credential-provider");
        File.WriteAllText(root + "/var/lib/crio-credential-provider/state.json", "{}");
        var removal = Rpm("--erase", BuiltPackages.Name);
        Assert.Contains($"  {Config}\n", removal.Stderr, StringComparison.Ordinal);
        Assert.Contains("kept /var/lib/crio-credential-provider", removal.Stderr, StringComparison.Ordinal);
        Assert.True(File.Exists(root + "/var/lib/crio-credential-provider/state.json"));
    }

    [Fact]
    public void A_preset_of_the_administrator_wins()
    {
        Directory.CreateDirectory(root + "/etc/systemd/system-preset");
        File.WriteAllText(root + "/etc/systemd/system-preset/10-fleet.preset", $"disable {Path.GetFileName(Wants)}\n");
        Rpm("--install", BuiltPackages.Rpm("amd64"));
        Assert.False(File.Exists(root + Wants));
    }

    /// <summary>
    /// The root is Debian's: no rpm package provides a shell there, and Debian's rpm warns about that.
    /// </summary>
    private NodeRun Rpm(params string[] arguments)
    {
        var run = HostCommand.Run("rpm", ["--root", root, "--force-debian", "--nodeps", .. arguments]);
        Assert.True(run.ExitCode == 0, $"{run}");
        return run;
    }

    private string NextVersion()
    {
        HostCommand.Read(
            "env",
            $"OUTPUT={folder}/next",
            "VERSION=9.9.9",
            "ARCHITECTURES=amd64",
            Path.Combine(Repository.Root, "scripts/packages"),
            "rpm"
        );
        return $"{folder}/next/{BuiltPackages.Name}-9.9.9-1.x86_64.rpm";
    }

    private HashSet<string> Paths() =>
        [
            .. HostCommand
                .Read("find", root, "-xdev", "-path", root + "/var/lib/rpm", "-prune", "-o", "-print")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(path => path[root.Length..]),
        ];
}
