// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace CrioCredentialProvider.Journal;

/// <summary>
/// Encodes fields in systemd's native journal protocol: <c>NAME=value\n</c>, or for a value with a newline
/// <c>NAME\n</c>, its length as 64-bit little-endian, the value, <c>\n</c> (systemd docs/JOURNAL_NATIVE_PROTOCOL.md).
/// </summary>
internal sealed class JournalDatagram
{
    /// <summary>Maximum size of a value in bytes, so that an entry always fits into one datagram.</summary>
    public const int MaximumValueBytes = 4096;

    private byte[] buffer = new byte[2048];
    private int length;

    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, length);

    public void Clear() => length = 0;

    /// <param name="name">Upper-case letters, digits and underscores.</param>
    /// <param name="value">Any text; it is cut at <see cref="MaximumValueBytes"/>.</param>
    public void Add(string name, string value)
    {
        // A UTF-16 code unit takes at most three bytes in UTF-8; a surrogate pair takes four.
        var kept = value.AsSpan(0, Math.Min(value.Length, MaximumValueBytes / 3));
        Reserve(name.Length + (kept.Length * 3) + 10);
        length += Encoding.ASCII.GetBytes(name, buffer.AsSpan(length));
        if (kept.Contains('\n'))
        {
            buffer[length++] = (byte)'\n';
            var count = Encoding.UTF8.GetBytes(kept, buffer.AsSpan(length + sizeof(ulong)));
            BinaryPrimitives.WriteUInt64LittleEndian(buffer.AsSpan(length), (ulong)count);
            length += sizeof(ulong) + count;
        }
        else
        {
            buffer[length++] = (byte)'=';
            length += Encoding.UTF8.GetBytes(kept, buffer.AsSpan(length));
        }

        buffer[length++] = (byte)'\n';
    }

    private void Reserve(int count)
    {
        if (length + count > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + count));
        }
    }
}
