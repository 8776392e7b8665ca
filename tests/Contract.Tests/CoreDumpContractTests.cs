// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>A run that crashes with a token in its hands leaves no image of its memory on disk
/// (docs/adr/0017).</summary>
public sealed class CoreDumpContractTests : IDisposable
{
    private readonly Cluster cluster = new();
    private readonly FaultyServer silent;

    public CoreDumpContractTests()
    {
        using var certificate = cluster.Authority.Issue(["kubernetes.default.svc"]);
        silent = new FaultyServer(_ => Task.CompletedTask, certificate, (_, _, _) => Task.CompletedTask);
    }

    public void Dispose()
    {
        silent.Dispose();
        cluster.Dispose();
    }

    [Fact]
    public void A_crash_while_the_token_is_in_memory_dumps_no_core_though_the_limit_allows_it()
    {
        var result = InShell(
            $"ulimit -c unlimited && cd '{cluster.Folder}'; {Run} & p=$!; {WaitForConnection} kill -ABRT $p; wait $p; "
                + "echo $?; "
                + $"find '{cluster.Folder}' -name 'core*'"
        );

        // The shell tells "Aborted (core dumped)" on stderr by the flag that the kernel gives for a dump.
        Assert.Equal("134\n", result.Stdout);
        Assert.DoesNotContain("core dumped", result.Stderr, StringComparison.Ordinal);
    }

    /// <summary>As in a container whose seccomp profile does not know the calls; the number of the call is looked up
    /// first.</summary>
    [Theory]
    [InlineData("prctl", "PR_SET_DUMPABLE", "prctl(PR_SET_DUMPABLE)")]
    [InlineData("prlimit64", "RLIMIT_CORE", "setrlimit(RLIMIT_CORE)")]
    public void A_kernel_that_refuses_to_forbid_dumps_is_a_warning(string call, string argument, string told)
    {
        _ = Traced(call, []);
        var lines = File.ReadAllLines(cluster.At("trace"));
        var main = lines.First(line => line.Contains(argument, StringComparison.Ordinal)).Split(' ')[0];
        var number =
            Array.FindIndex([.. lines.Where(line => line.StartsWith(main + " ", StringComparison.Ordinal))], line =>
                line.Contains(argument, StringComparison.Ordinal)
            ) + 1;
        Assert.InRange(number, 1, 20);
        File.Delete(cluster.AuthFile);
        var run = Traced(call, ["-e", $"inject={call}:error=EPERM:when={number}"]);
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.Contains(
            $"A crash of this run may write its memory, with tokens, to disk: {told}: Operation not permitted",
            cluster.Journal.Messages
        );
    }

    private RunResult Traced(string call, string[] more) =>
        PublishedBinary.RunIn(
            "/usr/bin/strace",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [],
            [
                "-f",
                "-qq",
                "-o",
                cluster.At("trace"),
                "-e",
                "trace=" + call,
                .. more,
                PublishedBinary.FilePath,
                .. cluster.Flags,
            ]
        );

    /// <summary>In /proc, the files of an undumpable process belong to root, even if another user runs it.</summary>
    [Fact]
    public void No_other_process_of_the_same_user_can_look_into_a_run()
    {
        var result = InShell(
            $"{AsNobody} {Run} & p=$!; {WaitForConnection} stat -c %U /proc/$p/environ; grep 'Max core' "
                + "/proc/$p/limits | tr -s ' '; "
                + "head -c 1 /proc/$p/mem 2>&1 | wc -c >/dev/null; "
                + $"{AsNobody} head -c 1 /proc/$p/environ 2>&1 | grep -o 'Permission denied'; kill -KILL $p"
        );
        Assert.Equal("root\nMax core file size 0 0 bytes \nPermission denied\n", result.Stdout);
    }

    /// <summary>
    /// The process is not dumpable, so its /proc/self belongs to root. Without the capability for the other way, the
    /// file is linked by /proc/self.
    /// </summary>
    [Fact]
    public void A_user_who_is_not_root_can_still_try_it_by_hand()
    {
        Directory.CreateDirectory(cluster.At("auth"));
        var run = PublishedBinary.RunIn(
            "/bin/bash",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [("PATH", Path)],
            [
                "-c",
                $"chown nobody '{cluster.At("auth")}' && chmod a+w '{cluster.At("journal")}' && cp "
                    + $"'{PublishedBinary.FilePath}' '{cluster.At("binary")}' && "
                    + $"exec {AsNobody} '{cluster.At("binary")}' {string.Join(' ', cluster.Flags)}",
            ]
        );
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);

        // Without /run/crio-credential-provider, which only root can create, the lock is in CRI-O's directory.
        Assert.Equal(
            [".hand-over.lock", Cluster.ArticleFileName],
            cluster.LeftInAuthDirectory.Order(StringComparer.Ordinal)
        );
    }

    private const string Path = "/usr/sbin:/usr/bin:/sbin:/bin";
    private const string AsNobody =
        "setpriv --reuid=nobody --regid=nogroup --clear-groups --inh-caps=-all --bounding-set=-all";

    private string Run
    {
        get
        {
            File.WriteAllBytes(cluster.At("request"), Requests.For("docker.io/library/nginx", cluster.Token));
            File.Copy(PublishedBinary.FilePath, cluster.At("binary"), overwrite: true);
            return $"'{cluster.At("binary")}' {string.Join(' ', cluster.Flags)} --api-server=127.0.0.1:{silent.Port} "
                + $"<'{cluster.At("request")}'";
        }
    }

    /// <summary>By the connection in the kernel's table: then the token has been read.</summary>
    private string WaitForConnection =>
        $"for i in $(seq 100); do grep -qi ':{silent.Port:X4} 01 ' /proc/net/tcp /proc/net/tcp6 && break; sleep 0.05; "
        + "done;";

    private static RunResult InShell(string script) =>
        PublishedBinary.RunIn("/bin/bash", [], [("PATH", Path)], ["-c", script]);
}
