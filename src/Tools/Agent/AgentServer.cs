// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>
/// Serves a few pages by HTTP/1.1, for GET and HEAD. Every pod of the cluster can connect to it. So nothing that a
/// client sends is used but method and path, and clients are bounded in number, in time and in what they send.
/// </summary>
internal sealed class AgentServer : IDisposable
{
    /// <summary>
    /// A newer client ends the oldest one, so that silent clients do not keep out the kubelet's probe, which is
    /// answered within milliseconds.
    /// </summary>
    public const int MostConnections = 16;

    /// <summary>From the connection to its end.</summary>
    public static readonly TimeSpan UsualLongest = TimeSpan.FromSeconds(5);

    /// <summary>When no connection can be accepted, for example without a free file descriptor.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly TcpListener listener;
    private readonly IReadOnlyDictionary<string, Func<Task<AgentPage>>> pages;
    private readonly Action<string> tell;
    private readonly TimeSpan longest;
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;
    private volatile string told = "";

    private AgentServer(
        TcpListener listener,
        IReadOnlyDictionary<string, Func<Task<AgentPage>>> pages,
        Action<string> tell,
        TimeSpan longest
    )
    {
        (this.listener, this.pages, this.tell, this.longest) = (listener, pages, tell, longest);
        serving = ServeAsync();
    }

    /// <param name="address">0.0.0.0 is every IPv4 address, and [::] every address of both families.</param>
    /// <param name="pages">By path.</param>
    /// <param name="tell">Takes one line about a page that could not be made.</param>
    /// <param name="longest">A connection may last; null for <see cref="UsualLongest"/>.</param>
    /// <exception cref="ProviderException">The address is in use, or not one of this node.</exception>
    public static AgentServer Start(
        IPEndPoint address,
        IReadOnlyDictionary<string, Func<Task<AgentPage>>> pages,
        Action<string> tell,
        TimeSpan? longest = null
    )
    {
        TcpListener? listener = null;
        try
        {
            // A node without IPv6 has no sockets for it, and its IPv4 addresses are all of them.
            listener = address.Address.Equals(IPAddress.IPv6Any)
                ? TcpListener.Create(address.Port)
                : new TcpListener(address);
            listener.Start();
            return new AgentServer(listener, pages, tell, longest ?? UsualLongest);
        }
        catch (SocketException e)
        {
            listener?.Dispose();
            throw new ProviderException(
                Reasons.AgentAddressUnusable,
                $"{address} cannot be listened on: {OneLine.Of(e.Message)}",
                "name another address with --listen"
            );
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        serving.GetAwaiter().GetResult();
        listener.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        List<AgentConnection> oldestFirst = [];
        while (await AcceptAsync() is { } socket)
        {
            _ = oldestFirst.RemoveAll(connection => connection.Over.IsCompleted);
            if (oldestFirst.Count == MostConnections)
            {
                oldestFirst[0].End();
                oldestFirst.RemoveAt(0);
            }

            oldestFirst.Add(new AgentConnection(socket, PageAsync, longest, stop.Token));
        }

        await Task.WhenAll(oldestFirst.Select(connection => connection.Over));
    }

    /// <returns>The next connection; null when the server is stopped.</returns>
    private async Task<Socket?> AcceptAsync()
    {
        while (true)
        {
            try
            {
                try
                {
                    return await listener.AcceptSocketAsync(stop.Token);
                }
                catch (SocketException e)
                {
                    Tell($"warning: a connection was not accepted: {OneLine.Of(e.Message)}");
                    await Task.Delay(PauseAfterFailure, stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    private async Task<AgentPage> PageAsync(string method, string path)
    {
        if (method is not ("GET" or "HEAD"))
        {
            return AgentPage.Text(HttpStatusCode.MethodNotAllowed, "only GET and HEAD");
        }

        if (!pages.TryGetValue(path, out var make))
        {
            return AgentPage.Text(HttpStatusCode.NotFound, string.Join(' ', pages.Keys));
        }

        try
        {
            return await make();
        }
        catch (Exception e)
        {
            // Whatever it is, the other page is still of use, above all to the kubelet.
            Tell($"warning: {path} cannot be served: {OneLine.Of(e.Message)}");
            return AgentPage.Text(HttpStatusCode.InternalServerError, "the log of the agent says why");
        }
    }

    /// <summary>Once, as clients may ask again and again.</summary>
    private void Tell(string line)
    {
        if (told != line)
        {
            told = line;
            tell(line);
        }
    }
}
