// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// Variables that the kubelet may have inherited from anywhere: none of these loads code into a run, writes down what
/// it says, opens a door to it, or changes whom it trusts. Which others have an effect is said in docs/adr/0017.
/// </summary>
public sealed class EnvironmentContractTests : IDisposable
{
    private readonly Cluster cluster = new();

    public EnvironmentContractTests() => Directory.CreateDirectory(Outside);

    public void Dispose() => cluster.Dispose();

    /// <summary>Where anything that is written or loaded would show.</summary>
    private string Outside => cluster.At("outside");

    [Theory]
    [InlineData("OPENSSL_CONF=LIBRARY.cnf")]
    [InlineData("OPENSSL_CONF=include.cnf", "OPENSSL_CONF_INCLUDE=OUTSIDE")]
    [InlineData("OPENSSL_MODULES=OUTSIDE", "OPENSSL_ENGINES=OUTSIDE")]
    [InlineData("SSLKEYLOGFILE=OUTSIDE/keys")]
    [InlineData("SSLKEYLOGFILE=OUTSIDE/keys", "DOTNET_SYSTEM_NET_ENABLESSLKEYLOGGING=1")]
    [InlineData("DOTNET_OPENSSL_VERSION_OVERRIDE=/../library.so", "CLR_OPENSSL_VERSION_OVERRIDE=/../library.so")]
    [InlineData(
        "CORECLR_ENABLE_PROFILING=1",
        "CORECLR_PROFILER={846f5f1c-f9ae-4b07-969e-05c26bc060d8}",
        "CORECLR_PROFILER_PATH=LIBRARY.so"
    )]
    [InlineData("DOTNET_STARTUP_HOOKS=LIBRARY.so")]
    [InlineData("DOTNET_GCName=LIBRARY.so", "DOTNET_GCPath=LIBRARY.so")]
    [InlineData("DOTNET_EnableEventPipe=1", "DOTNET_EventPipeOutputPath=OUTSIDE/trace")]
    [InlineData("DOTNET_DbgEnableMiniDump=1", "DOTNET_DbgMiniDumpName=OUTSIDE/dump")]
    [InlineData("COMPlus_GCHeapHardLimit=1")]
    [InlineData("GCONV_PATH=OUTSIDE", "LOCPATH=OUTSIDE", "LC_ALL=xx_XX.UTF-16")]
    [InlineData("TMPDIR=OUTSIDE", "HOME=OUTSIDE", "XDG_RUNTIME_DIR=OUTSIDE", "XDG_CONFIG_HOME=OUTSIDE")]
    [InlineData("NODE_EXTRA_CA_CERTS=OUTSIDE", "TZ=OUTSIDE/zone", "TERM=xterm", "TERMINFO=OUTSIDE")]
    [InlineData(
        "HTTPS_PROXY=http://127.0.0.1:1",
        "HTTP_PROXY=http://127.0.0.1:1",
        "ALL_PROXY=http://127.0.0.1:1",
        "NO_PROXY="
    )]
    public void A_variable_that_could_redirect_the_runtime_or_the_TLS_library_has_no_effect(params string[] variables)
    {
        MakeLibrary();
        var before = Directory.GetFileSystemEntries(Outside);
        foreach (var binary in new[] { PublishedBinary.FilePath, PublishedBinary.FilePath + "-dynamic" })
        {
            var run = RunWith(binary, variables);
            Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
            Assert.Equal("mypassword", Cluster.PasswordIn(File.ReadAllText(cluster.AuthFile)));
            Assert.Equal(before, Directory.GetFileSystemEntries(Outside));
            File.Delete(cluster.AuthFile);
        }
    }

    /// <summary>The library does show when it is loaded: else the test above could not fail.</summary>
    [Fact]
    public void A_library_that_is_loaded_would_show()
    {
        MakeLibrary();
        PublishedBinary.RunIn("/bin/cat", [], [("LD_PRELOAD", cluster.At("library.so"))], []);
        Assert.True(File.Exists(System.IO.Path.Combine(Outside, "loaded")));
    }

