// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace Bench;

/// <summary>Reads and discards the journal's messages as fast as they arrive, as journald would read them.</summary>
internal sealed class Journal : IDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public Journal(string path)
    {
        socket.Bind(new UnixDomainSocketEndPoint(path));
        new Thread(Read) { IsBackground = true }.Start();
    }

    public void Dispose() => socket.Dispose();

    private void Read()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                _ = socket.Receive(buffer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The socket was disposed.
        }
    }
}
