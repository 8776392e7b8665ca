// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Rollout;

namespace CrioCredentialProvider.Tests.Packages;

/// <summary>The deb on booted nodes of both Debian releases, with a running kubelet.</summary>
public sealed class DebTests
{
    private const string Package = "/deb";
    private const string Timer = "crio-credential-provider-sweep.timer";

    [Theory]
    [InlineData("debian-12")]
    [InlineData("debian-13")]
    public void It_works_as_installed_and_nothing_is_left_of_it(string root)
    {
        using var node = Node(root);
        var before = Paths(node);

        Succeeds(node, "dpkg", "-i", Package);
        Assert.Contains(
            $"Version:        {BuiltPackages.Version}\n",
            Succeeds(node, BuiltPackages.Name, "--version"),
            StringComparison.Ordinal
        );
        Assert.Contains("not installed", node.Run(BuiltPackages.Name, "status").Stdout, StringComparison.Ordinal);
        Assert.Contains("CP001", node.Run(BuiltPackages.Name, "doctor", "--verbose").Stdout, StringComparison.Ordinal);
        AssertDocumentsAndCompletions(node);
        AssertTimer(node);

        // The kubelet is not touched until the administrator runs install.
        Assert.DoesNotContain("image-credential-provider", node.KubeletLine(), StringComparison.Ordinal);
        Succeeds(node, BuiltPackages.Name, "install", "--restart-kubelet", "--watch-for", "2s");
        node.AssertKubeletHealthy(hasFlags: true);
        var kubelet = node.Show("MainPID");

        // A removal warns and continues.
        var removal = node.Run("dpkg", "-r", BuiltPackages.Name);
        Assert.Equal(0, removal.ExitCode);
        Assert.Contains($"  {TestNode.Config}\n", removal.Stderr, StringComparison.Ordinal);
        Assert.Contains("uninstall --restart-kubelet", removal.Stderr, StringComparison.Ordinal);
        Assert.Equal(kubelet, node.Show("MainPID"));

        Succeeds(node, "dpkg", "-i", Package);
        Succeeds(node, BuiltPackages.Name, "uninstall", "--restart-kubelet", "--watch-for", "2s");
        node.AssertKubeletHealthy(hasFlags: false);
        node.Write("/etc/crio/auth/team-a-" + new string('a', 64) + ".json", "{}");
        Succeeds(node, "touch", "-d", "-2 minutes", "/etc/crio/auth/team-a-" + new string('a', 64) + ".json");
        var purge = node.Run("dpkg", "-P", BuiltPackages.Name);
        Assert.Equal(0, purge.ExitCode);

        // On Debian 12, systemd has the same directory under its older name in /lib.
        const string Shared = "crio-credential-provider, directory '/usr/lib/systemd/system-preset' not empty";
        Assert.DoesNotContain(purge.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
            !(root == "debian-12" && line.Contains(Shared, StringComparison.Ordinal))
        );
        Assert.Equal("", string.Join('\n', Paths(node).Except(before)));
        Assert.Equal("", string.Join('\n', before.Except(Paths(node))));
    }

    [Theory]
    [InlineData("debian-12")]
    [InlineData("debian-13")]
    public void Twenty_upgrades_interrupt_neither_the_kubelet_nor_a_pull(string root)
    {
        using var node = Node(root);
        Succeeds(node, "dpkg", "-i", Package);
        Succeeds(node, BuiltPackages.Name, "install", "--restart-kubelet", "--watch-for", "2s");
        var kubelet = node.Show("MainPID");

        // The next version's file has different content and extra bytes at its end.
        Succeeds(
            node,
            "sh",
            "-ec",
            $"""
            dpkg-deb -R {Package} /next
            echo next >>/next{BuiltPackages.Program}
            sed -i 's/^Version: .*/Version: {BuiltPackages.PackageVersion}-2/' /next/DEBIAN/control
            sed -i '\|{BuiltPackages.Program[1..]}|d' /next/DEBIAN/md5sums
            dpkg-deb -Zgzip -z1 -b /next /next.deb
            """
        );
        node.Write("/request.json", StaticPodRequest);
        node.Write("/pulls", PullLoop);
        Succeeds(node, "systemd-run", "--unit=pulls", "sh", "/pulls");
        node.Eventually(() => Pulls(node) > 10);
        for (var i = 0; i < 20; i++)
        {
            Succeeds(node, "dpkg", "-i", i % 2 == 0 ? "/next.deb" : Package);
            Assert.Equal(i % 2 == 0, node.Run("tail", "-c", "5", BuiltPackages.Program).Stdout == "next\n");
        }

        Succeeds(node, "touch", "/stop");
        node.Eventually(() => node.Show("ActiveState", "pulls.service") != "active");
        Assert.Equal("", node.Run("cat", "/failures").Stdout);
        Assert.InRange(Pulls(node), 200, int.MaxValue);
        Assert.Equal((kubelet, "0"), (node.Show("MainPID"), node.Show("NRestarts")));
        Assert.Equal("active", node.Show("ActiveState", Timer));
    }

