// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>A client connection of the agent: one request and one response within a time limit.</summary>
internal sealed class AgentConnection
{
    /// <summary>
    /// Size limit in bytes for the request line and headers. The kubelet and Prometheus send about 300.
    /// </summary>
    private const int LongestHead = 4096;

    private readonly Socket socket;

    /// <param name="socket">The accepted socket; closed when the connection ends.</param>
    /// <param name="page">Makes the response to a method and a path; must not throw.</param>
    /// <param name="longest">Time limit for the whole connection.</param>
    /// <param name="stop">Closes the connection early.</param>
    public AgentConnection(
        Socket socket,
        Func<string, string, Task<AgentPage>> page,
        TimeSpan longest,
        CancellationToken stop
    )
    {
        this.socket = socket;
        Over = ServeAsync(page, longest, stop);
    }

    /// <summary>Completes when the connection is closed; never faults.</summary>
    public Task Over { get; }

    /// <summary>Closes the connection at once.</summary>
    public void End() => socket.Dispose();

    private async Task ServeAsync(Func<string, string, Task<AgentPage>> page, TimeSpan longest, CancellationToken stop)
    {
        using (socket)
        using (var end = CancellationTokenSource.CreateLinkedTokenSource(stop))
        {
            end.CancelAfter(longest);
            try
            {
                if (await HeadAsync(end.Token) is { } head)
                {
                    await AnswerAsync(head, page, end.Token);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client has gone, or it ran out of time.
            }
        }
    }

    /// <returns>The request head; the full buffer if the head is too long; null if the client closed the
    /// connection.</returns>
    private async Task<byte[]?> HeadAsync(CancellationToken end)
    {
        var buffer = new byte[LongestHead];
        for (var length = 0; length < buffer.Length; )
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, end);
            if (count == 0)
            {
                return null;
            }

            length += count;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is >= 0 and var stop)
            {
                return buffer[..stop];
            }
        }

        return buffer;
    }

    private async Task AnswerAsync(byte[] head, Func<string, string, Task<AgentPage>> page, CancellationToken end)
    {
        var line = Encoding.Latin1.GetString(head).Split("\r\n")[0];
        var (answer, hasBody) = (head.Length == LongestHead ? [] : line.Split(' ')) switch
        {
            [var method, ['/', ..] target, "HTTP/1.0" or "HTTP/1.1"] => (
                await page(method, target.Split('?')[0]),
                method != "HEAD"
            ),
            [] => (AgentPage.Text(HttpStatusCode.RequestHeaderFieldsTooLarge, "at most 4096 bytes"), true),
            _ => (AgentPage.Text(HttpStatusCode.BadRequest, "not an HTTP/1.1 request for a path"), true),
        };
        for (var rest = answer.Answer(hasBody).AsMemory(); rest.Length > 0; )
        {
            rest = rest[await socket.SendAsync(rest, SocketFlags.None, end)..];
        }

        // Closing a socket with unread bytes resets the connection, and the client would lose the response.
        socket.Shutdown(SocketShutdown.Send);
        var unread = new byte[LongestHead];
        while (await socket.ReceiveAsync(unread.AsMemory(), SocketFlags.None, end) > 0) { }
    }
}
