// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Matching;

/// <summary>Explains why a key matches none of an image's sources, with the source that it nearly matches.</summary>
/// <param name="Kind">How it differs.</param>
/// <param name="Text">One sentence without a full stop, with key and reference quoted.</param>
internal sealed record NearMiss(NearMissKind Kind, string Text)
{
    /// <summary>Whether the source may have been meant.</summary>
    public bool IsNear => Kind != NearMissKind.OtherRegistry;

    /// <param name="key">As written in the secret, printable; it matches none of the sources.</param>
    /// <param name="sources">At least one.</param>
    public static NearMiss Of(string key, IReadOnlyList<PullSource> sources)
    {
        NearMiss? nearest = null;
        foreach (var source in sources)
        {
            var (kind, difference) = Compare(key, source.Reference);
            if (nearest is null || kind < nearest.Kind)
            {
                nearest = new NearMiss(
                    kind,
                    kind == NearMissKind.OtherRegistry
                        ? $"key \"{key}\" is for another registry"
                        : $"key \"{key}\" does not cover \"{source.Reference}\": {difference}"
                );
            }
        }

        return nearest!;
    }

    private static (NearMissKind Kind, string Difference) Compare(string written, RepositoryName reference)
    {
        var scheme = written.IndexOf("://", StringComparison.Ordinal);
        var isStrange = scheme > 0 && written[..scheme] is not ("https" or "http");
        if (!RegistryKey.TryParse(isStrange ? written[(scheme + 3)..] : written, out var key))
        {
            return (NearMissKind.OtherRegistry, "");
        }

        var isSameHost = key.IsGlob ? HostGlob.Matches(key.Host, reference.Host) : key.Host == reference.Host;
        if (isStrange)
        {
            return isSameHost
                ? (
                    NearMissKind.Scheme,
                    $"only the schemes \"https://\" and \"http://\" are known, not \"{written[..scheme]}://\""
                )
                : (NearMissKind.OtherRegistry, "");
        }

        return isSameHost ? PathDifference.Of(key.Path, reference) : HostDifference.Of(key.Host, reference.Host);
    }
}
