// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>
/// A token, a user name or a password: text that may leave the process only through the TLS connection or the auth
/// file. It prints as <c>***</c> if it is formatted by mistake; only <see cref="Reveal"/> returns the text.
/// </summary>
internal sealed class Secret(string value) : IEquatable<Secret>
{
    private readonly string value = value;

    /// <summary>Whether the text is empty; this may be printed.</summary>
    public bool IsEmpty => value.Length == 0;

    /// <summary>In characters; for limits, never for a message.</summary>
    public int Length => value.Length;

    /// <summary>The text itself. Call this only where the text is sent or written, never for a message.</summary>
    public string Reveal() => value;

    /// <summary>Compares in a time that does not depend on where two secrets differ.</summary>
    public bool Equals(Secret? other) =>
        other is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(value), Encoding.UTF8.GetBytes(other.value));

    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <summary>The same for all secrets, so that a hash reveals nothing about the text.</summary>
    public override int GetHashCode() => 0;

    public override string ToString() => "***";
}
