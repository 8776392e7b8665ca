using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.Generate;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP004: the kubelet runs the provider only for images that a pattern of matchImages fits, by rules of its own
/// (<see cref="ImagePattern"/>); every registry that has a mirror should be among them.
/// </summary>
internal static class MatchImagesCheck
{
    public static readonly Check Row = new("CP004", "matchImages", Run);

    private static CheckResult Run(NodeView view)
    {
        var own = view.OwnProviders;
        var others = view.Config.Providers.Except(own).ToArray();
        var found = new Findings();
        foreach (var provider in own)
        {
            foreach (var pattern in provider.MatchImages)
            {
                if (ImagePattern.WhyNever(pattern) is { } why)
                {
                    found.Fail($"pattern \"{ImagePattern.Redacted(pattern)}\" matches no image: {why}", $"correct it in {provider.Place}");
                }
            }
        }

        var patterns = own.SelectMany(provider => provider.MatchImages).ToArray();
        var all = MirroredRegistry.All(view.RegistriesConf);
        foreach (var registry in all)
        {
            if (MatchImages.WhyUnusable(registry.Prefix) is { } why)
            {
                found.Warn(
                    $"no pattern can match \"{OneLine.Of(registry.Prefix)}\" ({registry.Origin}): it {why}",
                    $"correct the prefix at {registry.Origin}, or take the entry out");
            }
        }

        var registries = all.Where(registry => MatchImages.WhyUnusable(registry.Prefix) is null).ToArray();
        foreach (var registry in registries)
        {
            Look(found, registry, patterns, own[0]);
            foreach (var other in others.Where(other => other.MatchImages.Any(pattern => registry.CoverageBy(pattern) != Coverage.None)))
            {
                found.Warn(
                    $"provider \"{OneLine.Of(other.Name)}\" matches \"{registry.Prefix}\" as well: CRI-O takes the auth file for the first "
                    + "credentials that the kubelet tries, and has none for the second",
                    $"let only one provider match \"{registry.Prefix}\"");
            }
        }

        return all.Count == 0
            ? CheckResult.Skipped("registries.conf mirrors no registry: see CP007") with { Seen = found.ToResult("").Seen }
            : found.ToResult($"every mirrored registry is matched ({string.Join(", ", registries.Select(r => r.Prefix))})");
    }

    private static void Look(Findings found, MirroredRegistry registry, string[] patterns, Provider provider)
    {
        var coverages = patterns.Select(pattern => (Pattern: pattern, Coverage: registry.CoverageBy(pattern))).ToArray();
        if (coverages.FirstOrDefault(c => c.Coverage == Coverage.Full).Pattern is { } match)
        {
            found.See($"\"{registry.Prefix}\" ({registry.Origin}): \"{ImagePattern.Redacted(match)}\"");
            if (registry.IsWildcard)
            {
                found.See($"\"{registry.Prefix}\" covers names of any depth for CRI-O, \"{ImagePattern.Redacted(match)}\" those of one label only for the kubelet");
            }

            return;
        }

        var parts = coverages.Where(c => c.Coverage == Coverage.Part).Select(c => $"\"{ImagePattern.Redacted(c.Pattern)}\"").ToArray();
        if (parts.Length > 0)
        {
            found.Warn(
                $"only some images of \"{registry.Prefix}\" ({registry.Origin}) are matched, by {string.Join(", ", parts)}",
                $"if all should be, put under matchImages of {provider.Place}:",
                $"- \"{registry.Pattern}\"");
            return;
        }

        var why = patterns.Select(registry.NearMiss).FirstOrDefault(reason => reason is not null);
        found.Fail(
            $"\"{registry.Prefix}\" has mirrors ({registry.Origin}), but no pattern matches it{(why is null ? "" : $": {why}")}",
            $"put under matchImages of {provider.Place}, and restart the kubelet:",
            $"- \"{registry.Pattern}\"");
    }
}
