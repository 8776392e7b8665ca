// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Fuzz.Targets;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.Properties.Models;

/// <summary>
/// From where CRI-O pulls (containers/image sysregistriesv2 FindRegistry, refMatchingPrefix,
/// refMatchingSubdomainPrefix, rewriteReference), written from its description.
/// </summary>
internal static class ReferenceModel
{
    /// <summary>The physical references in order; null when one of them is no name, which fails the pull.</summary>
    public static List<string>? Sources(IEnumerable<RegistryEntry> registries, string image)
    {
        var (entry, matched) = registries
            .Select(registry => (Registry: registry, Matched: Matched(registry.Prefix, image)))
            .Where(candidate => candidate.Matched is not null)
            .OrderByDescending(candidate => candidate.Registry.Prefix.Length)
            .ThenBy(candidate => candidate.Registry.Prefix, StringComparer.Ordinal)
            .FirstOrDefault();
        if (entry is null)
        {
            return [image];
        }

        List<string> sources = [];
        foreach (
            var (location, use) in entry
                .Mirrors.Select(mirror => (mirror.Location, mirror.Use))
                .Append((entry.Location, MirrorUse.Always))
        )
        {
            var physical = location.Length == 0 ? image : location + image[matched!.Length..];
            if (!IsName(physical))
            {
                if (use != MirrorUse.Always)
                {
                    continue;
                }

                return null;
            }

            sources.Add(physical);
        }

        return sources;
    }

    /// <summary>
    /// The domain has a dot, a port or an upper-case letter, or is localhost; Docker Hub's paths have two parts, and
    /// its old name is not used (reference.ParseNamed takes a name only as it would print it).
    /// </summary>
    public static bool IsName(string name)
    {
        var parts = name.Split('/');
        return Oracle.IsRepositoryName(name)
            && (
                parts[0].Contains('.')
                || parts[0].Contains(':')
                || parts[0] == "localhost"
                || parts[0].Any(char.IsAsciiLetterUpper)
            )
            && (parts[0] != "docker.io" || parts.Length > 2)
            && parts[0] != "index.docker.io";
    }

    /// <summary>The part of the image's name that the prefix stands for.</summary>
    private static string? Matched(string prefix, string image)
    {
        if (!prefix.StartsWith("*.", StringComparison.Ordinal))
        {
            return
                (image + "/").StartsWith(prefix, StringComparison.Ordinal)
                && image.Length >= prefix.Length
                && Ends(image, prefix.Length)
                ? prefix
                : null;
        }

        var domain = prefix[1..];
        var at = image.IndexOf(domain, StringComparison.Ordinal);
        return at >= 0 && !image[..at].Contains('/') && Ends(image, at + domain.Length)
            ? image[..(at + domain.Length)]
            : null;
    }

    private static bool Ends(string image, int at) => at == image.Length || ":/@".Contains(image[at]);
}
