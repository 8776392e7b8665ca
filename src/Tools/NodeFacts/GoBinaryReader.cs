// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>Reads information that the Go linker stores in a program.</summary>
internal static class GoBinaryReader
{
    /// <summary>The magic bytes of the build information in each Go program (Go's debug/buildinfo).</summary>
    private static readonly byte[] BuildInfoMagic = [0xFF, .. " Go buildinf:"u8];

    /// <summary>Whether the file was built by Go.</summary>
    public static bool IsGo(NodeFilesReader files, string path) =>
        BinarySearchReader.Pieces(files, path).Any(piece => piece.Span.IndexOf(BuildInfoMagic) >= 0);

    /// <summary>
    /// The version that a Kubernetes program prints. The linker sets it twice, for component-base and for client-go
    /// (kubernetes hack/lib/version.sh), and stores the two strings next to each other, each followed by zero bytes.
    /// </summary>
    /// <returns>For example, <c>v1.36.2</c>; null if there is none.</returns>
    public static string? KubernetesVersion(NodeFilesReader files, string path)
    {
        foreach (var piece in BinarySearchReader.Pieces(files, path))
        {
            if (Find(piece.Span) is { } version)
            {
                return version;
            }
        }

        return null;
    }

    private static string? Find(ReadOnlySpan<byte> piece)
    {
        var start = "\0v1."u8;
        for (var at = piece.IndexOf(start); at >= 0; )
        {
            var rest = piece[(at + 1)..];
            var end = rest.IndexOf((byte)0);
            if (end is > 0 and <= 64 && IsVersion(rest[..end]))
            {
                // Include the zero bytes on both sides.
                var word = piece.Slice(at, end + 2);
                var after = rest[end..Math.Min(rest.Length, end + 128)];
                if (after.IndexOf(word) is >= 0 and var gap && !after[..gap].ContainsAnyExcept((byte)0))
                {
                    return Encoding.ASCII.GetString(rest[..end]);
                }
            }

            var next = piece[(at + 1)..].IndexOf(start);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return null;
    }

    private static bool IsVersion(ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'.' or (byte)'-' or (byte)'+'))
            {
                return false;
            }
        }

        return text.Count((byte)'.') >= 2;
    }
}
