// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>Bytes that arrive in pieces, as from a network.</summary>
/// <param name="bytes">All of them.</param>
/// <param name="nextPiece">How many arrive next.</param>
internal sealed class CutStream(byte[] bytes, Func<int> nextPiece) : MemoryStream(bytes)
{
    public override int Read(byte[] buffer, int offset, int count) =>
        base.Read(buffer, offset, Math.Min(count, nextPiece()));

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, nextPiece())]);
}
