// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Secrets;

/// <summary>A copy of a value, in memory that is reused for the next value.</summary>
internal struct ValueBuffer
{
    /// <summary>Special values of <see cref="Length"/>.</summary>
    public const int Absent = -1,
        TooLong = -2;

    private byte[]? buffer;

    public int Length;

    /// <summary>Null if the value is absent; must not be read if the value was too long.</summary>
    public readonly ReadOnlyMemory<byte>? Bytes =>
        Length == Absent ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(buffer, 0, Length);

    /// <summary>The same bytes; only valid if the value is present.</summary>
    public readonly ReadOnlySpan<byte> Span => buffer.AsSpan(0, Length);

    public void Set(ReadOnlySpan<byte> bytes)
    {
        if (buffer is null || buffer.Length < bytes.Length)
        {
            buffer = new byte[Math.Max(4096, bytes.Length)];
        }

        bytes.CopyTo(buffer);
        Length = bytes.Length;
    }
}
