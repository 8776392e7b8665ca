// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Journal;

/// <summary>
/// Sends entries to journald. A missing or slow journal must never fail a pull: entries that cannot be sent are
/// dropped, and all entries of a run together wait at most <see cref="Patience"/> for room in the socket's queue.
/// </summary>
internal sealed class JournalSink : IDisposable
{
    /// <summary>How long one run waits for a full journal in total.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly SafeFileHandle? socket;
    private TimeSpan patienceLeft = Patience;

    /// <param name="path">
    /// The journal's datagram socket, usually <c>/run/systemd/journal/socket</c>. If no process listens there (in a
    /// container or a test), or the process has no free descriptor, only stderr shows a failure.
    /// </param>
    public JournalSink(string path) => socket = Libc.ConnectDatagrams(path);

    public void Send(ReadOnlyMemory<byte> datagram)
    {
        while (socket is not null && Libc.Send(socket, datagram.Span, datagram.Length, Libc.MSG_NOSIGNAL) < 0)
        {
            var error = Errno.Last;
            if (error != Errno.EINTR && (error != Errno.EAGAIN || !WaitForRoom(socket)))
            {
                return;
            }
        }
    }

    public void Dispose() => socket?.Dispose();

    private bool WaitForRoom(SafeFileHandle full)
    {
        if (patienceLeft <= TimeSpan.Zero)
        {
            return false;
        }

        var start = Stopwatch.GetTimestamp();
        var hasRoom = Libc.Poll(full, Libc.POLLOUT, (int)Math.Ceiling(patienceLeft.TotalMilliseconds)) > 0;
        patienceLeft -= Stopwatch.GetElapsedTime(start) + TimeSpan.FromMicroseconds(50);
        return hasRoom;
    }
}
