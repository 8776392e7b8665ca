// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>Looks for bytes in large files of the node, in pieces that overlap.</summary>
internal static class BinarySearchReader
{
    /// <summary>No match is longer than this.</summary>
    public const int Overlap = 512;

    private const int PieceBytes = 1024 * 1024;
    private const long MaximumBytes = 512L * 1024 * 1024;

    /// <param name="files">The node's.</param>
    /// <param name="path">A regular file; another one has no pieces.</param>
    /// <returns>Each with the last <see cref="Overlap"/> bytes of the one before it.</returns>
    public static IEnumerable<ReadOnlyMemory<byte>> Pieces(NodeFilesReader files, string path)
    {
        if (files.OpenRegular(path) is not { } handle)
        {
            yield break;
        }

        using (handle)
        {
            var piece = new byte[PieceBytes];
            var kept = 0;
            for (long at = 0; at < MaximumBytes; )
            {
                var read = RandomAccess.Read(handle, piece.AsSpan(kept), at);
                if (read == 0)
                {
                    yield break;
                }

                at += read;
                yield return piece.AsMemory(0, kept + read);
                var length = kept + read;
                kept = Math.Min(Overlap, length);
                piece.AsSpan(length - kept, kept).CopyTo(piece);
            }
        }
    }
}
