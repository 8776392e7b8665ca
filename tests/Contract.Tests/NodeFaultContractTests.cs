// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>What a node may do to a run: closed streams, disks, limits, signals, the journal.</summary>
public sealed partial class NodeFaultContractTests
{
    private const string Path = "/usr/sbin:/usr/bin:/sbin:/bin";

    [Theory]
    [InlineData(
        "<&-",
        "the request on stdin cannot be read: Bad file descriptor; pass one CredentialProviderRequest, as the kubelet "
            + "does [CP102]\n"
    )]
    [InlineData(
        "</dev/null",
        "the request on stdin is not one JSON document (line 1, byte 1); pass one CredentialProviderRequest, as the "
            + "kubelet does [CP102]\n"
    )]
    [InlineData(">&-", "the response could not be written to stdout: Bad file descriptor [CP701]\n")]
    [InlineData(">/dev/full", "the response could not be written to stdout: No space left on device")]
    public void A_stream_that_is_closed_or_full_is_a_clear_failure(string redirection, string expected)
    {
        using var cluster = new Cluster();
        var run = InShell(cluster, redirection);
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.StartsWith(expected, run.Stderr, StringComparison.Ordinal);
        Assert.Equal(1, run.Stderr.Count(c => c == '\n'));
        if (redirection.StartsWith('<'))
        {
            Assert.Empty(cluster.LeftInAuthDirectory);
        }
    }

