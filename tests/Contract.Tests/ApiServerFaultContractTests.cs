// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using CrioCredentialProvider.TestSupport;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// What an API server, or whatever answers in its place, may do to a run: each ends in time with exit code 1, one line,
/// an empty stdout, and nothing left behind.
/// </summary>
public sealed class ApiServerFaultContractTests
{
    private const string NoList = " did not return the list within 1.5 s: ";
    private const string BrokeOff = NoList + "the connection was lost";

    /// <summary>A list whose object is nearly endless, up to its first item.</summary>
    private const string SecretList =
        "k8s\0\n\u0010\n\u0002v1\u0012\nSecretList\u0012\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u007F";

    /// <summary>An item whose document is nearly endless, up to the document.</summary>
    private const string Document =
        "\u0012\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u007F\u0012\u00FF\u00FF\u00FF\u00FF\u00FF\u007F\n\u0011.dockerconfigjson\u0012\u00FF\u00FF\u00FF\u00FF\u007F";

    private static readonly string EmptyItems = string.Concat(Enumerable.Repeat("\u0012\0", 20_000));

    /// <summary>Named stages before TLS.</summary>
    private static readonly Dictionary<string, (Func<TcpClient, Task> Act, string Expected)> Connections = new()
    {
        ["resets at once"] = (FaultyServer.Reset, NoList),
        ["ends at once"] = (
            client =>
            {
                client.Close();
                return Task.CompletedTask;
            },
            BrokeOff
        ),
        ["hangs in the handshake"] = (_ => Task.CompletedTask, NoList + "it did not answer"),
        ["resets in the handshake"] = (
            async client =>
            {
                await client.GetStream().ReadExactlyAsync(new byte[64]);
                await client.GetStream().WriteAsync(new byte[] { 22, 3, 3, 0, 90, 2, 0, 0, 86 });
                await FaultyServer.Reset(client);
            },
            BrokeOff
        ),
        ["speaks no TLS"] = (
            async client =>
            {
                await client.GetStream().WriteAsync("HTTP/1.0 400 Bad Request\r\n\r\n"u8.ToArray());
                client.Client.Shutdown(SocketShutdown.Send);
            },
            "[CP405]"
        ),
        ["speaks another protocol"] = (
            async client =>
            {
                await client.GetStream().WriteAsync("SSH-2.0-OpenSSH_9.2p1\r\n"u8.ToArray());
                client.Client.Shutdown(SocketShutdown.Send);
            },
            "[CP405]"
        ),
    };

