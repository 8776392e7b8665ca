using System.Diagnostics;
using System.Net.Sockets;

namespace CrioCredentialProvider.Journal;

/// <summary>
/// Sends entries to journald. Its absence or slowness must never cost a pull: what cannot be sent is dropped, and all
/// entries of a run together wait no longer than <see cref="Patience"/> for room in the socket's queue.
/// </summary>
internal sealed class JournalSink : IDisposable
{
    /// <summary>How long one run waits for a full journal in all.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly Socket? socket;
    private TimeSpan patienceLeft = Patience;

    /// <param name="path">The journal's datagram socket, usually <c>/run/systemd/journal/socket</c>.</param>
    public JournalSink(string path)
    {
        Socket? candidate = null;
        try
        {
            candidate = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            candidate.Blocking = false;
            candidate.Connect(new UnixDomainSocketEndPoint(path));
            socket = candidate;
        }
        catch (Exception e) when (e is SocketException or ArgumentException or TypeInitializationException)
        {
            // No journald here (a container, a test), or no descriptor left: the failure line on stderr remains.
            candidate?.Dispose();
        }
    }

    public void Send(ReadOnlyMemory<byte> datagram)
    {
        if (socket is null)
        {
            return;
        }

        while (true)
        {
            try
            {
                socket.Send(datagram.Span);
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock && WaitForRoom())
            {
                // The queue had room again before the patience was used up: the same datagram once more.
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    public void Dispose() => socket?.Dispose();

    private bool WaitForRoom()
    {
        if (patienceLeft <= TimeSpan.Zero)
        {
            return false;
        }

        var start = Stopwatch.GetTimestamp();
        var hasRoom = socket!.Poll(patienceLeft, SelectMode.SelectWrite);
        patienceLeft -= Stopwatch.GetElapsedTime(start) + TimeSpan.FromMicroseconds(50);
        return hasRoom;
    }
}
