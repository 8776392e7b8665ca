// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>
/// A user name or a password. A registry compares bytes, so this type keeps the bytes as they were read, even if they
/// are not UTF-8. Like <see cref="Secret"/>, it prints as <c>***</c>, and only <see cref="Reveal"/> returns the bytes.
/// </summary>
internal sealed class SecretBytes(byte[] value) : IEquatable<SecretBytes>
{
    public static readonly SecretBytes Empty = new([]);

    /// <summary>In bytes; for limits, never for a message.</summary>
    public int Length => value.Length;

    /// <summary>The bytes themselves. Call this only where they are written, never for a message.</summary>
    public ReadOnlySpan<byte> Reveal() => value;

    /// <summary>Compares in a time that does not depend on where two secrets differ.</summary>
    public bool Equals(SecretBytes? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(value, other.Reveal());

    public override bool Equals(object? obj) => Equals(obj as SecretBytes);

    /// <summary>The same for all secrets, so that a hash reveals nothing.</summary>
    public override int GetHashCode() => 0;

    public override string ToString() => "***";
}
