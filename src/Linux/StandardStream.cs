using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

/// <summary>
/// stdin, stdout or stderr as the process got it. The framework's own streams work on duplicates, for which a process at
/// its limit of descriptors has no room: it could not even say so then.
/// </summary>
internal sealed class StandardStream(int descriptor) : Stream
{
    public override bool CanRead => descriptor == 0;

    public override bool CanSeek => false;

    public override bool CanWrite => descriptor != 0;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The system's own text, such as "Bad file descriptor".</exception>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var count = Libc.Read(descriptor, buffer, buffer.Length);
            if (count >= 0)
            {
                return (int)count;
            }

            WaitOrThrow(Libc.Readable);
        }
    }

    /// <exception cref="IOException">The system's own text, such as "No space left on device".</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = Libc.Write(descriptor, buffer, buffer.Length);
            if (count >= 0)
            {
                buffer = buffer[(int)count..];
            }
            else
            {
                WaitOrThrow(Libc.Writable);
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Whoever started us may have made the other end's descriptor, which is ours too, one that never waits.</summary>
    private void WaitOrThrow(short wanted)
    {
        switch (Marshal.GetLastPInvokeError())
        {
            case Libc.InterruptedCall:
                return;
            case Libc.TryAgain:
                var entry = new Libc.PollEntry { Descriptor = descriptor, Events = wanted };
                _ = Libc.Poll(ref entry, 1, timeout: -1);
                return;
            default:
                throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }
    }
}