    [Fact]
    public void While_a_run_talks_to_the_API_server_it_does_not_listen()
    {
        using var certificate = cluster.Authority.Issue(["kubernetes.default.svc"]);
        using var silent = new FaultyServer(_ => Task.CompletedTask, certificate, (_, _, _) => Task.CompletedTask);
        File.WriteAllBytes(cluster.At("request"), Requests.For("docker.io/library/nginx", cluster.Token));
        var result = PublishedBinary.RunIn(
            "/bin/bash",
            [],
            [
                ("PATH", "/usr/bin:/bin"),
                ("TMPDIR", Outside),
                ("DOTNET_EnableDiagnostics", "1"),
                ("DOTNET_DiagnosticPorts", Outside + "/port"),
            ],
            [
                "-c",
                $"'{PublishedBinary.FilePath}' {string.Join(' ', cluster.Flags)} --api-server=127.0.0.1:{silent.Port} "
                    + $"<'{cluster.At("request")}' & p=$!; "
                    + $"for i in $(seq 100); do grep -qi ':{silent.Port:X4} 01 ' /proc/net/tcp /proc/net/tcp6 && "
                    + "break; sleep 0.05; done; "
                    + "for fd in /proc/$p/fd/*; do readlink $fd; done | sed -n 's/^socket:.\\([0-9]*\\).$/\\1/p' "
                    + ">sockets; "
                    + "grep -c . sockets; grep -wFf sockets /proc/net/unix; awk '$4 == \"0A\"' /proc/net/tcp "
                    + $"/proc/net/tcp6 | grep -wFf sockets; rm sockets; kill $p; ls -A '{Outside}'",
            ]
        );

        // The journal's socket is connected, not bound: it stands without a path in the table. No socket listens.
        var lines = result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(int.Parse(lines[0]), 1, 4);
        Assert.All(lines[1..], line => Assert.DoesNotContain(" 00010000 ", line, StringComparison.Ordinal));
        Assert.All(lines[1..], line => Assert.DoesNotContain("/", line, StringComparison.Ordinal));
    }

