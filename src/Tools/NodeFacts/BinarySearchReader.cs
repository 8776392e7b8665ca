// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>Reads a large file of the node in overlapping pieces, to search for bytes in it.</summary>
internal static class BinarySearchReader
{
    /// <summary>The maximum length of a match, in bytes.</summary>
    public const int Overlap = 512;

    private const int PieceBytes = 1024 * 1024;
    private const long MaximumBytes = 512L * 1024 * 1024;

    /// <param name="files">The node's.</param>
    /// <param name="path">A regular file; for anything else, the result is empty.</param>
    /// <returns>The pieces. Each begins with the last <see cref="Overlap"/> bytes of the one before it.</returns>
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
