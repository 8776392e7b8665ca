// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>File systems and limits in which the auth file cannot be written as usual.</summary>
public sealed class AuthFileWriteContractTests : IDisposable
{
    private readonly Cluster cluster = new();

    public AuthFileWriteContractTests() => Directory.CreateDirectory(cluster.At("auth"));

    public void Dispose() => cluster.Dispose();

    /// <summary>One namespace must not fill the file system that the pulls of all others need.</summary>
    [Fact]
    public void The_last_16_MiB_of_a_file_system_stay_free()
    {
        var run = InShell($"mount -t tmpfs -o size=16m,mode=0700 tmpfs {cluster.At("auth")}");
        Assert.Matches(
            $"""^the file system of auth directory "{cluster.At("auth")}" has only [0-9]+ bytes free, .* \[CP606\]\n$""",
            run.Stderr
        );
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
    }

    /// <summary>The kernel's signal for this, SIGXFSZ, would end the run without a word.</summary>
    [Fact]
    public void A_limit_of_the_file_size_is_a_clear_failure_that_leaves_nothing_behind()
    {
        var run = InShell("ulimit -f 0");
        Assert.Equal(
            $"auth file \"{cluster.AuthFile}\" could not be written: File too large; check the file system's free space, "
                + "its mount options and the directory's mode [CP603]\n",
            run.Stderr
        );
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.Empty(Directory.GetFileSystemEntries(cluster.At("auth")));
    }

    /// <summary>strace makes the openat(2) fail that asks for a file without a name, as on NFS.</summary>
    [Theory]
    [InlineData("true", 0)]
    [InlineData("ulimit -f 0", 1)]
    public void A_file_system_without_O_TMPFILE_gets_the_file_by_a_rename(string limit, int exitCode)
    {
        var trace = cluster.At("trace");
        var run = InShell(
            limit,
            $"strace -f -qq -o {trace} -P {cluster.At("auth")} -e trace=openat,renameat,renameat2 "
                + "-e inject=openat:error=EOPNOTSUPP:when=4"
        );
        Assert.Equal(exitCode, run.ExitCode);
        var calls = File.ReadAllLines(trace);
        Assert.Single(calls, line =>
            line.Contains("O_TMPFILE", StringComparison.Ordinal)
            && line.EndsWith("(INJECTED)", StringComparison.Ordinal)
        );
        Assert.Single(calls, line => line.Contains("O_CREAT|O_EXCL", StringComparison.Ordinal));
        Assert.Equal(exitCode == 0 ? [cluster.AuthFile] : [], Directory.GetFileSystemEntries(cluster.At("auth")));
    }

    private RunResult InShell(string before, string tracer = "") =>
        PublishedBinary.RunIn(
            "/usr/bin/unshare",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")],
            [
                "-rm",
                "bash",
                "-c",
                $"{tracer} bash -c '{before} && exec \"$@\"' bash '{PublishedBinary.FilePath}' "
                    + string.Join(' ', cluster.Flags),
            ]
        );
}