    private static readonly Dictionary<
        string,
        (Func<SslStream, TcpClient, CancellationToken, Task> Act, string Expected)
    > Answers = new()
    {
        ["resets instead of an answer"] = ((_, client, _) => FaultyServer.Reset(client), BrokeOff),
        ["ends instead of an answer"] = ((_, _, _) => Task.CompletedTask, BrokeOff),
        ["hangs before the header"] = ((_, _, end) => Task.Delay(-1, end), NoList + "it did not answer"),
        ["resets in the header"] = (
            async (tls, client, _) =>
            {
                await FaultyServer.Send(tls, "HTTP/1.1 200 OK\r\nConte");
                await FaultyServer.Reset(client);
            },
            BrokeOff
        ),
        ["hangs in the header"] = (
            async (tls, _, end) =>
            {
                await FaultyServer.Send(tls, "HTTP/1.1 200 OK\r\nConte");
                await Task.Delay(-1, end);
            },
            NoList + "it did not answer"
        ),
        ["resets in the body"] = (
            async (tls, client, _) =>
            {
                await FaultyServer.Send(tls, FaultyServer.Headers + "Content-Length: 500\r\n\r\n" + SecretList);
                await FaultyServer.Reset(client);
            },
            BrokeOff
        ),
        ["ends in the body"] = (
            (tls, _, _) => FaultyServer.Send(tls, FaultyServer.Headers + "Content-Length: 500\r\n\r\n" + SecretList),
            BrokeOff
        ),
        ["ends a chunk too early"] = (
            (tls, _, _) =>
                FaultyServer.Send(
                    tls,
                    FaultyServer.Headers + "Transfer-Encoding: chunked\r\n\r\nffff\r\n" + SecretList
                ),
            BrokeOff
        ),
        ["ends in the object, though the length is right"] = (
            (tls, _, _) => FaultyServer.Send(tls, FaultyServer.Headers + "Connection: close\r\n\r\n" + SecretList),
            "[CP411]"
        ),
        ["hangs in the body"] = (
            async (tls, _, end) =>
            {
                await FaultyServer.Send(tls, FaultyServer.Headers + "Content-Length: 500\r\n\r\n" + SecretList);
                await Task.Delay(-1, end);
            },
            NoList + "it did not answer"
        ),
        ["sends one byte a second"] = (
            async (tls, _, end) =>
            {
                foreach (var c in FaultyServer.Headers + "Content-Length: 500\r\n\r\n" + SecretList)
                {
                    await FaultyServer.Send(tls, c.ToString());
                    await Task.Delay(1000, end);
                }
            },
            NoList + "it did not answer"
        ),
        ["never ends its header"] = (
            async (tls, _, end) =>
            {
                await FaultyServer.Send(tls, "HTTP/1.1 200 OK\r\n");
                while (!end.IsCancellationRequested)
                {
                    await FaultyServer.Send(tls, $"X-Filler-{Guid.NewGuid()}: {new string('x', 4000)}\r\n");
                }
            },
            "[CP40"
        ),
        ["never ends a document"] = (
            async (tls, _, end) =>
            {
                await FaultyServer.Send(
                    tls,
                    FaultyServer.Headers + "Connection: close\r\n\r\n" + SecretList + Document
                );
                while (!end.IsCancellationRequested)
                {
                    await FaultyServer.Send(tls, new string('A', 64 * 1024));
                }
            },
            "[CP4"
        ),
        ["never ends a blank"] = (
            async (tls, _, end) =>
            {
                await FaultyServer.Send(tls, FaultyServer.Headers + "Connection: close\r\n\r\n");
                while (!end.IsCancellationRequested)
                {
                    await FaultyServer.Send(tls, new string(' ', 64 * 1024));
                }
            },
            "[CP4"
        ),
        ["never ends its items"] = (
            async (tls, _, end) =>
            {
                await FaultyServer.Send(tls, FaultyServer.Headers + "Connection: close\r\n\r\n" + SecretList);
                while (!end.IsCancellationRequested)
                {
                    await FaultyServer.Send(tls, EmptyItems);
                }
            },
            "[CP4"
        ),
        ["promises five gigabytes and sends them"] = (
            async (tls, _, end) =>
            {
                await FaultyServer.Send(tls, FaultyServer.Headers + "Content-Length: 5368709120\r\n\r\n" + SecretList);
                while (!end.IsCancellationRequested)
                {
                    await FaultyServer.Send(tls, EmptyItems);
                }
            },
            "[CP4"
        ),
        ["answers a negative length"] = (
            (tls, _, _) => FaultyServer.Send(tls, FaultyServer.Headers + "Content-Length: -1\r\n\r\n"),
            "[CP4"
        ),
        ["opens groups without end"] = (
            (tls, _, _) =>
                FaultyServer.Send(
                    tls,
                    FaultyServer.Headers + "Connection: close\r\n\r\n" + SecretList + new string('\v', 1_000_000)
                ),
            "[CP411]"
        ),
        ["names a field without end"] = (
            (tls, _, _) =>
                FaultyServer.Send(
                    tls,
                    FaultyServer.Headers + "Connection: close\r\n\r\n" + SecretList + new string('\u00FF', 1_000_000)
                ),
            "[CP411]"
        ),
        ["sends binary"] = (
            (tls, _, _) =>
                tls.WriteAsync(
                        (byte[])
                            [
                                .. Encoding.ASCII.GetBytes(FaultyServer.Headers + "Connection: close\r\n\r\n"),
                                .. Enumerable.Range(0, 256).Select(i => (byte)i),
                            ]
                    )
                    .AsTask(),
            "[CP411]"
        ),
        ["compresses what is no gzip"] = (
            (tls, _, _) =>
                FaultyServer.Send(
                    tls,
                    FaultyServer.Headers + "Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"
                ),
            BrokeOff
        ),
        ["unpacks into a document without end"] = (
            (tls, _, end) => Bomb(tls, SecretList + Document + "A", end),
            "[CP4"
        ),
        ["says nothing"] = (
            (tls, _, _) => FaultyServer.Send(tls, FaultyServer.Headers + "Connection: close\r\n\r\nk8s\0"),
            "it has kind \"\" of \"\" instead of \"SecretList\" of \"v1\""
        ),
        ["says continue without end"] = (
            async (tls, _, end) =>
            {
                while (!end.IsCancellationRequested)
                {
                    await FaultyServer.Send(tls, "HTTP/1.1 100 Continue\r\n\r\n");
                }
            },
            NoList
        ),
        ["never ends the length of a chunk"] = (
            async (tls, _, end) =>
            {
                await FaultyServer.Send(tls, FaultyServer.Headers + "Transfer-Encoding: chunked\r\n\r\n5;");
                while (!end.IsCancellationRequested)
                {
                    await FaultyServer.Send(tls, new string('x', 64 * 1024));
                }
            },
            "[CP4"
        ),
        ["never ends what follows the last chunk"] = (
            async (tls, _, end) =>
            {
                await FaultyServer.Send(
                    tls,
                    FaultyServer.Headers + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n"
                );
                while (!end.IsCancellationRequested)
                {
                    await FaultyServer.Send(tls, $"X-Filler-{Guid.NewGuid()}: {new string('x', 4000)}\r\n");
                }
            },
            "[CP4"
        ),
        ["answers HTTP/2"] = ((tls, _, _) => FaultyServer.Send(tls, "\0\0\x12\u0004\0\0\0\0\0"), "[CP4"),
        ["answers nothing but a newline"] = ((tls, _, _) => FaultyServer.Send(tls, "\r\n\r\n"), "[CP4"),
    };

