// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.Properties.Models;

/// <summary>What somebody wants to say in a registries.conf; null is left out.</summary>
internal sealed record RegistriesModel(
    RegistryModel[] Registries,
    string[]? Search,
    (string Name, string Target)[] Aliases,
    string? ShortNameMode
)
{
    /// <summary>As containers/image understands it: slashes at the end go, the first of equal prefixes stays.</summary>
    public RegistriesConfFile Meaning =>
        new(
            [.. Registries.Select(registry => registry.Meaning).DistinctBy(entry => entry.Prefix)],
            Search?.Select(host => host.TrimEnd('/')).ToArray(),
            Aliases.ToDictionary(
                alias => alias.Name,
                alias => alias.Target.Length == 0 ? null : RepositoryName.OfLocation(alias.Target)
            )
        );
}

internal sealed record RegistryModel(
    string? Prefix,
    string? Location,
    bool? Insecure,
    bool? Blocked,
    bool? ByDigestOnly,
    MirrorModel[] Mirrors
)
{
    public RegistryEntry Meaning =>
        new(
            (string.IsNullOrEmpty(Prefix) ? Location! : Prefix).TrimEnd('/'),
            (Location ?? "").TrimEnd('/'),
            [.. Mirrors.Select(mirror => new RegistryMirror(mirror.Location.TrimEnd('/'), Use(mirror)))],
            ""
        )
        {
            IsBlocked = Blocked == true,
        };

    private MirrorUse Use(MirrorModel mirror) =>
        (ByDigestOnly, mirror.PullFrom) switch
        {
            (true, _) or (_, "digest-only") => MirrorUse.DigestsOnly,
            (_, "tag-only") => MirrorUse.TagsOnly,
            _ => MirrorUse.Always,
        };
}

internal sealed record MirrorModel(string Location, bool? Insecure, string? PullFrom);
