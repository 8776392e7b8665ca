// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>How many of a registry's images a pattern matches.</summary>
internal enum Coverage
{
    None,
    Part,
    Full,
}

/// <summary>
/// A <c>[[registry]]</c> that redirects CRI-O to a mirror or another location. The kubelet must run the provider for
/// its images.
/// </summary>
/// <param name="Prefix">As in registries.conf.</param>
/// <param name="Origin"><c>FILE:LINE</c>.</param>
internal sealed record MirroredRegistry(string Prefix, string Origin)
{
    /// <summary>A label that no pattern contains, so that only a glob matches it.</summary>
    private const string AnyLabel = "any-label-at-all";

    public static IReadOnlyList<MirroredRegistry> All(RegistriesConf conf) =>
        [.. conf.Registries.Where(IsElsewhere).Select(entry => new MirroredRegistry(entry.Prefix, entry.Origin))];

    /// <summary>Whether CRI-O pulls these images from a location other than their own.</summary>
    public static bool IsElsewhere(RegistryEntry entry) =>
        entry.MirrorLocations.Count > 0 || (entry.Location.Length > 0 && entry.Location != entry.Prefix);

    public bool IsWildcard => Prefix.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>The pattern for matchImages. The prefix already has the form of a pattern.</summary>
    public string Pattern => Prefix;

    /// <summary>How many of the registry's images the pattern matches, by the kubelet's rules.</summary>
    public Coverage CoverageBy(string pattern)
    {
        if (
            ImagePattern.WhyNever(pattern) is not null
            || ImagePattern.Parse(pattern, out _) is not { } parsed
            || ImagePattern.Parse(IsWildcard ? AnyLabel + Prefix[1..] : Prefix, out _) is not { } own
        )
        {
            return Coverage.None;
        }

        if (parsed.Matches(own))
        {
            return Coverage.Full;
        }

        // A host below the wildcard, or a path below the prefix.
        return
            parsed.MatchesBelow(own)
            || (
                IsWildcard
                && parsed.Host.Split(':')[0].EndsWith(Prefix[1..], StringComparison.Ordinal)
                && parsed.Host.Length > Prefix.Length - 1
            )
            ? Coverage.Part
            : Coverage.None;
    }

    /// <summary>The pattern that is closest to a match, and why it does not match; null if none is close.</summary>
    public string? NearestMiss(IEnumerable<string> patterns) =>
        patterns.Select(NearMiss).Where(miss => miss is not null).MinBy(miss => miss!.Value.Distance)?.Text;

    /// <summary>How far the pattern is from a match; null if it is for a different registry.</summary>
    private (int Distance, string Text)? NearMiss(string pattern)
    {
        if (
            ImagePattern.Parse(pattern, out _) is not { } parsed
            || ImagePattern.Parse(IsWildcard ? AnyLabel + Prefix[1..] : Prefix, out _) is not { } own
        )
        {
            return null;
        }

        var redacted = ImagePattern.Redacted(pattern);
        if (new ImagePattern(parsed.Host, "").Matches(own))
        {
            return (0, $"\"{redacted}\" has another path");
        }

        var (host, port) = Split(own.Host);
        var (patternHost, patternPort) = Split(parsed.Host);
        if (port != patternPort && new ImagePattern(patternHost, "").Matches(new ImagePattern(host, "")))
        {
            return (
                1,
                port.Length == 0 ? $"\"{redacted}\" has a port, and the registry has none"
                : patternPort.Length == 0 ? $"\"{redacted}\" has no port, and the registry has {port}"
                : $"\"{redacted}\" has another port than {port}"
            );
        }

        var (labels, patternLabels) = (host.Split('.'), patternHost.Split('.'));
        var difference = Math.Abs(labels.Length - patternLabels.Length);
        return
            patternHost.Contains('*', StringComparison.Ordinal)
            && difference > 0
            && (labels[^1] == patternLabels[^1] || patternLabels[^1] == "*")
            ? (
                1 + difference,
                $"\"{redacted}\" matches hosts of {patternLabels.Length} labels, and \"{host}\" has {labels.Length}: "
                    + "each \"*\" matches one label"
            )
            : null;
    }

    private static (string Host, string Port) Split(string host)
    {
        RepositoryName.SplitPort(host, out var name, out var port);
        return (name.ToString(), port.IsEmpty ? "" : $":{port}");
    }
}