    [Fact]
    public void Closed_streams_never_put_anything_into_the_auth_file_or_the_connection()
    {
        using var cluster = new Cluster();
        Assert.Equal(1, InShell(cluster, ">&- 2>&-").ExitCode);
        Assert.Equal("mypassword", Cluster.PasswordIn(File.ReadAllText(cluster.AuthFile)));
        Assert.Single(cluster.Api.Requests);
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    public void A_stderr_that_is_closed_or_full_changes_nothing_else(string redirection)
    {
        using var cluster = new Cluster();
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), InShell(cluster, redirection));
        Assert.Equal(1, InShell(cluster, "--timeout=500ms --api-server=127.0.0.1:1 " + redirection).ExitCode);
    }

    [Fact]
    public void A_closed_reader_of_stdout_does_not_crash_it()
    {
        using var cluster = new Cluster();
        var run = InShell(cluster, "| true; exit ${PIPESTATUS[0]}");
        Assert.InRange(run.ExitCode, 0, 1);
        Assert.True(File.Exists(cluster.AuthFile));
    }

    [Theory]
    [InlineData("mount -t tmpfs -o nr_inodes=1,mode=0700 tmpfs AUTH", "No space left on device")]
    [InlineData("rmdir AUTH && touch AUTH", "Not a directory")]
    [InlineData("rmdir AUTH && ln -s /var AUTH", "it is a symbolic link")]
    [InlineData("rmdir AUTH && ln -s /nowhere AUTH", "it is a symbolic link")]
    [InlineData("rmdir AUTH && mkfifo AUTH", "Not a directory")]
    [InlineData("mkdir AUTH/" + Cluster.ArticleFileName, "Is a directory")]
    [InlineData("mkdir AUTH/" + Cluster.ArticleFileName + " && touch AUTH/.hand-over.lock", "Is a directory")]
    public void A_directory_that_cannot_take_the_file_is_a_clear_failure(string before, string why)
    {
        using var cluster = new Cluster();
        Directory.CreateDirectory(cluster.At("auth"));
        var run = InNamespace(
            cluster,
            before.Replace("AUTH", cluster.At("auth"), StringComparison.Ordinal),
            "--hand-over-timeout=1s"
        );
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.StartsWith("auth ", run.Stderr, StringComparison.Ordinal);
        Assert.Contains($": {why}; ", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(1, run.Stderr.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("rmdir AUTH")]
    [InlineData("chmod 0000 AUTH")] // root may; a directory of another user's would be refused
    [InlineData("mkdir AUTH/.hand-over.lock")]
    [InlineData("ln -s /etc/passwd AUTH/.hand-over.lock")]
    [InlineData("ln -s /etc/passwd AUTH/" + Cluster.ArticleFileName)]
    public void A_directory_that_is_odd_but_usable_takes_the_file(string before)
    {
        using var cluster = new Cluster();
        Directory.CreateDirectory(cluster.At("auth"));
        var passwords = File.ReadAllText("/etc/passwd");
        var run = InNamespace(
            cluster,
            before.Replace("AUTH", cluster.At("auth"), StringComparison.Ordinal),
            "--hand-over-timeout=1s",
            $"; code=$?; cp {cluster.AuthFile} {cluster.At("taken")}; exit $code"
        );
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.Equal("mypassword", Cluster.PasswordIn(File.ReadAllText(cluster.At("taken"))));
        Assert.Equal(passwords, File.ReadAllText("/etc/passwd"));
    }

    [Theory]
    [InlineData(
        "-f 0",
        "auth file \"AUTH/FILE\" could not be written: File too large; check the file system's free space, its mount "
            + "options and the directory's mode [CP603]\n"
    )]
    [InlineData("-n 3", "")]
    [InlineData("-n 6", "")]
    [InlineData("-n 8", "")]
    [InlineData("-n 10", "")]
    [InlineData("-n 12", "")]
    [InlineData("-n 16", "")]
    [InlineData("-u 1", "")]
    [InlineData("-s 64", "")]
    [InlineData("-v 65536", "")] // the runtime's own line: it cannot even start
    [InlineData("-v 300000", "")]
    [InlineData("-v 340000", "")]
    [InlineData("-v 380000", "")]
    [InlineData("-v 450000", "")]
    public void A_limit_that_is_too_low_leaves_nothing_behind_and_never_succeeds_by_half(string limit, string line)
    {
        using var cluster = new Cluster();
        var run = PublishedBinary.RunIn(
            "/bin/bash",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [],
            ["-c", $"ulimit {limit}; exec '{PublishedBinary.FilePath}' {string.Join(' ', cluster.Flags)}"]
        );
        if (run.ExitCode == 0)
        {
            Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
            Assert.Equal([Cluster.ArticleFileName], cluster.LeftInAuthDirectory);
        }
        else
        {
            Assert.Equal("", run.Stdout);

            // Where a native library gets no memory, the run dies by a signal: that is all it can tell.
            Assert.True(
                run.Stderr.Length > 0 || (limit.StartsWith("-v", StringComparison.Ordinal) && run.ExitCode > 128),
                $"a failure with code {run.ExitCode} and without a word"
            );
            Assert.StartsWith(
                line.Replace("AUTH/FILE", cluster.AuthFile, StringComparison.Ordinal),
                run.Stderr,
                StringComparison.Ordinal
            );
            Assert.Empty(cluster.LeftInAuthDirectory);
        }
    }

    [Theory]
    [InlineData("-n 64")]
    [InlineData("-v 1048576")]
    [InlineData("-c 0")]
    public void A_limit_as_services_have_it_changes_nothing(string limit)
    {
        using var cluster = new Cluster();
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            PublishedBinary.RunIn(
                "/bin/bash",
                Requests.For("docker.io/library/nginx", cluster.Token),
                [],
                ["-c", $"ulimit {limit}; exec '{PublishedBinary.FilePath}' {string.Join(' ', cluster.Flags)}"]
            )
        );
    }

    [Fact]
    public void A_directory_of_another_users_is_reported_at_each_run()
    {
        using var cluster = new Cluster();
        Directory.CreateDirectory(cluster.At("auth"), (UnixFileMode)0x1C0);
        Process.Start("chown", ["65534", cluster.At("auth")]).WaitForExit();
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), cluster.RunArticle());
        Assert.Equal(
            [
                $"Auth directory \"{cluster.At("auth")}\" belongs to user 65534, who can replace what is in it; chown "
                    + "it to root",
            ],
            cluster.Journal.Entries.Where(entry => entry["PRIORITY"] == "4").Select(entry => entry["MESSAGE"])
        );
    }

    /// <summary>Opening a pipe that nobody writes to would wait for ever, and the kubelet would kill without a
    /// word.</summary>
    [Theory]
    [InlineData(
        "--registries-conf",
        "\"FIFO\" cannot be read: it is not a regular file; name a regular file [CP301]\n"
    )]
    [InlineData(
        "--certificate-authority",
        "\"FIFO\" cannot be read: it is not a regular file; name a regular file [CP403]\n"
    )]
    [InlineData("--kubeconfig", "\"FIFO\" cannot be read: it is not a regular file; name a regular file [CP402]\n")]
    [InlineData(
        "--api-server-env-file",
        "\"FIFO\" cannot be read: it is not a regular file; name a regular file [CP401]\n"
    )]
    [InlineData("--kubelet-auth-file", "")] // the namespace's credentials are enough
    public void A_pipe_instead_of_a_file_does_not_block(string flag, string line)
    {
        using var cluster = new Cluster();
        Process.Start("mkfifo", [cluster.At("fifo")]).WaitForExit();
        string[] flags =
        [
            .. cluster.Flags.Where(f =>
                !f.StartsWith("--api-server=", StringComparison.Ordinal) || flag != "--api-server-env-file"
            ),
        ];
        flags =
        [
            .. flags.Where(f =>
                !f.StartsWith("--certificate-authority=", StringComparison.Ordinal) || flag != "--kubeconfig"
            ),
            $"{flag}={cluster.At("fifo")}",
        ];
        var start = Stopwatch.GetTimestamp();
        var run = PublishedBinary.Run(Requests.For("docker.io/library/nginx", cluster.Token), flags);
        Assert.Equal(
            new RunResult(
                line.Length == 0 ? 0 : 1,
                line.Length == 0 ? KubeletContractTests.Answer : "",
                line.Replace("FIFO", cluster.At("fifo"), StringComparison.Ordinal)
            ),
            run
        );
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 10);
    }

    /// <summary>The older file makes each run replace it: the one way on which there is a temporary name.</summary>
    [Theory]
    [InlineData(15, 0)] // SIGTERM
    [InlineData(2, 0)] // SIGINT
    [InlineData(9, 1)] // SIGKILL
    public void A_signal_at_any_moment_leaves_no_part_of_a_file(int signal, int temporaries)
    {
        using var cluster = new Cluster();
        cluster.RunArticle();
        var complete = File.ReadAllText(cluster.AuthFile);
        var whole = Enumerable.Range(0, 5).Select(_ => Undisturbed(cluster)).Order().ElementAt(2);
        var hits = 0;
        for (var i = 0; i < 100; i++)
        {
            Cluster.MakeOld(cluster.AuthFile, TimeSpan.FromMinutes(2));
            using var run = PublishedBinary.Start(
                Requests.For("docker.io/library/nginx", cluster.Token),
                cluster.Flags
            );

            // A hundred different moments of a run and a little beyond, the end denser than the start.
            var delay = whole * (1.2 * Math.Sqrt(i / 100.0));
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < delay; )
            {
                Thread.SpinWait(20);
            }

            hits +=
                Kill(run.Id, signal) == 0 && run.WaitForExit(TimeSpan.FromSeconds(10)) && run.ExitCode == 128 + signal
                    ? 1
                    : 0;
            Assert.True(run.WaitForExit(TimeSpan.FromSeconds(10)));
            Assert.Equal(complete, File.ReadAllText(cluster.AuthFile));
            var others = cluster.LeftInAuthDirectory.Except([Cluster.ArticleFileName]).ToList();
            Assert.InRange(others.Count, 0, temporaries);
            Assert.All(others, name => Assert.Matches("^\\.auth-[0-9a-f]{16}\\.tmp$", name));
            others.ForEach(name =>
                File.SetLastWriteTimeUtc(cluster.At("auth/" + name), DateTime.UtcNow.AddSeconds(-2))
            );
        }

        Assert.InRange(hits, 20, 100);
        Cluster.MakeOld(cluster.AuthFile, TimeSpan.FromMinutes(2));
        Assert.Equal(0, cluster.RunArticle().ExitCode);
        Assert.Equal([Cluster.ArticleFileName], cluster.LeftInAuthDirectory);
    }

    [Theory]
    [InlineData("not listening")]
    [InlineData("full")]
    [InlineData("a file")]
    [InlineData("a stream socket")]
    public void A_journal_that_takes_nothing_costs_no_pull_and_hardly_any_time(string journal)
    {
        using var cluster = new Cluster();
        var path = cluster.At("other-journal");
        using var socket = new Socket(
            AddressFamily.Unix,
            journal == "a stream socket" ? SocketType.Stream : SocketType.Dgram,
            ProtocolType.Unspecified
        );
        if (journal == "a file")
        {
            File.WriteAllText(path, "");
        }
        else
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
        }

        if (journal == "not listening")
        {
            socket.Dispose();
        }

        using var sender = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            Blocking = false,
        };
        if (journal == "full")
        {
            sender.Connect(new UnixDomainSocketEndPoint(path));
            Fill(sender);
        }

        var start = Stopwatch.GetTimestamp();
        Assert.Equal(
            new RunResult(0, KubeletContractTests.Answer, ""),
            cluster.RunArticle("--journal-socket=" + path, "--log-level=debug")
        );
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 5);
        Assert.True(File.Exists(cluster.AuthFile));
    }

    /// <summary>In a control group of its own, as root can make one.</summary>
    [Fact]
    public void Five_thousand_secrets_fit_into_64_MiB()
    {
        var group = new[] { "/sys/fs/cgroup/memory", "/sys/fs/cgroup" }.FirstOrDefault(root =>
            File.Exists(root + "/memory.limit_in_bytes") || File.Exists(root + "/cgroup.subtree_control")
        );
        group += $"/crio-cp-test-{Environment.ProcessId}";
        try
        {
            MakeGroup(group);
            using var cluster = new Cluster();
            AddSecrets(cluster, 5000);
            Assert.Equal(
                new RunResult(0, KubeletContractTests.Answer, ""),
                PublishedBinary.RunIn(
                    "/bin/bash",
                    Requests.For("docker.io/library/nginx", cluster.Token),
                    [],
                    [
                        "-c",
                        $"echo $$ >{group}/cgroup.procs && exec '{PublishedBinary.FilePath}' "
                            + $"{string.Join(' ', cluster.Flags)}",
                    ]
                )
            );
            Assert.Contains("Got 5001 secret(s)", cluster.Journal.Messages);
        }
        finally
        {
            if (Directory.Exists(group))
            {
                Directory.Delete(group);
            }
        }
    }

    private static void MakeGroup(string group)
    {
        try
        {
            Directory.CreateDirectory(group);
            var limit = new[] { group + "/memory.limit_in_bytes", group + "/memory.max" }.First(File.Exists);
            File.WriteAllText(limit, "67108864");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or InvalidOperationException)
        {
            Assert.Skip($"no control group with a memory limit can be made here (root can): {e.Message}");
        }
    }

    private static void Fill(Socket sender)
    {
        try
        {
            while (true)
            {
                sender.Send("x"u8);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
        {
            // Full.
        }
    }

    /// <summary>How long a run that replaces the file takes, from when it is started to its end.</summary>
    private static TimeSpan Undisturbed(Cluster cluster)
    {
        Cluster.MakeOld(cluster.AuthFile, TimeSpan.FromMinutes(2));
        using var run = PublishedBinary.Start(Requests.For("docker.io/library/nginx", cluster.Token), cluster.Flags);
        var start = Stopwatch.GetTimestamp();
        run.WaitForExit();
        Assert.Equal(0, run.ExitCode);
        return Stopwatch.GetElapsedTime(start);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private static void AddSecrets(Cluster cluster, int count)
    {
        for (var i = 0; i < count; i++)
        {
            cluster.Api.Add(
                Cluster
                    .ArticleSecret.Replace("my-secret", $"other-{i:0000}", StringComparison.Ordinal)
                    .Replace("bG9jYWxob3N0OjUwMDA", "bG9jYWxob3N0OjUwMDE", StringComparison.Ordinal)
            );
        }
    }

    private static RunResult InShell(Cluster cluster, string rest) =>
        PublishedBinary.RunIn(
            "/bin/bash",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [("PATH", Path)],
            ["-c", $"'{PublishedBinary.FilePath}' {string.Join(' ', cluster.Flags)} {rest}"]
        );

    private static RunResult InNamespace(Cluster cluster, string before, string flags, string after = "") =>
        PublishedBinary.RunIn(
            "/usr/bin/unshare",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [("PATH", Path)],
            [
                "-rm",
                "bash",
                "-c",
                $"{before} && '{PublishedBinary.FilePath}' {string.Join(' ', cluster.Flags)} {flags}{after}",
            ]
        );
}
