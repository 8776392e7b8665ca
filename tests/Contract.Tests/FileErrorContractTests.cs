// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// An error is not absence: where a file may be missing, only ENOENT and ENOTDIR mean that it is. strace lets the
/// system calls that look at one path fail.
/// </summary>
public sealed class FileErrorContractTests : IDisposable
{
    private static readonly string[] Looks =
    [
        "open",
        "openat",
        "openat2",
        "statx",
        "newfstatat",
        "stat",
        "lstat",
        "access",
        "faccessat2",
    ];

    private readonly Cluster cluster = new();

    public FileErrorContractTests()
    {
        Directory.CreateDirectory(cluster.At("auth"));
        File.WriteAllText(cluster.At("registries.conf.d/10-quay.conf"), "[[registry]]\nlocation = \"quay.io\"\n");
        File.WriteAllText(
            cluster.At("apiserver-url.env"),
            $"KUBERNETES_SERVICE_HOST=127.0.0.1\nKUBERNETES_SERVICE_PORT={cluster.Api.Port}\n"
        );
        File.WriteAllText(cluster.At("config.json"), """{"auths":{"quay.io":{"auth":"dTpw"}}}""");
        File.WriteAllText(
            cluster.At("kubeconfig"),
            "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters:\n- name: c\n  cluster:\n "
                + $"   server: https://127.0.0.1:{cluster.Api.Port}\n    certificate-authority: ca.crt\n"
        );
    }

    public void Dispose() => cluster.Dispose();

    [Theory]
    [InlineData(
        "registries.conf",
        "EPERM",
        "\"PATH\" cannot be read: Operation not permitted; make it readable for root [CP301]"
    )]
    [InlineData(
        "registries.conf",
        "EIO",
        "\"PATH\" cannot be read: Input/output error; make it readable for root [CP301]"
    )]
    [InlineData(
        "registries.conf.d",
        "EPERM",
        "\"PATH\" cannot be read: Operation not permitted; make it readable for root [CP301]"
    )]
    [InlineData(
        "registries.conf.d",
        "ELOOP",
        "\"PATH\" cannot be read: Too many levels of symbolic links; make it readable for root [CP301]"
    )]
    [InlineData(
        "registries.conf.d/10-quay.conf",
        "EACCES",
        "\"PATH\" cannot be read: Permission denied; make it readable for root [CP301]"
    )]
    [InlineData(
        "apiserver-url.env",
        "EPERM",
        "\"PATH\" cannot be read: Operation not permitted; make it readable for root [CP401]"
    )]
    [InlineData(
        "kubeconfig",
        "EPERM",
        "\"PATH\" cannot be read: Operation not permitted; make it readable for root [CP402]"
    )]
    [InlineData(
        "ca.crt",
        "EPERM",
        "\"PATH\" cannot be read: Operation not permitted; make it readable for root [CP403]"
    )]
    public void A_file_that_cannot_be_examined_fails_the_run(string name, string error, string line)
    {
        var run = RunWithError(name, error);
        Assert.Equal(
            new RunResult(1, "", line.Replace("PATH", cluster.At(name), StringComparison.Ordinal) + "\n"),
            run
        );
        Assert.False(File.Exists(cluster.AuthFile));
    }

    /// <summary>The namespace's credentials are enough without the node's own.</summary>
    [Fact]
    public void A_kubelets_auth_file_that_cannot_be_examined_is_a_warning()
    {
        var run = RunWithError("config.json", "EPERM");
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.Contains(cluster.Journal.Messages, message =>
            message.StartsWith(
                $"the kubelet's auth file \"{cluster.At("config.json")}\" cannot be used: Operation not permitted",
                StringComparison.Ordinal
            )
        );
    }

