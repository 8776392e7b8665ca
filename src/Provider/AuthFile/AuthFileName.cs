// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.AuthFile;

/// <summary>The names of the files in CRI-O's directory (cri-o server/image_pull.go prepareTempAuthFile).</summary>
internal static class AuthFileName
{
    /// <summary>The subdirectory in which CRI-O keeps a file during its pull.</summary>
    public const string InUse = "in-use";

    private const string TemporaryPrefix = ".auth-";
    private const string TemporarySuffix = ".tmp";
    private const string Suffix = ".json";

    /// <summary>A dash and 64 hexadecimal digits.</summary>
    private const int DigestLength = 65;

    /// <summary>A dash and a UUID.</summary>
    private const int UuidLength = 37;

    /// <returns><c>NAMESPACE-SHA256.json</c>, with the lower-case hex digest of the image exactly as the kubelet named
    /// it.</returns>
    /// <exception cref="ProviderException">The namespace could escape the directory.</exception>
    public static string For(string ns, RepositoryName image) =>
        NamespaceName.IsValid(ns)
            ? $"{ns}-{Digest(image)}{Suffix}"
            : throw new ProviderException(
                Reasons.NamespaceUnusable,
                $"namespace \"{OneLine.Of(ns)}\" cannot be part of a file name"
            );

    /// <summary>The part of a name that represents the image: 64 lower-case hexadecimal digits.</summary>
    public static string Digest(RepositoryName image) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image.Text)));

    /// <summary>The image's digest in a name that <see cref="IsUntaken"/>.</summary>
    public static string DigestIn(string name) => name[^(DigestLength - 1 + Suffix.Length)..^Suffix.Length];

    /// <summary>Whether a name that <see cref="IsUntaken"/> belongs to this namespace.</summary>
    public static bool IsOf(string ns, string name) =>
        name.Length == ns.Length + DigestLength + Suffix.Length && name.StartsWith(ns, StringComparison.Ordinal);

    /// <summary><c>NAMESPACE-SHA256.json</c></summary>
    public static bool IsUntaken(string name) =>
        name.EndsWith(Suffix, StringComparison.Ordinal)
        && IsNamespaceAndDigest(name.AsSpan(0, name.Length - Suffix.Length));

    /// <summary><c>NAMESPACE-SHA256-UUID.json</c>, the UUID with dashes.</summary>
    public static bool IsInUse(string name) =>
        name.Length > UuidLength + Suffix.Length
        && name.EndsWith(Suffix, StringComparison.Ordinal)
        && name[^(UuidLength + Suffix.Length)] == '-'
        && Guid.TryParseExact(name.AsSpan()[^(UuidLength + Suffix.Length - 1)..^Suffix.Length], "D", out _)
        && IsNamespaceAndDigest(name.AsSpan()[..^(UuidLength + Suffix.Length)]);

    /// <summary>Whether the name has the form of <see cref="Temporary"/>.</summary>
    public static bool IsTemporary(string name) =>
        name.StartsWith(TemporaryPrefix, StringComparison.Ordinal)
        && name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    /// <summary>A name that does not match the pattern of an auth file.</summary>
    public static string Temporary(string unique) => $"{TemporaryPrefix}{unique}{TemporarySuffix}";

    private static bool IsNamespaceAndDigest(ReadOnlySpan<char> name)
    {
        if (name.Length <= DigestLength || name[^DigestLength] != '-')
        {
            return false;
        }

        foreach (var c in name[^(DigestLength - 1)..])
        {
            if (!char.IsAsciiHexDigitLower(c))
            {
                return false;
            }
        }

        return NamespaceName.IsValid(name[..^DigestLength]);
    }
}