    public static TheoryData<string> ConnectionFaults => [.. Connections.Keys];

    public static TheoryData<string> AnswerFaults => [.. Answers.Keys];

    [Theory]
    [MemberData(nameof(ConnectionFaults))]
    public void A_server_that_misbehaves_before_TLS(string fault)
    {
        using var cluster = new Cluster();
        using var certificate = cluster.Authority.Issue(["kubernetes.default.svc"]);
        using var server = new FaultyServer(Connections[fault].Act, certificate, (_, _, _) => Task.CompletedTask);
        AssertRefused(cluster, server.Port, Connections[fault].Expected);
    }

    /// <summary>
    /// strace makes the first recv(2) of each thread fail.
    /// </summary>
    [Fact]
    public void A_connection_that_is_reset_immediately_is_retried()
    {
        using var cluster = new Cluster();
        var run = PublishedBinary.RunIn(
            "/usr/bin/strace",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [],
            [
                "-f",
                "-qq",
                "-o",
                cluster.At("strace"),
                "-e",
                "trace=recvfrom",
                "-e",
                "inject=recvfrom:error=ECONNRESET:when=1",
                PublishedBinary.FilePath,
                .. cluster.Flags,
            ]
        );
        Assert.Contains("INJECTED", File.ReadAllText(cluster.At("strace")), StringComparison.Ordinal);
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.True(File.Exists(cluster.AuthFile));
    }

    [Theory]
    [MemberData(nameof(AnswerFaults))]
    public void A_server_that_misbehaves_in_its_answer(string fault)
    {
        using var cluster = new Cluster();
        using var certificate = cluster.Authority.Issue(["kubernetes.default.svc"]);
        using var server = new FaultyServer(null, certificate, Answers[fault].Act);
        AssertRefused(cluster, server.Port, Answers[fault].Expected);
    }

    [Fact]
    public void A_server_that_does_not_take_the_connection()
    {
        using var cluster = new Cluster();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);