    /// <summary>Else a run would take a well-known kubeconfig for the one that the kubelet uses.</summary>
    [Fact]
    public void The_kubelets_command_line_that_cannot_be_read_fails_a_run_that_needs_the_kubeconfig()
    {
        var (run, trace) = RunBelow("--kubelet-root-dir=" + cluster.At("kubelet"));
        Assert.Equal(
            "the kubelet's command line, which may name its kubeconfig, cannot be read: Operation not "
                + "permitted; name the kubeconfig with --kubeconfig [CP402]\n",
            run.Stderr
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("INJECTED", trace, StringComparison.Ordinal);
    }

    /// <summary>The files of a namespace that CRI-O has not taken are bounded: uncounted, they would not be.</summary>
    [Fact]
    public void CRI_Os_directory_that_cannot_be_listed_fails_the_run()
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
                "-P",
                cluster.At("auth"),
                "-e",
                "trace=getdents64",
                "-e",
                "inject=getdents64:error=EIO",
                PublishedBinary.FilePath,
                .. cluster.Flags,
            ]
        );
        Assert.StartsWith(
            $"auth directory \"{cluster.At("auth")}\" cannot be used: Input/output error; ",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.Equal(1, run.ExitCode);
        Assert.False(File.Exists(cluster.AuthFile));
    }

    /// <summary>It may belong to another account's pull, and a failed run does not remove such a file.</summary>
    [Theory]
    [InlineData("EIO", true)]
    [InlineData("EPERM", true)]
    [InlineData("ENODATA", false)]
    [InlineData("EOPNOTSUPP", false)]
    public void A_file_whose_mark_cannot_be_read_stays_where_a_run_fails(string error, bool stays)
    {
        File.WriteAllText(cluster.AuthFile, "{}");
        Cluster.MakeOld(cluster.AuthFile, TimeSpan.FromMinutes(1));
        var run = PublishedBinary.RunIn(
            "/usr/bin/strace",
            Requests.For("docker.io/library/nginx", cluster.Api.Issue("default", "stranger")),
            [],
            [
                "-f",
                "-qq",
                "-o",
                cluster.At("trace"),
                "-e",
                "trace=fgetxattr",
                "-e",
                $"inject=fgetxattr:error={error}",
                PublishedBinary.FilePath,
                .. cluster.Flags,
            ]
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("INJECTED", File.ReadAllText(cluster.At("trace")), StringComparison.Ordinal);
        Assert.Equal(stays, File.Exists(cluster.AuthFile));
        Assert.Equal(
            stays,
            cluster.Journal.Messages.Any(message =>
                message.EndsWith(": it may belong to another pull", StringComparison.Ordinal)
            )
        );
    }

    /// <summary>
    /// Where the kubelet keeps its intents is not known then: they are not used, and their absence proves nothing.
    /// </summary>
    [Fact]
    public void The_kubelets_command_line_that_cannot_be_read_leaves_the_intents_unused()
    {
        File.WriteAllText(cluster.AuthFile, "{}");
        Cluster.MakeOld(cluster.AuthFile, TimeSpan.FromSeconds(3));
        var (run, trace) = RunBelow($"--api-server=127.0.0.1:{cluster.Api.Port}", "--hand-over-timeout=5s");
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.Contains("INJECTED", trace, StringComparison.Ordinal);
        Assert.Contains(cluster.Journal.Messages, message =>
            message.StartsWith(
                "The kubelet's pull intents are not used, and the age of auth files decides: the kubelet's "
                    + "command line",
                StringComparison.Ordinal
            )
        );
    }

    [Theory]
    [InlineData("registries.conf.d", "ENOENT")]
    [InlineData("registries.conf.d", "ENOTDIR")]
    [InlineData("registries.conf.d/10-quay.conf", "ENOENT")]
    [InlineData("config.json", "ENOENT")]
    [InlineData("config.json", "ENOTDIR")]
    public void What_is_not_there_is_skipped(string name, string error) =>
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), RunWithError(name, error));

    /// <summary>
    /// The shell is the parent: with -D, strace takes the place of the program and traces from beside it.
    /// </summary>
    private (RunResult Run, string Trace) RunBelow(params string[] more)
    {
        string[] flags =
        [
            .. cluster.Flags.Where(flag =>
                !flag.StartsWith("--api-server", StringComparison.Ordinal)
                && !flag.StartsWith("--kubelet-root-dir", StringComparison.Ordinal)
            ),
            "--api-server-env-file=/none",
            .. more,
        ];
        var run = PublishedBinary.RunIn(
            "/bin/bash",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [("PATH", "/usr/bin:/bin")],
            [
                "-c",
                "strace -D -f -qq -o \"$0\" -P /proc/$$/cmdline -e trace=open,openat -e "
                    + "inject=open,openat:error=EPERM \"$@\"; "
                    + "status=$?; for i in $(seq 100); do grep -q INJECTED \"$0\" && break; sleep 0.05; done; "
                    + "exit $status",
                cluster.At("trace"),
                PublishedBinary.FilePath,
                .. flags,
            ]
        );
        return (run, File.ReadAllText(cluster.At("trace")));
    }

    private RunResult RunWithError(string name, string error)
    {
        var flags = cluster.Flags.Where(flag => !flag.StartsWith("--api-server=", StringComparison.Ordinal));
        if (name == "kubeconfig")
        {
            flags = flags
                .Where(flag =>
                    !flag.StartsWith("--certificate", StringComparison.Ordinal)
                    && !flag.StartsWith("--api-server-env", StringComparison.Ordinal)
                )
                .Append($"--kubeconfig={cluster.At("kubeconfig")}");
        }

        var calls = string.Join(',', Looks);
        var run = PublishedBinary.RunIn(
            "/usr/bin/strace",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [],
            [
                "-f",
                "-qq",
                "-o",
                cluster.At("trace"),
                "-P",
                cluster.At(name),
                "-e",
                "trace=" + calls,
                "-e",
                $"inject={calls}:error={error}",
                PublishedBinary.FilePath,
                .. flags,
            ]
        );
        Assert.Contains("INJECTED", File.ReadAllText(cluster.At("trace")), StringComparison.Ordinal);
        return run;
    }
}
