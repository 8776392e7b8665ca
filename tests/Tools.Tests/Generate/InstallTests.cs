// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Generate;

public sealed class InstallTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("/usr", new string[0])]
    [InlineData("/opt/x", new[] { "PREFIX=/opt/x" })]
    [InlineData("/opt/a b", new[] { "PREFIX=/opt/a b" })]
    public void Make_install_puts_each_file_where_its_reader_looks(string prefix, string[] variables)
    {
        Install(variables);
        string[] expected =
        [
            "755 libexec/kubelet-image-credential-provider-plugins/crio-credential-provider",
            "644 share/man/man8/crio-credential-provider.8",
            "644 share/bash-completion/completions/crio-credential-provider",
            $"644 share/zsh/{ZshDirectory(prefix)}/_crio-credential-provider",
            "644 share/fish/vendor_completions.d/crio-credential-provider.fish",
            "644 lib/tmpfiles.d/crio-credential-provider.conf",
            "644 lib/systemd/system-preset/50-crio-credential-provider.preset",
            "644 lib/systemd/system/crio-credential-provider-sweep.service",
            "644 lib/systemd/system/crio-credential-provider-sweep.timer",
            "644 share/doc/crio-credential-provider/LICENSE",
        ];
        Assert.Equal(
            expected.Select(line => line.Insert(4, prefix + "/")).Order(StringComparer.Ordinal),
            Directory
                .GetFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => new FileInfo(file).LinkTarget is null)
                .Select(file => $"{Convert.ToString((int)File.GetUnixFileMode(file), 8)} {file[folder.Length..]}")
                .Order(StringComparer.Ordinal)
        );

        // Relative, so that it holds in the package and on the node.
        var link = Path.Combine(folder, prefix[1..], "bin/crio-credential-provider");
        Assert.Equal(
            "../libexec/kubelet-image-credential-provider-plugins/crio-credential-provider",
            new FileInfo(link).LinkTarget
        );
        Assert.StartsWith("Version:", InProcess.Execute(link, "--version").Stdout, StringComparison.Ordinal);
    }

    /// <summary>Below /usr, where this machine's zsh looks: Debian's has a directory of its own for packages.</summary>
    private static string ZshDirectory(string prefix)
    {
        var (exitCode, fpath, _) = InProcess.Execute("zsh", "-fc", "print -l $fpath");
        Assert.Equal(0, exitCode);
        string[] candidates = ["vendor-completions", "site-functions"];
        return prefix == "/usr"
            ? candidates.First(name => fpath.Split('\n').Contains($"/usr/share/zsh/{name}"))
            : "site-functions";
    }

    [Fact]
    public void The_binary_is_installed_in_another_directory_if_one_is_set()
    {
        Install(["LIBEXECDIR=/opt/providers"]);
        Assert.True(File.Exists(Path.Combine(folder, "opt/providers/crio-credential-provider")));
        Assert.Equal(
            "../../opt/providers/crio-credential-provider",
            new FileInfo(Path.Combine(folder, "usr/bin/crio-credential-provider")).LinkTarget
        );
    }

    [Fact]
    public void Installed_again_it_stays_the_same()
    {
        Install([]);
        Install([]);
        Assert.Single(Directory.GetFileSystemEntries(Path.Combine(folder, "usr/bin")));
    }

    [Theory]
    [InlineData("/usr/libexec/kubelet-image-credential-provider-plugins", new string[0])]
    [InlineData("/opt/x/libexec/kubelet-image-credential-provider-plugins", new[] { "PREFIX=/opt/x" })]
    [InlineData("/opt/providers", new[] { "LIBEXECDIR=/opt/providers" })]
    [InlineData("/opt /providers", new[] { "LIBEXECDIR=/opt /providers" })]
    public void Make_uninstall_removes_what_install_put_there_and_nothing_of_others(
        string directory,
        string[] variables
    )
    {
        Install(variables);
        var other = folder + directory + "/ecr-credential-provider";
        File.WriteAllText(other, "");
        Make("uninstall", variables);
        Assert.Equal([other], Directory.GetFiles(folder, "*", SearchOption.AllDirectories));

        // The second time there is nothing to take; and an empty directory goes.
        File.Delete(other);
        Make("uninstall", variables);
        Make("uninstall", variables);
        Assert.False(Directory.Exists(folder + directory));
        Assert.Empty(Directory.GetDirectories(folder, "crio-credential-provider", SearchOption.AllDirectories));
    }

    [Fact]
    public void The_tmpfiles_rules_close_the_auth_directory_and_remove_old_files()
    {
        var rules = File.ReadAllText(Path.Combine(Repository.Root, "packaging/crio-credential-provider.tmpfiles"));
        var auth = Path.Combine(folder, "etc/crio/auth");
        Directory.CreateDirectory(auth, (UnixFileMode)0b111_101_101);
        Tmpfiles("--create", rules);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(auth));
        Assert.Equal(
            (UnixFileMode)0b111_000_000,
            File.GetUnixFileMode(Path.Combine(folder, "run/crio-credential-provider"))
        );

        Directory.CreateDirectory(Path.Combine(auth, "in-use"));
        string[] names = ["a.json", "in-use/b.json"];
        Array.ForEach(names, name => File.WriteAllText(Path.Combine(auth, name), ""));
        Tmpfiles("--clean", rules);
        Assert.Equal(names, Left());

        // A file's age cannot be set back: the rules are made shorter instead.
        Tmpfiles("--clean", rules.Replace(" 1h\n", " 0\n", StringComparison.Ordinal));
        Assert.Equal(["in-use/b.json"], Left());
        Tmpfiles("--clean", rules.Replace(" 24h\n", " 0\n", StringComparison.Ordinal));
        Assert.Empty(Left());

        IEnumerable<string> Left() =>
            Directory
                .GetFiles(auth, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(auth, file))
                .Order(StringComparer.Ordinal);
    }

    /// <summary>systemd itself judges the units, and reads what is documented: nothing gets two minutes old.</summary>
    [Theory]
    [InlineData("/usr/libexec/kubelet-image-credential-provider-plugins", new string[0])]
    [InlineData("/opt/a b/libexec/kubelet-image-credential-provider-plugins", new[] { "PREFIX=/opt/a b" })]
    public void The_sweeps_timer_and_service_are_good_units_and_run_the_installed_binary(
        string directory,
        string[] variables
    )
    {
        Install(variables);
        var units =
            folder + directory[..directory.IndexOf("/libexec", StringComparison.Ordinal)] + "/lib/systemd/system";
        var service = File.ReadAllLines(units + "/crio-credential-provider-sweep.service");
        Assert.Contains($"ExecStart=\"{directory}/crio-credential-provider\" sweep", service);
        var timer = File.ReadAllLines(units + "/crio-credential-provider-sweep.timer");
        var interval = Seconds(timer, "OnUnitActiveSec=") + Seconds(timer, "AccuracySec=");
        Assert.InRange(
            interval + CrioCredentialProvider.AuthFile.LeftoverRules.LongestWithoutIntent.TotalSeconds,
            61,
            119
        );

        // systemd-analyze wants the program to be there.
        File.WriteAllLines(
            units + "/crio-credential-provider-sweep.service",
            service.Select(line => line.Replace($"\"{directory}/", $"\"{folder}{directory}/", StringComparison.Ordinal))
        );
        var (exitCode, _, stderr) = InProcess.Execute(
            "systemd-analyze",
            "verify",
            "--man=no",
            units + "/crio-credential-provider-sweep.timer",
            units + "/crio-credential-provider-sweep.service"
        );
        Assert.Equal((0, ""), (exitCode, stderr));

        static double Seconds(string[] lines, string key) =>
            double.Parse(
                lines.Single(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].TrimEnd('s')
            );
    }

    private void Tmpfiles(string action, string rules)
    {
        var at = Path.Combine(folder, "rules.conf");
        File.WriteAllText(at, rules);
        Assert.Equal(
            new CommandResult(0, "", ""),
            InProcess.Execute("systemd-tmpfiles", "--root=" + folder, action, at)
        );
    }

    private void Install(string[] variables) => Make("install", variables);

    private void Make(string target, string[] variables)
    {
        var (exitCode, _, stderr) = InProcess.Execute(
            "make",
            [
                "-s",
                "-C",
                Repository.Root,
                target,
                "DESTDIR=" + folder,
                "BINARY=" + PublishedBinary.FilePath,
                .. variables,
            ]
        );
        Assert.Equal((0, ""), (exitCode, stderr));
    }
}
