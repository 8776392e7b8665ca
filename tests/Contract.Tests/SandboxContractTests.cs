// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>What a run can no longer do once it talks to the network (docs/adr/0024).</summary>
public sealed class SandboxContractTests : IDisposable
{
    private const string Enosys = "-38";
    private const string Eacces = "-13";
    private const string Eafnosupport = "-97";

    private readonly Cluster cluster = new();
    private readonly FaultyServer silent;

    public SandboxContractTests()
    {
        Directory.CreateDirectory(cluster.At("auth"));
        File.WriteAllText(cluster.At("planted"), "#!/bin/sh\n: >ran\n");
        File.SetUnixFileMode(cluster.At("planted"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var certificate = cluster.Authority.Issue(["kubernetes.default.svc"]);
        silent = new FaultyServer(_ => Task.CompletedTask, certificate, (_, _, _) => Task.CompletedTask);
    }

    public void Dispose()
    {
        silent.Dispose();
        cluster.Dispose();
    }

    /// <summary>The calls of x86-64, as code in the process would make them: gdb sets the registers.</summary>
    [Fact]
    public void A_call_that_is_planted_into_a_run_that_waits_for_the_API_server_fails()
    {
        Planted[] planted =
        [
            new(59, cluster.At("planted"), 0, 0), // execve
            new(322, cluster.At("planted"), 0, 0), // execveat
            new(41, null, 16, 3), // socket(AF_NETLINK, SOCK_RAW)
            new(41, null, 1, 1), // socket(AF_UNIX, SOCK_STREAM), for example to CRI-O
            new(101, null, 16, 1), // ptrace(PTRACE_ATTACH, 1)
            new(57, null, 0, 0), // fork
            new(2, "/etc/shadow", 0, 0), // open(O_RDONLY)
            new(2, cluster.At("registries.conf"), 1, 0), // open(O_WRONLY)
            new(2, cluster.At("made"), 0x41, 0x180), // open(O_CREAT | O_WRONLY)
            new(2, cluster.At("auth/made"), 0x41, 0x180), // open(O_CREAT | O_WRONLY), which a run needs
        ];
        using var run = StartAndWaitForConnection();
        var results = Plant(run, planted);
        run.Kill();
        Assert.Equal(
            [Enosys, Enosys, Eafnosupport, Eafnosupport, Enosys, Enosys, Eacces, Eacces, Eacces],
            results[..^1]
        );
        Assert.True(int.Parse(results[^1], CultureInfo.InvariantCulture) > 2, results[^1]);
        Assert.False(File.Exists(cluster.At("made")));
    }

    /// <summary>Else the test above could not fail: before a run has read its request, it can do all of that.</summary>
    [Fact]
    public void The_same_calls_succeed_before_the_sandbox()
    {
        using var run = Process.Start(
            new ProcessStartInfo(PublishedBinary.FilePath, cluster.Flags)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        WaitUntil(() => State(run.Id).Contains("State:\tS", StringComparison.Ordinal));
        var results = Plant(
            run,
            [
                new(41, null, 16, 3),
                new(41, null, 1, 1),
                new(2, "/etc/shadow", 0, 0),
                new(2, cluster.At("registries.conf"), 1, 0),
                new(2, cluster.At("made"), 0x41, 0x180),
            ]
        );
        run.Kill();
        Assert.All(results, result => Assert.True(int.Parse(result, CultureInfo.InvariantCulture) > 2, result));
        Assert.True(File.Exists(cluster.At("made")));
    }

    /// <summary>0xe is CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH and CAP_FOWNER; 2 is a filter.</summary>
    [Fact]
    public void Each_thread_of_a_run_is_restricted()
    {
        using var run = StartAndWaitForConnection();
        var threads = Directory
            .GetDirectories($"/proc/{run.Id}/task")
            .Select(thread => File.ReadAllLines(thread + "/status"))
            .ToList();
        run.Kill();
        Assert.InRange(threads.Count, 3, 30);
        Assert.All(threads, status =>
        {
            var ours = Capabilities("CapPrm") & 0xE;
            Assert.Equal(0u, ours & ~0xEu);
            Assert.Equal(ours, Capabilities("CapEff"));
            Assert.Equal(0u, Capabilities("CapInh"));
            Assert.Contains("NoNewPrivs:\t1", status);
            Assert.Contains("Seccomp:\t2", status);
            uint Capabilities(string set) =>
                uint.Parse(
                    status.Single(line => line.StartsWith(set, StringComparison.Ordinal)).Split('\t')[1],
                    NumberStyles.HexNumber,
                    CultureInfo.InvariantCulture
                );
        });
    }

    [Theory]
    [InlineData("seccomp", "EINVAL", "seccomp (Invalid argument)")]
    [InlineData("landlock_create_ruleset", "EOPNOTSUPP", "Landlock (Operation not supported)")]
    [InlineData("landlock_restrict_self", "E2BIG", "Landlock (Argument list too long)")]
    [InlineData("capset", "EPERM", "dropping capabilities (Operation not permitted)")]
    public void What_the_kernel_refuses_is_a_line_at_debug_and_costs_no_pull(string call, string error, string refused)
    {
        var run = Traced(
            ["-e", "trace=" + call, "-e", $"inject={call}:error={error}"],
            ["--log-level=debug"],
            out var trace
        );
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.Contains("INJECTED", trace, StringComparison.Ordinal);
        Assert.Contains($"The sandbox is incomplete, without: {refused}", cluster.Journal.Messages);
    }

    /// <summary>
    /// A rule needs a directory, so a run makes those that it will need before it enters the sandbox.
    /// </summary>
    [Fact]
    public void The_first_run_on_a_node_has_the_whole_sandbox()
    {
        Directory.Delete(cluster.At("auth"));
        var deeper = cluster.At("etc/crio/auth");
        var run = Traced(
            ["-e", "trace=landlock_restrict_self,connect"],
            ["--log-level=debug", $"--auth-dir={deeper}"],
            out var trace
        );
        Assert.Equal(0, run.ExitCode);
        var calls = trace.Split('\n').Where(line => !line.Contains("AF_UNIX", StringComparison.Ordinal)).ToList();
        var restricted = calls.FindIndex(line =>
            line.Contains("landlock_restrict_self(", StringComparison.Ordinal)
            && line.EndsWith("= 0", StringComparison.Ordinal)
        );
        Assert.InRange(restricted, 0, calls.FindIndex(line => line.Contains("connect(", StringComparison.Ordinal)));
        Assert.DoesNotContain(cluster.Journal.Messages, message =>
            message.Contains("sandbox", StringComparison.Ordinal)
        );
        Assert.True(File.Exists(Path.Combine(deeper, Cluster.ArticleFileName)));
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(deeper));
        Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode(cluster.At("etc/crio")));
    }

    [Fact]
    public void A_directory_that_cannot_be_made_fails_the_run_with_the_reason_and_leaves_out_Landlock_alone()
    {
        File.WriteAllText(cluster.At("file"), "");
        var run = cluster.RunArticle("--log-level=debug", $"--auth-dir={cluster.At("file/auth")}");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"auth directory \"{cluster.At("file/auth")}\" cannot be used: Not a directory; ",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"The sandbox is incomplete, without: Landlock (\"{cluster.At("file/auth")}\": Not a directory)",
            cluster.Journal.Messages
        );
    }

