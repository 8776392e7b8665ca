// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace Bench;

/// <summary>Reads what is sent to the journal's socket as fast as it comes, as journald does, and forgets it.</summary>
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
            // Disposed of: the end.
        }
    }
}