    /// <summary>A request as for a static pod: without a token, so that the response is always the same.</summary>
    private const string StaticPodRequest = """
        {"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1",
        "image":"docker.io/library/nginx"}
        """;

    private const string PullLoop = $$"""
        touch /failures
        pulls=0
        while [ ! -e /stop ]; do
            answer=$({{BuiltPackages.Program}} </request.json 2>&1) || echo "exit code $?: $answer" >>/failures
            case $answer in
            '{"kind":"CredentialProviderResponse"'*'}') ;;
            *) echo "answer: $answer" >>/failures ;;
            esac
            pulls=$((pulls + 1))
            echo $pulls >/pulls.count
        done
        """;

    private static TestNode Node(string root) =>
        new(node => File.Copy(BuiltPackages.Deb("amd64"), node.Here(Package)), NodeRoot.Of(root));

    private static int Pulls(TestNode node) =>
        int.TryParse(node.Run("cat", "/pulls.count").Stdout, out var pulls) ? pulls : 0;

    private static string Succeeds(TestNode node, params string[] command)
    {
        var run = node.Run(command);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', command)}: {run}");
        return run.Stdout;
    }

    private static void AssertDocumentsAndCompletions(TestNode node)
    {
        Assert.Contains(
            "crio-credential-provider(8)",
            Succeeds(node, "man", BuiltPackages.Name),
            StringComparison.OrdinalIgnoreCase
        );
        Assert.Equal(
            "/usr/share/man/man8/crio-credential-provider.8.gz\n",
            Succeeds(node, "man", "-w", BuiltPackages.Name)
        );

        const string Bash =
            ". /usr/share/bash-completion/bash_completion; _completion_loader crio-credential-provider || :; ";
        Assert.Contains(
            "crio-credential-provider",
            Succeeds(node, "bash", "-c", Bash + "complete -p crio-credential-provider"),
            StringComparison.Ordinal
        );
        const string Zsh = "autoload -Uz compinit && compinit -u -D && print $_comps[crio-credential-provider]";
        Assert.Equal("_crio-credential-provider\n", Succeeds(node, "zsh", "-fc", Zsh));
        const string Fish = "complete -C 'crio-credential-provider doc'";
        Assert.StartsWith("doctor", Succeeds(node, "env", "HOME=/root", "fish", "-c", Fish), StringComparison.Ordinal);
    }

    private static void AssertTimer(TestNode node)
    {
        Assert.Equal("active", node.Show("ActiveState", Timer));
        Assert.Equal("enabled", node.Run("systemctl", "is-enabled", Timer).Stdout.Trim());
        Succeeds(node, "systemctl", "start", "crio-credential-provider-sweep.service");
        Assert.Equal("0", node.Show("ExecMainStatus", "crio-credential-provider-sweep.service"));
        Assert.Equal("drwx------ root root\n", Succeeds(node, "stat", "-c", "%A %U %G", "/etc/crio/auth"));

        // A machine that is not a node does not have the kubelet's directory.
        Succeeds(
            node,
            "sh",
            "-ec",
            $"systemctl stop {Timer}; mv /var/lib/kubelet /var/lib/away; systemctl start {Timer}"
        );
        Assert.Equal(("inactive", "no"), (node.Show("ActiveState", Timer), node.Show("ConditionResult", Timer)));
        Succeeds(node, "sh", "-ec", $"mv /var/lib/away /var/lib/kubelet; systemctl start {Timer}");
        Assert.Equal("active", node.Show("ActiveState", Timer));
    }

    /// <summary>
    /// All files except those that other programs change: dpkg's database, caches, logs, the journal.
    /// </summary>
    private static HashSet<string> Paths(TestNode node) =>
        [
            .. Succeeds(
                    node,
                    "sh",
                    "-c",
                    """
                    find / /run -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /var/tmp \
                        -o -path /var/cache -o -path /var/log -o -path /var/lib/dpkg -o -path /var/lib/systemd \
                        -o -path /run/systemd -o -path /run/log -o -path /root \) -prune -o -print
                    """
                )
                .Split('\n', StringSplitOptions.RemoveEmptyEntries),
        ];
}
