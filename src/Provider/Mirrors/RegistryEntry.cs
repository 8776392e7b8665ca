// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>For which pulls CRI-O uses a mirror (<c>pull-from-mirror</c>, <c>mirror-by-digest-only</c>).</summary>
internal enum MirrorUse
{
    Always,
    DigestsOnly,
    TagsOnly,
}

/// <summary>One <c>[[registry.mirror]]</c>.</summary>
/// <param name="Location">Host, port and path prefix, without trailing slash.</param>
/// <param name="Use">
/// The kubelet's request has neither tag nor digest, so this has no effect on a run.
/// </param>
internal sealed record RegistryMirror(string Location, MirrorUse Use);

/// <summary>
/// One <c>[[registry]]</c>, normalised as containers/image does (sysregistriesv2 postProcessRegistries).
/// </summary>
/// <param name="Prefix">What an image name is compared with; <c>*.</c> in front makes it a wildcard.</param>
/// <param name="Location">Where the registry really is; empty for a wildcard that is not rewritten.</param>
/// <param name="Mirrors">In the order of the file.</param>
/// <param name="Origin">Where it is, as <c>FILE:LINE</c>.</param>
internal sealed record RegistryEntry(
    string Prefix,
    string Location,
    IReadOnlyList<RegistryMirror> Mirrors,
    string Origin
)
{
    /// <summary>Whether CRI-O refuses to contact the place; with mirrors, they alone are left then.</summary>
    public bool IsBlocked { get; init; }

    public IReadOnlyList<string> MirrorLocations => [.. Mirrors.Select(mirror => mirror.Location)];

    public bool IsWildcard => Prefix.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>
    /// How many characters of the image name the prefix covers, or -1 when it does not match
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
