// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CrioCredentialProvider.Tools.Agent;

namespace CrioCredentialProvider.Tests.Agent;

/// <summary>Every pod of the cluster can connect to the agent: what a client can do to it and to others.</summary>
public sealed class AgentServerBoundsTests : IDisposable
{
    private readonly IPEndPoint address = new(IPAddress.Loopback, FreePort());
    private readonly ConcurrentQueue<string> told = [];
    private readonly List<TcpClient> clients = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => clients.ForEach(client => client.Dispose());

    /// <summary>
    /// Ten times as many as the server keeps: it closes the oldest ones, and the kubelet's probe, which waits for a
    /// second, is answered.
    /// </summary>
    [Fact]
    public async Task Silent_clients_do_not_block_others_and_only_the_newest_stay()
    {
        using var server = Start(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 10 * AgentServer.MostConnections; i++)
        {
            await ConnectAsync("GET /rea");
        }

        using var probe = new HttpClient
        {
            BaseAddress = new Uri($"http://{address}"),
            Timeout = TimeSpan.FromSeconds(1),
        };
        Assert.Equal("ready: yes\n", await probe.GetStringAsync(new Uri("/readyz", UriKind.Relative), Cancel));
        Assert.All(await Task.WhenAll(clients.SkipLast(AgentServer.MostConnections).Select(AnswerAsync)), answer =>
            Assert.Equal("", answer)
        );
        var newest = clients[^1];
        await newest.GetStream().WriteAsync("dyz HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Cancel);
        Assert.EndsWith("\r\n\r\nready: yes\n", await AnswerAsync(newest), StringComparison.Ordinal);
    }

    /// <summary>With nothing sent, a byte, and a head without its end.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("G")]
    [InlineData("GET /readyz HTTP/1.1\r\nHost: x\r\n")]
    public async Task A_connection_ends_when_its_time_is_over(string sent)
    {
        Assert.Equal(TimeSpan.FromSeconds(5), AgentServer.UsualLongest);
        using var server = Start(TimeSpan.FromMilliseconds(200));
        Assert.Equal("", await AnswerAsync(await ConnectAsync(sent)));
    }

    [Theory]
    [InlineData("GET /readyz HTTP/1.0\r\n\r\n", "200 OK")]
    [InlineData("GET /readyz?x=y HTTP/1.1\r\n\r\n", "200 OK")]
    [InlineData("GET /%72eadyz HTTP/1.1\r\n\r\n", "404 Not Found")]
    [InlineData("POST /readyz HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", "405 Method Not Allowed")]
    [InlineData("\r\n\r\n", "400 Bad Request")]
    [InlineData("GET /readyz\r\n\r\n", "400 Bad Request")]
    [InlineData("GET  /readyz HTTP/1.1\r\n\r\n", "400 Bad Request")]
    [InlineData("PRI * HTTP/2.0\r\n\r\n", "400 Bad Request")]
    [InlineData("GET /broken HTTP/1.1\r\n\r\n", "500 Internal Server Error")]
    public async Task Nothing_counts_but_the_first_line(string request, string status)
    {
        using var server = Start(TimeSpan.FromSeconds(5));
        Assert.StartsWith(
            $"HTTP/1.1 {status}\r\n",
            await AnswerAsync(await ConnectAsync(request)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(4096, "200 OK")]
    [InlineData(4097, "431 Request Header Fields Too Large")]
    public async Task A_head_has_at_most_4096_bytes(int size, string status)
    {
        const string Line = "GET /readyz HTTP/1.1\r\nX: ";
        using var server = Start(TimeSpan.FromSeconds(5));
        var client = await ConnectAsync(Line + new string('x', size - Line.Length - 4) + "\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status}\r\n", await AnswerAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_cannot_be_made_is_reported_once_and_the_server_goes_on()
    {
        using var server = Start(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 3; i++)
        {
            Assert.EndsWith(
                "\r\n\r\nsee the agent's log\n",
                await AnswerAsync(await ConnectAsync("GET /broken HTTP/1.1\r\n\r\n")),
                StringComparison.Ordinal
            );
        }

        Assert.Equal(["warning: /broken cannot be served: out of order"], told);
        Assert.EndsWith(
            "ready: yes\n",
            await AnswerAsync(await ConnectAsync("GET /readyz HTTP/1.1\r\n\r\n")),
            StringComparison.Ordinal
        );
    }

    private AgentServer Start(TimeSpan longest) =>
        AgentServer.Start(
            address,
            new Dictionary<string, Func<Task<AgentPage>>>
            {
                ["/readyz"] = () => Task.FromResult(AgentPage.Text(HttpStatusCode.OK, "ready: yes")),
                ["/broken"] = () => throw new InvalidOperationException("out of order"),
            },
            told.Enqueue,
            longest
        );

    private async Task<TcpClient> ConnectAsync(string sent)
    {
        var client = new TcpClient();
        clients.Add(client);
        await client.ConnectAsync(address, Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(sent), Cancel);
        return client;
    }

    /// <summary>Until the server closes; empty also where it closes with a reset.</summary>
    private static async Task<string> AnswerAsync(TcpClient client)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(TimeSpan.FromSeconds(10));
        using var bytes = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(bytes, end.Token);
        }
        catch (IOException e) when (e.InnerException is SocketException)
        {
            // What has come before is the answer.
        }

        return Encoding.ASCII.GetString(bytes.ToArray());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