    [Fact]
    public void The_CA_files_of_the_environment_are_not_trusted_beside_the_clusters_CA()
    {
        var other = new KubernetesApiStandIn.Authority("other");
        using var certificate = other.Issue(["kubernetes.default.svc"]);
        using var server = new KubernetesApiStandIn.ApiServer(certificate);
        File.WriteAllText(cluster.At("other.crt"), other.Pem);
        var run = RunWith(
            [$"SSL_CERT_FILE={cluster.At("other.crt")}", $"SSL_CERT_DIR={cluster.Folder}"],
            $"--api-server=127.0.0.1:{server.Port}"
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "is not trusted: its certificate is not signed by the CA of ",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.Empty(server.Requests);
    }

    /// <summary>
    /// What the program sets for itself leads nowhere, and what a person has set must not change what others print.
    /// </summary>
    [Fact]
    public void A_program_that_a_command_starts_has_an_environment_of_its_own()
    {
        Directory.CreateDirectory(cluster.At("bin"));
        File.WriteAllText(
            cluster.At("bin/journalctl"),
            $"#!/bin/sh\ncat /proc/$$/environ >'{cluster.At("environment")}'\n"
        );
        File.SetUnixFileMode(cluster.At("bin/journalctl"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var path = $"{cluster.At("bin")}:/usr/bin:/bin";
        _ = PublishedBinary.RunIn(
            PublishedBinary.FilePath,
            [],
            [
                ("PATH", path),
                ("HOME", Outside),
                ("SSL_CERT_FILE", Outside),
                ("LC_ALL", "de_DE"),
                ("SYSTEMD_COLORS", "1"),
            ],
            ["explain", "--pod", "team-a/web"]
        );
        Assert.Equal(
            ["LC_ALL=C.UTF-8", $"PATH={path}"],
            File.ReadAllText(cluster.At("environment"))
                .Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Each of these threads would show as one more clone(2).</summary>
    [Fact]
    public void The_frameworks_own_switches_are_dropped()
    {
        var threads = Threads([]);
        Assert.InRange(threads, 2, 12);
        Assert.InRange(
            Threads([
                ("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "40"),
                ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "0"),
            ]),
            2,
            threads + 2
        );

        int Threads((string, string)[] variables)
        {
            var run = PublishedBinary.RunIn(
                "/usr/bin/strace",
                Requests.For("docker.io/library/nginx", cluster.Token),
                variables,
                [
                    "-f",
                    "-qq",
                    "-o",
                    cluster.At("trace"),
                    "-e",
                    "trace=set_robust_list",
                    PublishedBinary.FilePath,
                    .. cluster.Flags,
                ]
            );
            Assert.Equal(0, run.ExitCode);
            File.Delete(cluster.AuthFile);
            return File.ReadAllLines(cluster.At("trace"))
                .Count(line => line.Contains("set_robust_list(", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_system_store_of_the_environment_is_used_if_the_cluster_has_no_CA()
    {
        using var server = new KubernetesApiStandIn.ApiServer(cluster.Authority.Issue(["localhost"]));
        File.WriteAllText(
            cluster.At("kubeconfig"),
            "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters:\n- name: c\n  cluster:\n "
                + $"   server: https://localhost:{server.Port}\n"
        );
        Directory.CreateDirectory(cluster.At("store"));
        File.Copy(cluster.At("ca.crt"), cluster.At("store/0a1b2c3d.0"));
        foreach (
            var (variable, isTrusted) in new[]
            {
                ($"SSL_CERT_FILE={cluster.At("ca.crt")}", true),
                ($"SSL_CERT_DIR=/none:{cluster.At("store")}", true),
                ("OTHER=", false),
            }
        )
        {
            var asked = server.Requests.Count;
            var run = PublishedBinary.RunIn(
                "/usr/bin/env",
                Requests.For("docker.io/library/nginx", cluster.Token),
                [],
                [
                    variable,
                    PublishedBinary.FilePath,
                    .. cluster.Flags.Where(f =>
                        !f.StartsWith("--api-server", StringComparison.Ordinal)
                        && !f.StartsWith("--certificate", StringComparison.Ordinal)
                    ),
                    $"--kubeconfig={cluster.At("kubeconfig")}",
                ]
            );

            // The other API server does not know the token: that it was asked shows that it was trusted.
            Assert.Equal((1, isTrusted), (run.ExitCode, server.Requests.Count > asked));
            Assert.Equal(!isTrusted, run.Stderr.Contains("is not trusted", StringComparison.Ordinal));
        }
    }

    /// <summary>The runtime reads its memory limit from the environment before any of our code runs.</summary>
    [Fact]
    public void A_variable_that_keeps_the_runtime_from_starting_is_a_failure_and_no_half_success()
    {
        var run = RunWith(["DOTNET_GCHeapHardLimit=1"]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("", run.Stdout);
        Assert.Empty(cluster.LeftInAuthDirectory);
    }

    private RunResult RunWith(string[] variables, params string[] more) =>
        RunWith(PublishedBinary.FilePath, variables, more);

    /// <summary>In the folder of the library: what is loaded from there would be found.</summary>
    private RunResult RunWith(string binary, string[] variables, params string[] more) =>
        PublishedBinary.RunIn(
            "/usr/bin/env",
            Requests.For("docker.io/library/nginx", cluster.Token),
            variables
                .Select(v =>
                    v.Replace("OUTSIDE", Outside, StringComparison.Ordinal)
                        .Replace("LIBRARY", cluster.At("library"), StringComparison.Ordinal)
                        .Split('=', 2)
                )
                .Select(v =>
                    (
                        v[0],
                        v[1].EndsWith(".cnf", StringComparison.Ordinal)
                            ? cluster.At(System.IO.Path.GetFileName(v[1]))
                            : v[1]
                    )
                ),
            ["-C", cluster.At(""), binary, .. cluster.Flags, .. more]
        );

    /// <summary>A shared library that leaves a file behind when it is loaded, and OpenSSL configurations that name
    /// it.</summary>
    private void MakeLibrary()
    {
        File.WriteAllText(
            cluster.At("library.c"),
            $"#include <fcntl.h>\n__attribute__((constructor)) static void loaded(void) {{ open(\"{Outside}/loaded\", "
                + "O_CREAT | O_WRONLY, 0600); }\n"
        );
        using var compiler = Process.Start(
            "gcc",
            ["-shared", "-fPIC", "-o", cluster.At("library.so"), cluster.At("library.c")]
        );
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        // The framework puts its variable behind "libssl.so.": with this folder, a path can follow.
        Directory.CreateDirectory(cluster.At("libssl.so."));
        foreach (var module in new[] { "default.so", "legacy.so", "fips.so" })
        {
            File.Copy(cluster.At("library.so"), System.IO.Path.Combine(Outside, module));
        }

        File.WriteAllText(System.IO.Path.Combine(Outside, "more.cnf"), Configuration(cluster.At("library.so")));
        File.WriteAllText(cluster.At("library.cnf"), Configuration(cluster.At("library.so")));
        File.WriteAllText(cluster.At("include.cnf"), ".include more.cnf\n");
    }

    private static string Configuration(string library) =>
        $"""
            openssl_conf = start
            [start]
            providers = all
            [all]
            other = other_section
            default = default_section
            [default_section]
            activate = 1
            [other_section]
            module = {library}
            activate = 1

            """;
}