    /// <summary>
    /// A call that the filter does not know, but the framework or libc makes, would show here first: each of them falls
    /// back, and may fall back to something worse.
    /// </summary>
    [Fact]
    public void The_filter_refuses_nothing_that_a_run_calls_but_clone3()
    {
        var run = Traced(["-e", "status=failed"], ["--log-level=debug"], out var trace);
        Assert.Equal(0, run.ExitCode);
        var lines = trace.Split('\n');
        Assert.Contains(lines, line =>
            line.Contains("clone3", StringComparison.Ordinal) && line.Contains("ENOSYS", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(lines, line =>
            (line.Contains("ENOSYS", StringComparison.Ordinal) && !line.Contains("clone3", StringComparison.Ordinal))
            || line.Contains(" EPERM", StringComparison.Ordinal)
            || line.Contains("EACCES", StringComparison.Ordinal)
            || line.Contains("EAFNOSUPPORT", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(cluster.Journal.Messages, message =>
            message.Contains("sandbox", StringComparison.Ordinal)
        );
    }

    /// <summary>The sandbox begins before the first byte from the network, and where hardly a thread runs
    /// yet.</summary>
    [Fact]
    public void No_connection_is_made_before_the_filter_is_in_force()
    {
        _ = Traced(["-e", "trace=seccomp,connect,recvfrom,clone3,clone"], [], out var trace);
        var calls = trace.Split('\n').Where(line => !line.Contains("AF_UNIX", StringComparison.Ordinal)).ToList();
        var filter = calls.FindIndex(line =>
            line.Contains("seccomp(SECCOMP_SET_MODE_FILTER", StringComparison.Ordinal)
        );
        Assert.Single(calls[..filter], line => line.Contains("clone3(", StringComparison.Ordinal));
        Assert.Contains(calls[filter..], line => line.Contains("connect(", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("explain", "docker.io/library/nginx", "--no-secrets")]
    [InlineData("doctor", "CP007")]
    [InlineData("--version")]
    public void A_command_for_people_runs_without_it(params string[] arguments)
    {
        _ = Traced(["-e", "trace=seccomp,landlock_create_ruleset,capset"], arguments, out var trace, flags: []);
        Assert.DoesNotContain("seccomp(", trace, StringComparison.Ordinal);
        Assert.DoesNotContain("landlock", trace, StringComparison.Ordinal);
        Assert.DoesNotContain("capset", trace, StringComparison.Ordinal);
    }

    /// <param name="Number">Of x86-64.</param>
    /// <param name="Path">The first argument, if that is a path.</param>
    /// <param name="Second">The first argument where there is no path, else the second.</param>
    /// <param name="Third">The one after it.</param>
    private sealed record Planted(int Number, string? Path, long Second, long Third);

    /// <summary>Lets the main thread, which sleeps in a system call, make others.</summary>
    /// <returns>What each call returned: errno is negative, as the kernel gives it.</returns>
    private string[] Plant(Process run, Planted[] calls)
    {
        var script = new StringBuilder("set pagination off\nset $call = $rip - 2\nset $text = $rsp - 8192\n");
        foreach (var call in calls)
        {
            script
                .AppendLine("set $orig_rax = -1")
                .AppendLine("set $rip = $call")
                .AppendLine($"set $rax = {call.Number}");
            var arguments = call.Path is null ? (long[])[call.Second, call.Third, 0] : [0, call.Second, call.Third];
            if (call.Path is { } path)
            {
                var bytes = Encoding.UTF8.GetBytes(path + new string('\0', 8));
                for (var at = 0; at + 8 <= bytes.Length; at += 8)
                {
                    script.AppendLine($"set {{long}}($text + {at}) = {BitConverter.ToInt64(bytes, at)}");
                }
            }

            script.AppendLine(call.Path is null ? $"set $rdi = {arguments[0]}" : "set $rdi = $text");
            script.AppendLine($"set $rsi = {arguments[1]}").AppendLine($"set $rdx = {arguments[2]}");
            script.AppendLine("stepi").AppendLine("printf \"planted %ld\\n\", $rax");
        }

        File.WriteAllText(cluster.At("plant.gdb"), script.ToString());
        using var gdb = Process.Start(
            new ProcessStartInfo(
                "gdb",
                ["-nx", "-batch", "-p", run.Id.ToString(CultureInfo.InvariantCulture), "-x", cluster.At("plant.gdb")]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = gdb.StandardError.ReadToEndAsync();
        var results = gdb
            .StandardOutput.ReadToEnd()
            .Split('\n')
            .Where(line => line.StartsWith("planted ", StringComparison.Ordinal))
            .Select(line => line[8..])
            .ToArray();
        gdb.WaitForExit();
        Assert.True(results.Length == calls.Length, errors.Result);
        return results;
    }

    private Process StartAndWaitForConnection()
    {
        var run = PublishedBinary.Start(
            Requests.For("docker.io/library/nginx", cluster.Token),
            [.. cluster.Flags, $"--api-server=127.0.0.1:{silent.Port}"]
        );
        var connected = $":{silent.Port:X4} 01 ";
        WaitUntil(() =>
            File.ReadAllText("/proc/net/tcp6").Contains(connected, StringComparison.Ordinal)
            || File.ReadAllText("/proc/net/tcp").Contains(connected, StringComparison.Ordinal)
        );
        return run;
    }

    private RunResult Traced(string[] strace, string[] arguments, out string trace, string[]? flags = null)
    {
        var run = PublishedBinary.RunIn(
            "/usr/bin/strace",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [],
            [
                "-f",
                "-qq",
                "-o",
                cluster.At("trace"),
                .. strace,
                PublishedBinary.FilePath,
                .. flags ?? cluster.Flags,
                .. arguments,
            ]
        );
        trace = File.ReadAllText(cluster.At("trace"));
        return run;
    }

    private static string State(int process) => File.ReadAllText($"/proc/{process}/status");

    private static void WaitUntil(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "it did not come");
            Thread.Sleep(10);
        }
    }
}
