// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>
/// Serves a few pages over HTTP/1.1, for GET and HEAD. Every pod of the cluster can connect to it, so the server uses
/// only the method and the path of a request, and limits the number of clients, their time and the size of their
/// requests.
/// </summary>
internal sealed class AgentServer : IDisposable
{
    /// <summary>
    /// At this limit, a new connection closes the oldest one, so that idle clients cannot block the kubelet's probe,
    /// which takes milliseconds.
    /// </summary>
    public const int MostConnections = 16;

    /// <summary>Time limit for a connection.</summary>
    public static readonly TimeSpan UsualLongest = TimeSpan.FromSeconds(5);

    /// <summary>Wait after a failed accept, for example when no file descriptor is free.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly TcpListener listener;
    private readonly IReadOnlyDictionary<string, Func<Task<AgentPage>>> pages;
    private readonly Action<string> log;
    private readonly TimeSpan longest;
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;
    private volatile string lastLine = "";

    private AgentServer(
        TcpListener listener,
        IReadOnlyDictionary<string, Func<Task<AgentPage>>> pages,
        Action<string> log,
        TimeSpan longest
    )
    {
        (this.listener, this.pages, this.log, this.longest) = (listener, pages, log, longest);
        serving = ServeAsync();
    }

    /// <param name="address">Where to listen; 0.0.0.0 for all IPv4 addresses, [::] for all addresses.</param>
    /// <param name="pages">The pages by path.</param>
    /// <param name="log">Receives one line about a page that could not be made.</param>
    /// <param name="longest">Time limit for a connection; null for <see cref="UsualLongest"/>.</param>
    /// <exception cref="ProviderException">The address is in use, or does not belong to this node.</exception>
    public static AgentServer Start(
        IPEndPoint address,
        IReadOnlyDictionary<string, Func<Task<AgentPage>>> pages,
        Action<string> log,
        TimeSpan? longest = null
    )
    {
        TcpListener? listener = null;
        try
        {
            // On a node without IPv6, this listens on all IPv4 addresses.
            listener = address.Address.Equals(IPAddress.IPv6Any)
                ? TcpListener.Create(address.Port)
                : new TcpListener(address);
            listener.Start();
            return new AgentServer(listener, pages, log, longest ?? UsualLongest);
        }
        catch (SocketException e)
        {
            listener?.Dispose();
            throw new ProviderException(
                Reasons.AgentAddressUnusable,
                $"cannot listen on {address}: {OneLine.Of(e.Message)}",
                "choose another address with --listen"
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

    /// <returns>The next connection; null if the server is stopped.</returns>
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
                    LogOnce($"warning: cannot accept a connection: {OneLine.Of(e.Message)}");
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
            // The other page must keep working, above all for the kubelet's probe.
            LogOnce($"warning: {path} cannot be served: {OneLine.Of(e.Message)}");
            return AgentPage.Text(HttpStatusCode.InternalServerError, "see the agent's log");
        }
    }

    /// <summary>Logs a repeated line only once, because clients may repeat their request.</summary>
    private void LogOnce(string line)
    {
        if (lastLine != line)
        {
            lastLine = line;
            log(line);
        }
    }
}