        // The queue of connections is full with these: more of them get no answer at all.
        var clients = Enumerable
            .Range(0, 4)
            .Select(_ =>
            {
                var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    Blocking = false,
                };
                try
                {
                    client.Connect(listener.LocalEndPoint!);
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock) { }

                return client;
            })
            .ToList();
        AssertRefused(cluster, ((IPEndPoint)listener.LocalEndPoint!).Port, NoList + "it did not answer");
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public void A_server_that_is_not_there()
    {
        using var cluster = new Cluster();
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        AssertRefused(cluster, port, NoList + "Connection refused");
    }

    [Fact]
    public void A_refusal_that_unpacks_without_end_is_read_no_further_than_its_start()
    {
        using var cluster = new Cluster();
        using var certificate = cluster.Authority.Issue(["kubernetes.default.svc"]);
        using var server = new FaultyServer(null, certificate, (tls, _, end) =>
            Bomb(tls, "{\"message\":\"" + new string('A', 1 << 20), end, "400 Bad Request")
        );
        var measured = MeasuredRun.Of(
            cluster,
            Requests.For("docker.io/library/nginx", cluster.Token),
            $"--api-server=127.0.0.1:{server.Port}"
        );
        Assert.Equal(
            new RunResult(1, "", $"API server 127.0.0.1:{server.Port} answers 400; see its log [CP410]\n"),
            measured.Result
        );
        Assert.InRange(measured.PeakKilobytes, 1, 64 * 1024);
    }

    /// <summary>Some of these do not even fit into a timer.</summary>
    [Theory]
    [InlineData("2147483647")]
    [InlineData("4294968")]
    [InlineData("99999999999999999999")]
    [InlineData("-1")]
    [InlineData("1e9")]
    [InlineData("Wed, 21 Oct 2099 07:28:00 GMT")]
    public void A_server_that_asks_to_wait_for_years_costs_no_more_than_the_budget(string retryAfter)
    {
        using var cluster = new Cluster();
        for (var i = 0; i < 20; i++)
        {
            cluster.Api.Script.Enqueue(Answer.Of(429, "{}", "application/json", $"Retry-After: {retryAfter}"));
        }

        AssertRefused(cluster, cluster.Api.Port, NoList + "it answers 429");
    }

    /// <summary>An object without fields is an empty list, as for Go's decoder.</summary>
    [Fact]
    public void A_list_without_fields_is_an_empty_list()
    {
        using var cluster = new Cluster();
        cluster.Api.Script.Enqueue(
            Answer.Of(
                200,
                Encoding.Latin1.GetBytes("k8s\0\n\u0010\n\u0002v1\u0012\nSecretList\u0012\0"),
                KubernetesProtobuf.MediaType
            )
        );
        Assert.Equal(new RunResult(0, KubeletContractTests.AnswerWithoutEntry, ""), cluster.RunArticle());
        Assert.Contains("Got 0 secret(s)", cluster.Journal.Messages);
        Assert.Empty(cluster.LeftInAuthDirectory);
    }

    [Fact]
    public void A_redirect_to_another_host_takes_the_token_nowhere()
    {
        using var cluster = new Cluster();
        using var certificate = cluster.Authority.Issue(["kubernetes.default.svc"]);
        using var other = new FaultyServer(null, certificate, (_, _, _) => Task.CompletedTask);
        foreach (var status in new[] { 301, 302, 303, 307, 308 })
        {
            cluster.Api.Script.Enqueue(
                Answer.Of(status, "", "text/html", $"Location: https://127.0.0.1:{other.Port}/api")
            );
            var run = cluster.RunArticle();
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(
                $"redirects ({status}): to 127.0.0.1:{other.Port}; the token is not sent anywhere else",
                run.Stderr,
                StringComparison.Ordinal
            );
        }

        Assert.Equal(0, other.Connections);
    }

    [Fact]
    public void Continue_tokens_in_a_circle_end_the_listing()
    {
        using var cluster = new Cluster();
        foreach (var token in new[] { "a", "b", "a" })
        {
            cluster.Api.Script.Enqueue(
                Answer.Protobuf(
                    200,
                    "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"metadata\":{\"continue\":\""
                        + token
                        + "\"},\"items\":[]}"
                )
            );
        }

        Assert.EndsWith(
            "is unusable: it repeats a continue token; check that the address names the Kubernetes API [CP411]\n",
            cluster.RunArticle().Stderr,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Pages_without_end_end_with_the_budget()
    {
        using var cluster = new Cluster();
        for (var i = 0; i < 100_000; i++)
        {
            cluster.Api.Script.Enqueue(
                Answer.Protobuf(
                    200,
                    "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"metadata\":{\"continue\":\""
                        + i
                        + "\"},\"items\":[]}"
                )
            );
        }

        Assert.Contains(NoList, cluster.RunArticle("--timeout=1500ms").Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Duplicate_names_and_missing_or_null_fields_do_no_harm()
    {
        using var cluster = new Cluster();
        var good = Cluster.ArticleSecret;
        string[] items =
        [
            "{}",
            "{\"metadata\":{}}",
            "{\"metadata\":null,\"type\":null,\"data\":null}",
            """{"metadata":{"name":"no-data","namespace":"default"},"type":"kubernetes.io/dockerconfigjson"}""",
            """{"metadata":{"name":"null-data","namespace":"default"},"data":{".dockerconfigjson":null},"type":"kubernetes.io/dockerconfigjson"}""",
            good,
            good.Replace("myuser", "other", StringComparison.Ordinal),
            good,
        ];
        cluster.Api.Script.Enqueue(
            Answer.Protobuf(
                200,
                "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"items\":[" + string.Join(',', items) + "]}"
            )
        );
        var run = cluster.RunArticle();
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.Equal("mypassword", Cluster.PasswordIn(File.ReadAllText(cluster.AuthFile)));
    }

    [Fact]
    public void A_hundred_secrets_of_a_megabyte_are_read_if_the_limit_allows_it()
    {
        using var cluster = new Cluster();
        var config = Convert.ToBase64String(
            Encoding.UTF8.GetBytes("{\"auths\":{\"quay.io\":{\"auth\":\"" + new string('A', 700_000) + "\"}}}")
        );
        for (var i = 0; i < 100; i++)
        {
            cluster.Api.Add(
                "{\"metadata\":{\"name\":\"big-"
                    + i
                    + "\",\"namespace\":\"default\"},\"data\":{\".dockerconfigjson\":\""
                    + config
                    + "\"},\"type\":\"kubernetes.io/dockerconfigjson\"}"
            );
        }

        Assert.EndsWith(" [CP412]\n", cluster.RunArticle().Stderr, StringComparison.Ordinal);
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), cluster.RunArticle("--max-list-size=80MiB"));
        Assert.Contains("Got 101 secret(s)", cluster.Journal.Messages);
    }

    [Fact]
    public void A_certificate_of_tomorrow_is_refused_with_its_dates()
    {
        using var cluster = new Cluster();
        using var certificate = cluster.Authority.Issue(["kubernetes.default.svc"], isEarly: true);
        using var server = new FaultyServer(null, certificate, (_, _, _) => Task.CompletedTask);
        AssertRefused(cluster, server.Port, "is not trusted: its certificate is only valid from ");
    }

    [Fact]
    public void A_host_that_does_not_resolve_is_reported_by_name()
    {
        using var cluster = new Cluster();
        Assert.Equal(
            "host \"no-such-host.invalid\" of the API server (option --api-server) is unknown; check the node's name "
                + "resolution, or set --api-server [CP404]\n",
            cluster.RunArticle("--api-server=no-such-host.invalid:6443").Stderr
        );
    }

    /// <summary>In a network of its own, whose name server swallows every question.</summary>
    [Fact]
    public void A_name_server_that_is_silent_costs_no_more_than_the_budget()
    {
        using var cluster = new Cluster();
        File.WriteAllText(cluster.At("resolv.conf"), "nameserver 192.0.2.53\n");
        var start = Stopwatch.GetTimestamp();
        var run = PublishedBinary.RunIn(
            "/usr/bin/unshare",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")],
            [
                "-rmn",
                "bash",
                "-c",
                "ip link set lo up && ip link add d0 type veth peer name d1 && ip addr add 192.0.2.1/24 dev d0 && ip "
                    + "link set d0 up && ip link set d1 up"
                    + " && ip neigh add 192.0.2.53 lladdr 02:00:00:00:00:01 dev d0"
                    + $" && mount --bind {cluster.At("resolv.conf")} \"$(realpath /etc/resolv.conf)\""
                    + $" && '{PublishedBinary.FilePath}' {string.Join(' ', cluster.Flags)} --timeout=1500ms "
                    + "--api-server=api.example.test",
            ]
        );
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.StartsWith(
            "API server api.example.test:6443 (option --api-server) did not return the list within 1.5 s: ",
            run.Stderr,
            StringComparison.Ordinal
        );
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 1.4, 12);
    }

    /// <summary>Sends the text, and its last character over and over, packed to a thousandth.</summary>
    private static async Task Bomb(SslStream tls, string text, CancellationToken end, string status = "200 OK")
    {
        await FaultyServer.Send(
            tls,
            $"HTTP/1.1 {status}\r\nContent-Type: application/vnd.kubernetes.protobuf\r\nContent-Encoding: "
                + "gzip\r\nConnection: close\r\n\r\n"
        );
        await using var gzip = new GZipStream(tls, CompressionLevel.Fastest);
        await gzip.WriteAsync(Encoding.Latin1.GetBytes(text), end);
        var more = Encoding.ASCII.GetBytes(new string(text[^1], 1 << 20));
        while (!end.IsCancellationRequested)
        {
            await gzip.WriteAsync(more, end);
            await gzip.FlushAsync(end);
        }
    }

    private static void AssertRefused(Cluster cluster, int port, string expected)
    {
        var start = Stopwatch.GetTimestamp();
        var measured = MeasuredRun.Of(
            cluster,
            Requests.For("docker.io/library/nginx", cluster.Token),
            "--timeout=1500ms",
            $"--api-server=127.0.0.1:{port}"
        );
        var run = measured.Result;
        Assert.Equal((1, ""), (run.ExitCode, run.Stdout));
        Assert.InRange(measured.PeakKilobytes, 1, 96 * 1024);
        Assert.StartsWith(
            $"API server 127.0.0.1:{port} (option --api-server)",
            run.Stderr.Replace("the answer of ", "", StringComparison.Ordinal)
                .Replace("TLS with ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
        Assert.Equal(run.Stderr.Length - 1, run.Stderr.IndexOf('\n', StringComparison.Ordinal));
        Assert.Empty(cluster.LeftInAuthDirectory);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 12);
    }
}
