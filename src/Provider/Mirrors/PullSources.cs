// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>Where CRI-O will pull an image from, and which entry of registries.conf determines it.</summary>
/// <param name="Sources">In the order in which CRI-O tries them: mirrors first, the registry last.</param>
/// <param name="DecidedBy">The matching <c>[[registry]]</c> as <c>FILE:LINE</c>, or null if there is none.</param>
/// <param name="IsRemapped">Whether the registry's <c>location</c> rewrites the image to another place.</param>
internal sealed record PullSources(IReadOnlyList<PullSource> Sources, string? DecidedBy, bool IsRemapped)
{
    /// <summary>Whether CRI-O pulls from anywhere but the image's own name; if not, no auth file is needed.</summary>
    public bool HasMirrorOrRemap => IsRemapped || Sources.Any(source => source.Kind == PullSourceKind.Mirror);

    /// <summary>The distinct locations of the mirrors, in order.</summary>
    public IReadOnlyList<string> MirrorLocations
    {
        get
        {
            List<string> locations = [];
            HashSet<string> seen = new(StringComparer.Ordinal);
            foreach (var source in Sources)
            {
                if (source.Kind == PullSourceKind.Mirror && seen.Add(source.Location))
                {
                    locations.Add(source.Location);
                }
            }

            return locations;
        }
    }
}
