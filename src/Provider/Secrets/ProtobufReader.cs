// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Reads protobuf's wire format (https://protobuf.dev/programming-guides/encoding) from a stream, field by field.
/// Memory does not grow with the stream: a value is buffered up to a maximum that the caller passes, and everything
/// else is skipped as it arrives. Groups are rejected, because Kubernetes does not use them.
/// </summary>
internal sealed class ProtobufReader(Stream stream, long maximumBytes)
{
    private const int Varint = 0,
        Fixed64 = 1,
        LengthDelimited = 2,
        Fixed32 = 5;

    /// <summary>Two TLS records: a whole record fits after the rest of the previous one.</summary>
    private byte[] buffer = GC.AllocateUninitializedArray<byte>(32 * 1024);
    private int position,
        end,
        wireType;
    private int limit; // the end of the current message within the buffered bytes
    private long bufferStart,
        messageEnd = long.MaxValue; // offsets in the stream

    /// <summary>The number of the field that <see cref="NextField"/> read.</summary>
    public int Field { get; private set; }
    public long BytesRead => bufferStart + end;
    private long Remaining => messageEnd - bufferStart - position;

    /// <summary>Reads a tag. The caller then enters, reads or skips the value.</summary>
    /// <returns>False at the end of the current message.</returns>
    public bool NextField()
    {
        if (position == limit && (Remaining == 0 || (messageEnd == long.MaxValue && !TryFill(1))))
        {
            return false;
        }

        var tag = ReadVarint();
        Field = tag >> 3 is > 0 and < 1 << 29 ? (int)(tag >> 3) : throw new ProtobufException($"{tag} is not a tag");
        wireType = (int)(tag & 7);
        return wireType is Varint or Fixed64 or LengthDelimited or Fixed32
            ? true
            : throw new ProtobufException($"field {Field} has the unsupported wire type {wireType}");
    }

    /// <summary>Makes the value the current message.</summary>
    /// <returns>The end of the outer message, for <see cref="LeaveMessage"/>.</returns>
    public long EnterMessage()
    {
        var outerEnd = messageEnd;
        SetMessageEnd(ReadLength() + bufferStart + position);
        return outerEnd;
    }

    /// <summary>Returns to the outer message, after <see cref="NextField"/> returned false.</summary>
    public void LeaveMessage(long outerEnd) => SetMessageEnd(outerEnd);

    /// <param name="maximum">A longer value is skipped, and the result is false.</param>
    /// <param name="value">Valid until the next call.</param>
    public bool TryReadBytes(int maximum, out ReadOnlySpan<byte> value)
    {
        var length = ReadLength();
        if (length > maximum)
        {
            SkipBytes(length);
            value = default;
            return false;
        }

        if (length > limit - position)
        {
            Fill((int)length);
        }

        value = buffer.AsSpan(position, (int)length);
        position += (int)length;
        return true;
    }

    /// <summary>Skips the value of a field that the caller does not know.</summary>
    public void Skip()
    {
        if (wireType != Varint)
        {
            SkipBytes(
                wireType switch
                {
                    Fixed64 => 8,
                    Fixed32 => 4,
                    _ => ReadLength(),
                }
            );
        }
        else
        {
            _ = ReadVarint();
        }
    }

    private long ReadLength()
    {
        var length =
            wireType == LengthDelimited
                ? ReadVarint()
                : throw new ProtobufException($"field {Field} has wire type {wireType} instead of {LengthDelimited}");
        return length <= (ulong)Remaining ? (long)length : throw EndsEarly();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReadVarint() => position < limit && buffer[position] < 0x80 ? buffer[position++] : ReadLongVarint();

    private ulong ReadLongVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position == limit)
            {
                Fill(1);
            }

            var next = buffer[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new ProtobufException($"a number after field {Field} has more than 10 bytes");
    }

    private void SkipBytes(long count)
    {
        for (; count > end - position; Fill(1))
        {
            count -= end - position;
            position = end;
        }

        position += count <= Remaining ? (int)count : throw EndsEarly();
    }

    private void Fill(int count)
    {
        if (count > Remaining || !TryFill(count))
        {
            throw EndsEarly();
        }
    }

    /// <returns>False if the stream ends before.</returns>
    private bool TryFill(int count)
    {
        if (count > end - position)
        {
            var target = count > buffer.Length ? new byte[count] : buffer;
            buffer.AsSpan(position, end - position).CopyTo(target);
            (buffer, bufferStart, end, position) = (target, bufferStart + position, end - position, 0);
        }

        var read = 1;
        for (; end < position + count && read > 0; end += read)
        {
            read = stream.Read(buffer, end, buffer.Length - end);
            if (BytesRead + read > maximumBytes)
            {
                throw new ByteBudgetException();
            }
        }

        SetMessageEnd(messageEnd);
        return read > 0;
    }

    private void SetMessageEnd(long value)
    {
        messageEnd = value;
        limit = (int)Math.Min(end, value - bufferStart);
    }

    private static ProtobufException EndsEarly() => new("it ends in the middle of a field");
}
