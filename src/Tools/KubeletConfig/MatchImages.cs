// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>
/// The kubelet's <c>matchImages</c> for a registries.conf: every registry that has a mirror or is rewritten to another
/// location. The two sides compare differently (containers/image refMatchingPrefix; kubernetes pkg/credentialprovider
/// keyring.go URLsMatch). A remark describes each prefix that no pattern can express exactly.
/// </summary>
/// <param name="Patterns">In ordinal order, without duplicates.</param>
/// <param name="Remarks">Comment lines.</param>
internal sealed record MatchImages(IReadOnlyList<string> Patterns, IReadOnlyList<string> Remarks)
{
    public static MatchImages For(RegistriesConf conf)
    {
        SortedSet<string> patterns = new(StringComparer.Ordinal);
        List<string> remarks = [];
        foreach (
            var prefix in new SortedSet<string>(
                conf.Registries.Where(MirroredRegistry.IsElsewhere).Select(entry => entry.Prefix),
                StringComparer.Ordinal
            )
        )
        {
            if (WhyUnusable(prefix) is { } why)
            {
                remarks.Add($"Omitted: prefix \"{OneLine.WithoutUser(prefix)}\" {why}.");
                continue;
            }

            patterns.Add(prefix);
            if (prefix.StartsWith("*.", StringComparison.Ordinal))
            {
                remarks.Add(
                    $"\"{prefix}\": in registries.conf it covers hosts of any depth and with any port, for the kubelet"
                );
                remarks.Add(
                    $"each * is one label and there is no port. Add \"*.{prefix}\" or \"{prefix}:PORT\" where pods "
                        + "need it."
                );
            }
        }

        if (!patterns.Contains(DockerHub.Name) && ShortNamesLeadTo(conf) is { } mirrored)
        {
            remarks.Add(
                $"Short names may resolve to \"{mirrored}\", but the kubelet treats them as docker.io's: add "
                    + "\"docker.io\" if pods"
            );
            remarks.Add("name images without a registry.");
        }

        return new MatchImages([.. patterns], remarks);
    }

    /// <summary>Why the kubelet never matches an image with this prefix; null if it can.</summary>
    public static string? WhyUnusable(string prefix)
    {
        var name = prefix.StartsWith("*.", StringComparison.Ordinal) ? prefix[2..] : prefix;
        if (!RepositoryName.CanBeginWith(name) && (name == prefix || !RepositoryGrammar.IsHost(name)))
        {
            return "is not a host and path that an image without a tag can begin with";
        }

        // Without a port, Go's url.Parse keeps the brackets, and filepath.Match treats them as a character class.
        return name.EndsWith(']') || name.Contains("]/", StringComparison.Ordinal)
            ? "is an IPv6 address without a port, which the kubelet never matches"
            : null;
    }

    /// <summary>A mirrored registry from which an image without a registry may be pulled.</summary>
    private static string? ShortNamesLeadTo(RegistriesConf conf)
    {
        var targets = conf
            .SearchRegistries.Select(registry =>
                RepositoryName.TryNormalize($"{registry}/library/a", out var name, out _) ? name : null
            )
            .Concat(conf.Aliases.OrderBy(alias => alias.Key, StringComparer.Ordinal).Select(alias => alias.Value));
        return targets
            .OfType<RepositoryName>()
            .Select(conf.Find)
            .FirstOrDefault(entry => entry is not null && MirroredRegistry.IsElsewhere(entry))
            ?.Prefix;
    }
}
