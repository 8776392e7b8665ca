// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CrioCredentialProvider.TestSupport;

/// <summary>A server on loopback that misbehaves at a chosen stage, in the same way on every connection.</summary>
internal sealed class FaultyServer : IDisposable
{
    public const string Headers = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.kubernetes.protobuf\r\n";

    private readonly CancellationTokenSource end = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> held = [];
    private readonly SslServerAuthenticationOptions options;
    private int connections;
    private int requests;

    /// <param name="onConnection">Called for a connection before TLS; null starts TLS at once.</param>
    /// <param name="certificate">The server's certificate.</param>
    /// <param name="onRequest">Called when a request has been read.</param>
    /// <param name="intermediates">Further certificates that the server sends.</param>
    public FaultyServer(
        Func<TcpClient, Task>? onConnection,
        X509Certificate2 certificate,
        Func<SslStream, TcpClient, CancellationToken, Task> onRequest,
        params X509Certificate2[] intermediates
    )
    {
        options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(
                certificate,
                [.. intermediates],
                offline: true
            ),
        };
        listener.Start();
        _ = AcceptAsync(onConnection, onRequest);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Connections => connections;

    /// <summary>The number of requests whose headers were read completely, each of which contained the token.</summary>
    public int Requests => requests;

    /// <summary>Sends each character as one byte.</summary>
    public static Task Send(SslStream tls, string text) => tls.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    /// <summary>Closes the connection with a reset (RST) instead of an orderly close.</summary>
    public static Task Reset(TcpClient client)
    {
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        end.Cancel();
        listener.Dispose();
        lock (held)
        {
            held.ForEach(c => c.Dispose());
        }
    }

    private async Task AcceptAsync(
        Func<TcpClient, Task>? onConnection,
        Func<SslStream, TcpClient, CancellationToken, Task> onRequest
    )
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(end.Token);
                Interlocked.Increment(ref connections);
                lock (held)
                {
                    held.Add(client);
                }

                _ = onConnection is null ? ServeAsync(client, onRequest) : onConnection(client);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client, Func<SslStream, TcpClient, CancellationToken, Task> onRequest)
    {
        try
        {
            using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(options, end.Token);
            var reader = new StreamReader(tls, Encoding.Latin1);
            var lines = 0;
            while (await reader.ReadLineAsync(end.Token) is { Length: > 0 })
            {
                lines++;
            }

            if (lines == 0)
            {
                // The client closed the connection after the handshake. With TLS 1.3, the server finishes before the
                // client has verified the certificate.
                return;
            }

            Interlocked.Increment(ref requests);
            await onRequest(tls, client, end.Token);
            client.Close();
        }
        catch (Exception e)
            when (e
                    is IOException
                        or AuthenticationException
                        or SocketException
                        or ObjectDisposedException
                        or OperationCanceledException
                        or InvalidOperationException
            )
        {
            // The program closed the connection, as it should.
        }
    }
}
