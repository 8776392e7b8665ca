// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP004: the kubelet runs the provider only for images that a pattern of matchImages matches, by its own rules
/// (<see cref="ImagePattern"/>). The patterns should match every registry that has a mirror.
/// </summary>
internal static class MatchImagesCheck
{
    public static readonly Check Row = new("CP004", "matchImages", Run);

    private static CheckResult Run(NodeView view)
    {
        var own = view.Providers.Own;
        var others = view.Providers.Config.Providers.Except(own).ToArray();
        var found = new Findings();
        foreach (var provider in own)
        {
            foreach (var pattern in provider.MatchImages)
            {
                if (ImagePattern.WhyNever(pattern) is { } why)
                {
                    found.Fail(
                        $"pattern \"{ImagePattern.Redacted(pattern)}\" matches no image: {why}",
                        Fix.Note($"correct it in {provider.PlaceOf("matchImages")}")
                    );
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
                    $"no pattern can match \"{OneLine.WithoutUser(registry.Prefix)}\" ({registry.Origin}): it {why}",
                    Fix.Note($"correct the prefix at {registry.Origin}, or remove the entry")
                );
            }
        }

        var registries = all.Where(registry => MatchImages.WhyUnusable(registry.Prefix) is null).ToArray();
        foreach (var registry in registries)
        {
            Look(found, registry, patterns, own[0]);
            LookAtOthers(found, registry, others);
        }

        return all.Count == 0
            ? CheckResult.Skipped("registries.conf mirrors no registry: see CP007") with
            {
                Seen = found.ToResult("").Seen,
            }
            : found.ToResult(
                $"every mirrored registry is matched ({string.Join(", ", registries.Select(r => r.Prefix))})"
            );
    }

    private static void LookAtOthers(Findings found, MirroredRegistry registry, Provider[] others)
    {
        foreach (var other in others.Where(o => o.MatchImages.Any(p => registry.CoverageBy(p) != Coverage.None)))
        {
            found.Warn(
                $"provider \"{OneLine.Of(other.Name)}\" also matches \"{registry.Prefix}\": CRI-O uses the auth file "
                    + "for the "
                    + "first credentials that the kubelet tries, and has none for the second",
                Fix.Note($"let only one provider match \"{registry.Prefix}\"")
            );
        }
    }

    private static void Look(Findings found, MirroredRegistry registry, string[] patterns, Provider provider)
    {
        var coverages = patterns
            .Select(pattern => (Pattern: pattern, Coverage: registry.CoverageBy(pattern)))
            .ToArray();
        if (coverages.FirstOrDefault(c => c.Coverage == Coverage.Full).Pattern is { } match)
        {
            var redacted = ImagePattern.Redacted(match);
            found.Note($"\"{registry.Prefix}\" ({registry.Origin}): \"{redacted}\"");
            if (registry.IsWildcard)
            {
                found.Note(
                    $"\"{registry.Prefix}\" matches hosts of any depth for CRI-O, \"{redacted}\" those of one label "
                        + "only for the kubelet"
                );
            }

            return;
        }

        string[] parts =
        [
            .. coverages.Where(c => c.Coverage == Coverage.Part).Select(c => $"\"{ImagePattern.Redacted(c.Pattern)}\""),
        ];
        if (parts.Length > 0)
        {
            found.Warn(
                $"only some images of \"{registry.Prefix}\" ({registry.Origin}) are matched, by "
                    + $"{string.Join(", ", parts)}",
                Fix.Note($"to match all of them, put under matchImages at {provider.PlaceOf("matchImages")}:"),
                Fix.Yaml($"- {registry.Pattern}")
            );
            return;
        }

        var why = registry.NearestMiss(patterns);
        found.Fail(
            $"\"{registry.Prefix}\" has mirrors ({registry.Origin}), but no pattern matches "
                + $"it{(why is null ? "" : $": {why}")}",
            Fix.Note($"put under matchImages at {provider.PlaceOf("matchImages")}, and restart the kubelet:"),
            Fix.Yaml($"- {registry.Pattern}")
        );
    }
}
