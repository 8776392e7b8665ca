using System.Diagnostics;
using System.Runtime.InteropServices;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Journal;

/// <summary>
/// Sends entries to journald. Its absence or slowness must never cost a pull: what cannot be sent is dropped, and all
/// entries of a run together wait no longer than <see cref="Patience"/> for room in the socket's queue.
/// </summary>
internal sealed class JournalSink : IDisposable
{
    /// <summary>How long one run waits for a full journal in all.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly int socket;
    private TimeSpan patienceLeft = Patience;

    /// <param name="path">
    /// The journal's datagram socket, usually <c>/run/systemd/journal/socket</c>. When nobody listens there (a container,
    /// a test) or no descriptor is left, the failure line on stderr remains.
    /// </param>
    public JournalSink(string path) => socket = Libc.ConnectDatagrams(path);

    public void Send(ReadOnlyMemory<byte> datagram)
    {
        while (socket >= 0 && Libc.Send(socket, datagram.Span, datagram.Length, Libc.NoSignal) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Libc.InterruptedCall && (error != Libc.TryAgain || !WaitForRoom()))
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        if (socket >= 0)
        {
            _ = Libc.Close(socket);
        }
    }

    private bool WaitForRoom()
    {
        if (patienceLeft <= TimeSpan.Zero)
        {
            return false;
        }

        var start = Stopwatch.GetTimestamp();
        var entry = new Libc.PollEntry { Descriptor = socket, Events = Libc.Writable };
        var hasRoom = Libc.Poll(ref entry, 1, (int)Math.Ceiling(patienceLeft.TotalMilliseconds)) > 0;
        patienceLeft -= Stopwatch.GetElapsedTime(start) + TimeSpan.FromMicroseconds(50);
        return hasRoom;
    }
}
