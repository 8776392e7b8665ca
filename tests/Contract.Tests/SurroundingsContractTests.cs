// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>What the kubelet's surroundings may do to a run: umask, limits, file systems, environment.</summary>
public sealed class SurroundingsContractTests
{
    [Fact]
    public void A_umask_of_zero_opens_nothing()
    {
        using var cluster = new Cluster();
        Assert.Equal(0, RunInShell(cluster, "umask 0").ExitCode);
        Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(cluster.AuthFile));
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(cluster.At("auth")));
    }

    [Theory]
    [InlineData(
        "mount -t tmpfs -o size=64m,nr_inodes=2,mode=0700 tmpfs AUTH && touch AUTH/full",
        "No space left on device"
    )]
    [InlineData("mount -t tmpfs -o ro,mode=0700 tmpfs AUTH", "Read-only file system")]
    public void A_full_or_read_only_directory_is_a_clear_failure_with_nothing_left(string mount, string why)
    {
        using var cluster = new Cluster();
        Directory.CreateDirectory(cluster.At("auth"));
        var run = RunInShell(
            cluster,
            mount.Replace("AUTH", cluster.At("auth"), StringComparison.Ordinal),
            $"; code=$?; ls -A {cluster.At("auth")} | grep -vE '^(full|[.]hand-over[.]lock)$' >&2; exit $code"
        );
        Assert.Equal(
            $"auth file \"{cluster.AuthFile}\" could not be written: {why}; check the file system's free space, its "
                + "mount options and the directory's mode [CP603]\n",
            run.Stderr
        );
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
    }

    /// <summary>Without /dev/null to take its place, the next socket would become stdout: the journal's.</summary>
    [Fact]
    public void A_response_to_a_closed_stdout_is_discarded_even_without_dev_null()
    {
        using var cluster = new Cluster();
        Directory.CreateDirectory(cluster.At("dev"));
        var device = cluster.At("dev");
        var run = RunInShell(
            cluster,
            $"mount -t tmpfs tmpfs {device} && touch {device}/urandom && mount --bind /dev/urandom {device}/urandom && "
                + $"mount --rbind {device} /dev",
            " >&-"
        );
        Assert.Equal(
            (1, "the response could not be written to stdout: Bad file descriptor [CP701]\n"),
            (run.ExitCode, run.Stderr)
        );
        Assert.Contains("Running credential provider", cluster.Journal.Messages);
        Assert.DoesNotContain(cluster.Journal.Messages, message =>
            message.Contains("CredentialProviderResponse", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_proxy_of_the_environment_is_not_asked()
    {
        using var cluster = new Cluster();
        var run = PublishedBinary.RunIn(
            PublishedBinary.FilePath,
            Requests.For("docker.io/library/nginx", cluster.Token),
            [
                ("HTTPS_PROXY", "http://127.0.0.1:1"),
                ("https_proxy", "http://127.0.0.1:1"),
                ("ALL_PROXY", "http://127.0.0.1:1"),
            ],
            cluster.Flags
        );
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
    }

    [Fact]
    public void The_parents_command_line_leads_to_the_API_server()
    {
        using var cluster = new Cluster();
        File.WriteAllText(
            cluster.At("own.conf"),
            "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters:\n- name: c\n  cluster:\n "
                + $"   server: https://127.0.0.1:{cluster.Api.Port}\n    certificate-authority: ca.crt\n"
        );
        string[] flags =
        [
            .. cluster.Flags.Where(f =>
                !f.StartsWith("--api-server=", StringComparison.Ordinal)
                && !f.StartsWith("--certificate", StringComparison.Ordinal)
            ),
        ];
        var run = PublishedBinary.RunIn(
            "/bin/bash",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [],
            [
                "-c",
                $"'{PublishedBinary.FilePath}' {string.Join(' ', flags)}; exit $?",
                "kubelet",
                $"--kubeconfig={cluster.At("own.conf")}",
            ]
        );
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.Contains(
            $"Using API server host: 127.0.0.1:{cluster.Api.Port} (kubeconfig \"{cluster.At("own.conf")}\")",
            cluster.Journal.Messages
        );
    }

    private static RunResult RunInShell(Cluster cluster, string before, string after = "") =>
        PublishedBinary.RunIn(
            "/usr/bin/unshare",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")],
            ["-rm", "bash", "-c", $"{before} && '{PublishedBinary.FilePath}' {string.Join(' ', cluster.Flags)}{after}"]
        );
}
