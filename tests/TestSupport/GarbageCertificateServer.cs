// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// A server that speaks TLS 1.2 as far as its certificate, which is not a certificate. No TLS library would send one.
/// </summary>
internal sealed class GarbageCertificateServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private int connections;

    public GarbageCertificateServer()
    {
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Connections => connections;

    public void Dispose() => listener.Dispose();

    private static byte[] ServerHello { get; } =
        Message(0x02, [0x03, 0x03, .. new byte[32], 0x00, 0xC0, 0x2B, 0x00, 0x00, 0x05, 0xFF, 0x01, 0x00, 0x01, 0x00]);

    private static byte[] Certificate { get; } =
        Message(0x0B, [0x00, 0x00, 0x0B, 0x00, 0x00, 0x08, 0x30, 0x82, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06]);

    /// <summary>A handshake message in its own record (RFC 5246 sections 6.2.1 and 7.4).</summary>
    private static byte[] Message(byte type, byte[] body) =>
        [0x16, 0x03, 0x03, 0x00, (byte)(body.Length + 4), type, 0x00, 0x00, (byte)body.Length, .. body];

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref connections);
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[4096]);
                await stream.WriteAsync((byte[])[.. ServerHello, .. Certificate]);
                _ = await stream.ReadAsync(new byte[4096]); // the alert
            }
        }
        catch (Exception e)
            when (e is SocketException or ObjectDisposedException or IOException or OperationCanceledException)
        {
            // The test has ended.
        }
    }
}
