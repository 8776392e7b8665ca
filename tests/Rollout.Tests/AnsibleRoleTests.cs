// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json.Nodes;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>The role of deploy/ansible: linted, and run against a node by Ansible's own nsenter connection.</summary>
public sealed class AnsibleRoleTests : IDisposable
{
    private const string Package = "crio-credential-provider";

    private static readonly string Ansible = Path.Combine(Repository.Root, "deploy", "ansible");

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_linter_has_nothing_to_say()
    {
        var (exitCode, stdout, stderr) = Start(
            "ansible-lint",
            ["--offline", "--nocolor", "-q", "--profile", "production", "site.yml", "roles/crio_credential_provider"]
        );
        Assert.True(exitCode == 0, stdout + stderr);
    }

    [Fact]
    public void The_role_installs_and_uninstalls_and_changes_nothing_in_check_mode_or_twice()
    {
        using var node = new TestNode();
        var before = node.Snapshot();

        // In check mode, a program that is not on the node yet cannot be asked.
        AssertRun(node, "present", changed: 1, "--check");
        TestNode.AssertSame(before, node.Snapshot(), "--check");

        AssertRun(node, "present", changed: 2);
        node.AssertKubeletHealthy(hasFlags: true);
        node.AssertNothingPending();
        Assert.Equal(0, node.Provider("status").ExitCode);
        var installed = node.Snapshot();
        AssertNamedByThePage(installed.Except(before).Select(pair => pair.Key));
        var process = node.Show("MainPID");
        AssertRun(node, "present", changed: 0);
        Assert.Equal(process, node.Show("MainPID"));

        // Check mode shows the steps of a removal without running them.
        AssertRun(node, "absent", changed: 2, "--check");
        TestNode.AssertSame(installed, node.Snapshot(), "--check");
        AssertRun(node, "absent", changed: 2);
        node.AssertKubeletHealthy(hasFlags: false);
        TestNode.AssertSame(before, node.Snapshot(), "absent");
    }

    /// <summary>Installs from a repository on the node, with apt and dpkg as on any Debian.</summary>
    [Fact]
    public void The_role_installs_the_package_and_removes_it()
    {
        using var node = new TestNode();
        MakeRepository(node);
        var before = node.Snapshot();
        AssertPackageRun(node, "present", changed: 2);
        node.AssertKubeletHealthy(hasFlags: true);
        node.AssertNothingPending();
        Assert.Equal(0, node.Run("/usr/bin/crio-credential-provider", "status").ExitCode);
        Assert.Equal("ii", node.Run("dpkg-query", "-W", "-f", "${db:Status-Abbrev}", Package).Stdout.Trim());
        var process = node.Show("MainPID");
        AssertPackageRun(node, "present", changed: 0);
        Assert.Equal(process, node.Show("MainPID"));

        // Removing a package keeps what purging removes: CRI-O's directory.
        AssertPackageRun(node, "absent", changed: 2);
        node.AssertKubeletHealthy(hasFlags: false);
        Assert.Equal(
            "",
            node.Run("dpkg-query", "-W", "-f", "${db:Status-Abbrev}", Package).Stdout.Trim().Trim('r', 'c')
        );
        var after = node.Snapshot();
        _ = after.Remove("/etc/crio");
        _ = after.Remove("/etc/crio/auth");
        TestNode.AssertSame(before, after, "absent");
    }

