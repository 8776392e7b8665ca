// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>
/// Reads a package's version from RPM's database, in any of its formats. The header of each package contains name,
/// version and release one after the other, each followed by a zero byte (rpm's docs/manual/format_header.md).
/// </summary>
internal static class RpmDatabaseReader
{
    private static readonly string[] Databases =
    [
        "/usr/lib/sysimage/rpm/rpmdb.sqlite",
        "/var/lib/rpm/rpmdb.sqlite",
        "/usr/share/rpm/rpmdb.sqlite",
        "/usr/lib/sysimage/rpm/Packages.db",
        "/var/lib/rpm/Packages.db",
        "/var/lib/rpm/Packages",
    ];

    /// <returns>
    /// Null if there is none, or more than one: free space in the database may still contain the header of an older
    /// version.
    /// </returns>
    public static string? Version(NodeFilesReader files, string package)
    {
        HashSet<string> versions = new(StringComparer.Ordinal);
        if (Databases.FirstOrDefault(path => files.Find(path) is { Kind: FileKind.Regular }) is { } database)
        {
            foreach (var piece in BinarySearchReader.Pieces(files, database))
            {
                Find(piece.Span, Encoding.ASCII.GetBytes($"\0{package}\0"), versions);
            }
        }

        return versions.Count == 1 ? versions.Single() : null;
    }

    private static void Find(ReadOnlySpan<byte> piece, ReadOnlySpan<byte> name, HashSet<string> versions)
    {
        for (var at = piece.IndexOf(name); at >= 0; )
        {
            var rest = piece[(at + name.Length)..];
            var end = rest.IndexOf((byte)0);
            if (end is > 0 and <= 64 && IsVersion(rest[..end]))
            {
                versions.Add(Encoding.ASCII.GetString(rest[..end]));
            }

            var next = rest.IndexOf(name);
            at = next < 0 ? -1 : at + name.Length + next;
        }
    }

    private static bool IsVersion(ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
        {
            if (
                !char.IsAsciiLetterOrDigit((char)c)
                && c is not ((byte)'.' or (byte)'~' or (byte)'+' or (byte)'_' or (byte)'^')
            )
            {
                return false;
            }
        }

        return char.IsAsciiDigit((char)text[0]) && text.Contains((byte)'.');
    }
}
