// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace JournalRecorder;

/// <summary>
/// Replaces journald: binds a datagram socket and parses entries strictly by the native protocol, so that an entry that
/// journald would drop is an error here.
/// </summary>
public sealed class Recorder : IDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly ConcurrentQueue<IReadOnlyDictionary<string, string>> entries = new();
    private readonly Thread thread;
    private readonly Action<IReadOnlyDictionary<string, string>>? onEntry;
    private volatile bool disposed;

    /// <param name="path">Where to create the socket; must not exist.</param>
    /// <param name="onEntry">Called for each entry when it arrives, on the recorder's thread.</param>
    public Recorder(string path, Action<IReadOnlyDictionary<string, string>>? onEntry = null)
    {
        this.onEntry = onEntry;
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.ReceiveBufferSize = 1 << 20;
        thread = new Thread(Receive) { IsBackground = true };
        thread.Start();
    }

    /// <summary>The entries so far, after reading everything that is already in the socket's queue.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Entries
    {
        get
        {
            while (socket.Available > 0)
            {
                Thread.Sleep(1);
            }

            Thread.Sleep(20);
            return [.. entries];
        }
    }

    /// <summary>Only the messages.</summary>
    public IReadOnlyList<string> Messages => [.. Entries.Select(entry => entry["MESSAGE"])];

    public void Dispose()
    {
        disposed = true;
        socket.Dispose();
        thread.Join(TimeSpan.FromSeconds(1));
    }

    private void Receive()
    {
        var buffer = new byte[1 << 18];
        while (!disposed)
        {
            try
            {
                var count = socket.Receive(buffer);
                var entry = Parse(buffer.AsSpan(0, count));
                entries.Enqueue(entry);
                onEntry?.Invoke(entry);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <exception cref="FormatException">The entry violates the native protocol.</exception>
    public static IReadOnlyDictionary<string, string> Parse(ReadOnlySpan<byte> datagram)
    {
        var fields = new Dictionary<string, string>();
        while (!datagram.IsEmpty)
        {
            var end = datagram.IndexOfAny((byte)'=', (byte)'\n');
            if (end <= 0)
            {
                throw new FormatException("a field has no name");
            }

            var name = Encoding.ASCII.GetString(datagram[..end]);
            if (
                name[0] is '_' or (>= '0' and <= '9')
                || name.Any(c => c is not ('_' or (>= 'A' and <= 'Z') or (>= '0' and <= '9')))
            )
            {
                throw new FormatException($"journald drops fields with the name {name}");
            }

            int length;
            if (datagram[end] == '=')
            {
                datagram = datagram[(end + 1)..];
                length = datagram.IndexOf((byte)'\n');
            }
            else
            {
                length = (int)BinaryPrimitives.ReadUInt64LittleEndian(datagram[(end + 1)..]);
                datagram = datagram[(end + 1 + sizeof(ulong))..];
            }

            fields.Add(name, new UTF8Encoding(false, true).GetString(datagram[..length]));
            if (datagram[length] != '\n')
            {
                throw new FormatException($"no newline behind the value of {name}");
            }

            datagram = datagram[(length + 1)..];
        }

        return fields;
    }
}
