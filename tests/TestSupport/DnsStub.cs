// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// A DNS server on port 53 of its own loopback address that resolves one name to 127.0.0.1 (RFC 1035 section 4).
/// </summary>
internal sealed class DnsStub : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly string name;
    private readonly ConcurrentQueue<string> asked = [];

    public DnsStub(string name)
    {
        this.name = name;
        Address = new IPAddress([
            127,
            (byte)Random.Shared.Next(1, 255),
            (byte)Random.Shared.Next(255),
            (byte)Random.Shared.Next(1, 255),
        ]);
        socket.Bind(new IPEndPoint(Address, 53));
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public IPAddress Address { get; }

    public IReadOnlyList<string> Asked => [.. asked];

    public void Dispose() => socket.Dispose();

    private void Serve()
    {
        var query = new byte[512];
        EndPoint client = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                var length = socket.ReceiveFrom(query, ref client);
                var (wanted, end) = Name(query);
                asked.Enqueue(wanted);
                var isAddress = query[end + 1] == 1; // type A
                var isKnown = wanted == name;
                byte[] header =
                [
                    query[0],
                    query[1],
                    0x81,
                    (byte)(isKnown ? 0x80 : 0x83),
                    0,
                    1,
                    0,
                    (byte)(isKnown && isAddress ? 1 : 0),
                    0,
                    0,
                    0,
                    0,
                ];
                byte[] answer = isKnown && isAddress ? [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1] : [];
                socket.SendTo([.. header, .. query[12..(end + 4)], .. answer], client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The socket was disposed.
        }
    }

    private static (string Name, int End) Name(byte[] query)
    {
        List<string> labels = [];
        var i = 12;
        for (; query[i] != 0; i += query[i] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(query, i + 1, query[i]));
        }

        return (string.Join('.', labels), i + 1);
    }
}
