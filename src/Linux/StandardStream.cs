// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

/// <summary>
/// stdin, stdout or stderr on the original descriptor. The framework's own streams duplicate it, which fails in a
/// process at its descriptor limit: it could not even report that error.
/// </summary>
internal sealed class StandardStream(int descriptor) : Stream
{
    private readonly SafeFileHandle file = new(descriptor, ownsHandle: false);

    public override bool CanRead => descriptor == 0;

    public override bool CanSeek => false;

    public override bool CanWrite => descriptor != 0;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The system's error message, for example "Bad file descriptor".</exception>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var count = Libc.Read(file, buffer, buffer.Length);
            if (count >= 0)
            {
                return (int)count;
            }

            WaitOrThrow(Libc.POLLIN);
        }
    }

    /// <exception cref="IOException">The system's error message, for example "No space left on device".</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = Libc.Write(file, buffer, buffer.Length);
            if (count >= 0)
            {
                buffer = buffer[(int)count..];
            }
            else
            {
                WaitOrThrow(Libc.POLLOUT);
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

    /// <summary>The parent process may have set O_NONBLOCK on the open file description that it shares with this
    /// process.</summary>
    private void WaitOrThrow(short wanted)
    {
        switch (Errno.Last)
        {
            case Errno.EINTR:
                return;
            case Errno.EAGAIN:
                _ = Libc.Poll(file, wanted, milliseconds: -1);
                return;
            case Errno.EPIPE:
                throw new BrokenPipeException(Errno.Message);
            default:
                throw new IOException(Errno.Message);
        }
    }
}
