// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>The pulls for which CRI-O uses a mirror (<c>pull-from-mirror</c>, <c>mirror-by-digest-only</c>).</summary>
internal enum MirrorUse
{
    Always,
    DigestsOnly,
    TagsOnly,
}

/// <summary>One <c>[[registry.mirror]]</c>.</summary>
/// <param name="Location">Host, port and path prefix, without a trailing slash.</param>
/// <param name="Use">The kubelet's request has neither tag nor digest, so this does not affect a run.</param>
internal sealed record RegistryMirror(string Location, MirrorUse Use);

/// <summary>
/// One <c>[[registry]]</c>, normalized as in containers/image (sysregistriesv2 postProcessRegistries).
/// </summary>
/// <param name="Prefix">
/// The prefix that an image name is compared with; <c>*.</c> at its beginning makes it a wildcard.
/// </param>
/// <param name="Location">The registry's physical location; empty for a wildcard without a rewrite.</param>
/// <param name="Mirrors">In the order of the file.</param>
/// <param name="Origin">The position as <c>FILE:LINE</c>.</param>
internal sealed record RegistryEntry(
    string Prefix,
    string Location,
    IReadOnlyList<RegistryMirror> Mirrors,
    string Origin
)
{
    /// <summary>Whether CRI-O refuses to contact the location; if there are mirrors, it uses only them.</summary>
    public bool IsBlocked { get; init; }

    public IReadOnlyList<string> MirrorLocations => [.. Mirrors.Select(mirror => mirror.Location)];

    public bool IsWildcard => Prefix.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>
    /// The number of characters of the image name that the prefix matches, or -1 if it does not match
    /// (refMatchingPrefix, refMatchingSubdomainPrefix; the port quirk is the library's).
    /// </summary>
    public int MatchedLength(ReadOnlySpan<char> image)
    {
        if (!IsWildcard)
        {
            return image.StartsWith(Prefix, StringComparison.Ordinal) && IsBoundary(image[Prefix.Length..])
                ? Prefix.Length
                : -1;
        }

        var suffix = Prefix.AsSpan(1);
        var index = image.IndexOf(suffix, StringComparison.Ordinal);
        if (index < 0 || image[..index].Contains('/'))
        {
            return -1;
        }

        var end = index + suffix.Length;
        return IsBoundary(image[end..]) ? end : -1;
    }

    private static bool IsBoundary(ReadOnlySpan<char> rest) => rest.IsEmpty || rest[0] is ':' or '/' or '@';
}
