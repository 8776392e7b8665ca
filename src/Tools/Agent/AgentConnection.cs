// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>A client of the agent: one request, one answer, and a time within which both have to be over.</summary>
internal sealed class AgentConnection
{
    /// <summary>Of a request's first line and headers, in bytes. The kubelet's and Prometheus' have some 300.</summary>
    private const int LongestHead = 4096;

    private readonly Socket socket;

    /// <param name="socket">The connection's, which is closed at the end.</param>
    /// <param name="page">The answer to a method and a path; it does not throw.</param>
    /// <param name="longest">For all of it.</param>
    /// <param name="stop">Ends it earlier.</param>
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

    /// <summary>Done when the connection is closed; it does not fail.</summary>
    public Task Over { get; }

    /// <summary>Closes the connection, whatever it waits for.</summary>
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
                // The client is gone, or its time is over.
            }
        }
    }

    /// <returns>The head; all of the buffer when it is too long; null when the client has closed.</returns>
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
            _ => (AgentPage.Text(HttpStatusCode.BadRequest, "not a request of HTTP/1.1 for a path"), true),
        };
        for (var rest = answer.Answer(hasBody).AsMemory(); rest.Length > 0; )
        {
            rest = rest[await socket.SendAsync(rest, SocketFlags.None, end)..];
        }

        // A close with unread bytes resets the connection, and the client would lose the answer.
        socket.Shutdown(SocketShutdown.Send);
        var unread = new byte[LongestHead];
        while (await socket.ReceiveAsync(unread.AsMemory(), SocketFlags.None, end) > 0) { }
    }
}
