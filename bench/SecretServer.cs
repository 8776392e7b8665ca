// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KubernetesApiStandIn;

namespace Bench;

/// <summary>
/// A Kubernetes API server with TLS on loopback that lists the pull secrets of one namespace, in JSON or protobuf, and
/// in pages if the client requests them. Each response is built only once, so that building it is not measured.
/// </summary>
internal sealed class SecretServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly SslStreamCertificateContext certificate;
    private readonly ConcurrentDictionary<(int Secrets, int Start, int Limit, bool AsProtobuf), byte[]> answers = [];

    public SecretServer(X509Certificate2 certificate)
    {
        this.certificate = SslStreamCertificateContext.Create(certificate, null, offline: true);
        listener.Start(512);
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The number of secrets in the namespace.</summary>
    public int Secrets { get; set; } = 1;

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await listener.AcceptSocketAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificateContext = certificate }
            );
            var buffer = new byte[16 * 1024];
            var length = 0;
            while (true)
            {
                var read = await tls.ReadAsync(buffer.AsMemory(length));
                if (read == 0)
                {
                    return;
                }

                length += read;
                if (buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
                {
                    var request = Encoding.ASCII.GetString(buffer, 0, length);
                    length = 0;
                    await tls.WriteAsync(Answer(request));
                }
            }
        }
        catch (Exception e)
            when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // A measured program may close the connection at any time.
        }
    }

    private byte[] Answer(string request)
    {
        var line = request[..request.IndexOf('\r', StringComparison.Ordinal)];
        var asProtobuf = request.Contains("\r\nAccept: " + KubernetesProtobuf.MediaType, StringComparison.Ordinal);
        var key = (Secrets, Number(line, "continue=") ?? 0, Number(line, "limit=") ?? int.MaxValue, asProtobuf);
        return answers.GetOrAdd(key, static key =>
        {
            var end = (int)Math.Min(key.Secrets, (long)key.Start + key.Limit);
            var json = SecretList.Json(key.Start, end, key.Secrets);
            var body = key.AsProtobuf ? KubernetesProtobuf.Encode(JsonNode.Parse(json)!.AsObject()) : json;
            var type = key.AsProtobuf ? KubernetesProtobuf.MediaType : "application/json";
            var header =
                $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nDate: {DateTime.UtcNow:R}\r\nContent-Length: "
                + $"{body.Length}\r\n\r\n";
            return [.. Encoding.ASCII.GetBytes(header), .. body];
        });
    }

    private static int? Number(string requestLine, string name)
    {
        var start = requestLine.IndexOf(name, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var digits = requestLine[(start + name.Length)..];
        return int.Parse(digits[..digits.IndexOfAny(['&', ' '])], System.Globalization.CultureInfo.InvariantCulture);
    }
}
