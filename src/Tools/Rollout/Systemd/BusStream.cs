// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;
using CrioCredentialProvider.Linux;
using Tmds.DBus.Protocol;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// The connection to a D-Bus peer. After the last line of the authentication, it sends nothing until the peer has read
/// that line. systemd 252 otherwise reads the line and the first message together, processes only the line, and waits
/// for the socket again, so the message gets no reply until more data arrives.
/// </summary>
internal sealed class BusStream : NetworkStream
{
    private static readonly TimeSpan LongestUnread = TimeSpan.FromSeconds(5);

    private bool hasBegun;

    private BusStream(Socket socket)
        : base(socket, ownsSocket: true) { }

    /// <param name="path">The path of the socket.</param>
    public static async Task<BusStream> ConnectAsync(string path, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
            return new BusStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        await base.WriteAsync(buffer, cancellationToken);
        if (!hasBegun && buffer.Span.SequenceEqual("BEGIN\r\n"u8))
        {
            hasBegun = true;
            await UntilReadAsync(cancellationToken);
        }
    }

    private async Task UntilReadAsync(CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        while (Libc.UnreadByPeer(Socket.SafeHandle) > 0)
        {
            if (watch.Elapsed > LongestUnread)
            {
                throw new IOException($"the peer did not read within {LongestUnread.TotalSeconds:0} s");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), stop);
        }
    }
}

/// <summary>How Tmds.DBus gets its connection.</summary>
internal sealed class BusOptions(string path) : DBusConnectionOptions
{
    protected override async ValueTask<SetupResult> SetupAsync(CancellationToken cancellationToken) =>
        new()
        {
            ConnectionStream = await BusStream.ConnectAsync(path, cancellationToken),
            UserId = Libc.Geteuid().ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
}