    /// <summary>The page about node changes lists each path that an installation changes.</summary>
    private static void AssertNamedByThePage(IEnumerable<string> changed)
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/reference/node-changes.md"));
        string[] paths = [.. changed];
        Assert.NotEmpty(paths);
        Assert.All(paths, path =>
            Assert.True(
                page.Contains(path, StringComparison.Ordinal)
                    || page.Contains($"`{Path.GetFileName(path)}`", StringComparison.Ordinal),
                path
            )
        );
    }

    /// <summary>Builds the deb of the program under test, as a release does, and adds it to apt's sources.</summary>
    private void MakeRepository(TestNode node)
    {
        var (exitCode, stdout, stderr) = Start(
            "env",
            [
                // The licenses of the libraries are in the folder of NuGet's packages.
                $"HOME={Environment.GetEnvironmentVariable("HOME")}",
                $"NUGET_PACKAGES={Environment.GetEnvironmentVariable("NUGET_PACKAGES")}",
                $"OUTPUT={folder}/packages",
                "ARCHITECTURES=amd64",
                "DPKG_DEB_COMPRESSOR_TYPE=none",
                Path.Combine(Repository.Root, "scripts", "packages"),
                "deb",
            ]
        );
        Assert.True(exitCode == 0, stdout + stderr);
        var repository = node.Here("/srv/repository");
        _ = Directory.CreateDirectory(repository);
        var deb = Assert.Single(Directory.GetFiles(folder + "/packages", "*.deb"));
        File.Copy(deb, Path.Combine(repository, Path.GetFileName(deb)));
        node.Write("/etc/apt/sources.list", "deb [trusted=yes] file:/srv/repository ./\n");
        var index = Start("sh", ["-c", $"cd {repository} && dpkg-scanpackages --multiversion . >Packages"]);
        Assert.True(index.ExitCode == 0, index.ToString());
        var update = node.Run("apt-get", "update");
        Assert.True(update.ExitCode == 0, update.ToString());
    }

    private void AssertRun(TestNode node, string ensure, int changed, params IEnumerable<string> options) =>
        AssertPlay(node, "crio_credential_provider_file", PublishedBinary.FilePath, ensure, changed, options);

    private void AssertPackageRun(TestNode node, string ensure, int changed) =>
        AssertPlay(node, "crio_credential_provider_package", Package, ensure, changed, []);

    /// <summary>Runs one play and returns what it changed; fails if a task failed.</summary>
    private void AssertPlay(
        TestNode node,
        string variable,
        string value,
        string ensure,
        int changed,
        IEnumerable<string> options
    )
    {
        var run = Play(node, variable, value, ensure, options);
        Assert.True(run.ExitCode == 0, run.ToString());
        var stats = JsonNode.Parse(run.Stdout)!["stats"]!["node"]!;
        Assert.True(
            (int)stats["changed"]! == changed && (int)stats["failures"]! == 0,
            $"{ensure} {string.Join(' ', options)}\n{run}"
        );
    }

    private NodeRun Play(TestNode node, string variable, string value, string ensure, IEnumerable<string> options)
    {
        File.WriteAllText(
            Path.Combine(folder, "inventory.ini"),
            $"[nodes]\nnode ansible_connection=community.docker.nsenter ansible_nsenter_pid={node.Leader} "
                + "ansible_python_interpreter=/usr/bin/python3 ansible_become=false ansible_remote_tmp=/tmp/ansible\n"
        );
        File.WriteAllText(
            Path.Combine(folder, "variables.json"),
            new JsonObject
            {
                // The playbook names a file.
                ["crio_credential_provider_file"] = "",
                [variable] = value,
                ["crio_credential_provider_state"] = new JsonObject { ["ensure"] = ensure, ["watchFor"] = "2s" },
            }.ToJsonString()
        );
        return Start(
            "ansible-playbook",
            ["-i", Path.Combine(folder, "inventory.ini"), "-e", $"@{folder}/variables.json", "site.yml", .. options]
        );
    }

    private NodeRun Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Ansible,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["HOME"] = folder;
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["ANSIBLE_STDOUT_CALLBACK"] = "ansible.posix.json";
        start.Environment["ANSIBLE_ROLES_PATH"] = Path.Combine(Ansible, "roles");
        start.Environment["ANSIBLE_LOCAL_TEMP"] = folder;
        using var process = Process.Start(start)!;
        var stdout = process.StandardOutput.ReadToEndAsync();
        var stderr = process.StandardError.ReadToEndAsync();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(3)), $"{program} does not end");
        return new NodeRun(process.ExitCode, stdout.Result, stderr.Result);
    }
}
