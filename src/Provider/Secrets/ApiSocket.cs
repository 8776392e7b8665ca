// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Secrets;

/// <summary>The network failed; the message completes a line.</summary>
/// <param name="problem">For example "Connection refused".</param>
/// <param name="isOutOfTime">Whether the deadline passed; an earlier failure then explains more.</param>
internal sealed class ApiSocketException(string problem, bool isOutOfTime = false) : IOException(problem)
{
    public bool IsOutOfTime => isOutOfTime;
}

/// <summary>
/// A TCP connection for one thread, whose calls return before a deadline. The framework's sockets would start an event
/// loop with its own threads, which costs a sixth of a run (docs/adr/0026).
/// </summary>
internal sealed class ApiSocket : Stream
{
    /// <summary>Per address, which leaves the rest of the budget to other addresses and attempts.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly SafeFileHandle socket;
    private readonly Deadline deadline;

    private ApiSocket(SafeFileHandle socket, Deadline deadline) => (this.socket, this.deadline) = (socket, deadline);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Tries the addresses in turn.</summary>
    /// <exception cref="ApiSocketException">No address accepted the connection.</exception>
    public static ApiSocket Connect(IReadOnlyList<IPAddress> addresses, int port, Deadline deadline)
    {
        ApiSocketException? failure = null;
        foreach (var address in addresses)
        {
            try
            {
                return Connect(new IPEndPoint(address, port), deadline);
            }
            catch (ApiSocketException e) when (!e.IsOutOfTime)
            {
                failure = e;
            }
        }

        throw failure ?? new ApiSocketException("its name has no address");
    }

    public override int Read(Span<byte> buffer)
    {
        // SslStream uses an empty buffer to wait for data.
        while (buffer.Length > 0)
        {
            if (deadline.IsOver)
            {
                throw OutOfTime();
            }

            var count = Libc.Recv(socket, buffer, buffer.Length, 0);
            if (count >= 0)
            {
                return (int)count;
            }

            WaitFor(Libc.POLLIN);
        }

        return 0;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = Libc.Send(socket, buffer, buffer.Length, Libc.MSG_NOSIGNAL);
            if (count >= 0)
            {
                buffer = buffer[(int)count..];
            }
            else
            {
                WaitFor(Libc.POLLOUT);
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is buffered.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        socket.Dispose();
        base.Dispose(disposing);
    }

    private static ApiSocket Connect(IPEndPoint endPoint, Deadline deadline)
    {
        var address = endPoint.Serialize();
        var family = endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? Libc.AF_INET6 : Libc.AF_INET;
        var socket = Libc.TcpSocket(family);
        var error = socket.IsInvalid ? Errno.Last : Libc.StartConnect(socket, address.Buffer.Span[..address.Size]);
        var connection = new ApiSocket(socket, deadline);
        try
        {
            if (error == Errno.EINPROGRESS)
            {
                connection.WaitFor(Libc.POLLOUT, ConnectTimeout);
                error = Libc.ConnectError(socket);
            }

            return error == 0 ? connection : throw Failure(error);
        }
        catch (ApiSocketException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Waits after a call that would have blocked; any other failure is thrown.</summary>
    private void WaitFor(short events)
    {
        if (Errno.Last is not (Errno.EAGAIN or Errno.EINTR))
        {
            throw Failure(Errno.Last);
        }

        WaitFor(events, Timeout.InfiniteTimeSpan);
    }

    private void WaitFor(short events, TimeSpan timeout)
    {
        var remaining = deadline.Remaining;
        var isShorter = timeout >= TimeSpan.Zero && timeout < remaining;
        var wait = isShorter ? timeout : remaining;
        int ready;
        do
        {
            ready = Libc.Poll(socket, events, (int)Math.Ceiling(wait.TotalMilliseconds));
        } while (ready < 0 && Errno.Last == Errno.EINTR);
        if (ready <= 0)
        {
            throw isShorter ? new ApiSocketException($"no connection within {timeout.TotalSeconds} s") : OutOfTime();
        }
    }

    private static ApiSocketException OutOfTime() => new("it did not answer in time", isOutOfTime: true);

    private static ApiSocketException Failure(int error) => new(OneLine.Of(Marshal.GetPInvokeErrorMessage(error)));
}
