// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>A file of registries.conf, as main file and as drop-in, and the pull sources that it makes of
/// images.</summary>
internal static class RegistriesConfTarget
{
    private static readonly string[] Images =
    [
        "docker.io/library/nginx",
        "a.b.example.com:5000/x/y",
        "quay.io/team/app",
        "localhost/x",
    ];

    public static void Run(byte[] input)
    {
        if (Oracle.Utf8(input) is not { } text)
        {
            return;
        }

        Read(text.TrimStart('\uFEFF'), input.Length, isDropIn: false);
        Read(text.TrimStart('\uFEFF'), input.Length, isDropIn: true);
    }

    private static void Read(string text, int length, bool isDropIn)
    {
        if (
            !Oracle.Succeeds(
                () => RegistriesConfParser.Parse("r.conf", text, isDropIn),
                length,
                4096,
                out var file,
                Reasons.RegistriesConfInvalid
            )
        )
        {
            return;
        }

        foreach (var entry in file.Registries)
        {
            Oracle.Holds(entry.Prefix.Length > 0, "a registry has a prefix");
            Oracle.Holds(entry.Location.Length > 0 || entry.IsWildcard, "only a wildcard has no location");
            Oracle.Holds(
                !entry.IsWildcard || !entry.Prefix.AsSpan().ContainsAny('/', '@', ':'),
                "a wildcard is a host"
            );
            foreach (var location in (IEnumerable<string>)[entry.Prefix, entry.Location, .. entry.MirrorLocations])
            {
                Oracle.Holds(!location.EndsWith('/'), "locations end without a slash");
                Oracle.Holds(!location.StartsWith("https://", StringComparison.Ordinal), "locations have no scheme");
            }

            Oracle.Holds(!entry.MirrorLocations.Contains(""), "mirrors have a location");
        }

        Oracle.Holds(
            file.Registries.Select(entry => entry.Prefix).Distinct().Count() == file.Registries.Count,
            "prefixes are different"
        );
        Oracle.Holds(
            file.Aliases.Values.All(target => target is null || Oracle.IsRepositoryName(target.Text)),
            "aliases stand for repository names"
        );

        var conf = new RegistriesConf("r.conf", true, file.Registries, file.SearchRegistries ?? [], file.Aliases);
        foreach (
            var image in Images.Concat(file.Registries.Take(4).Select(entry => $"{entry.Prefix.TrimStart('*', '.')}/x"))
        )
        {
            if (Oracle.IsRepositoryName(image) && RepositoryName.TryParse(image, out var name))
            {
                Resolve(conf, name, length);
            }
        }
    }

    private static void Resolve(RegistriesConf conf, RepositoryName image, int length)
    {
        if (
            !Oracle.Succeeds(
                () => PullSourceResolver.Resolve(conf, image),
                length,
                4096,
                out var sources,
                Reasons.PullSourceInvalid
            )
        )
        {
            return;
        }

        Oracle.Holds(
            sources.Sources.Count > 0 && sources.Sources.Any(s => s.Kind == PullSourceKind.Registry),
            "the registry itself is a source"
        );
        foreach (var source in sources.Sources)
        {
            Oracle.Holds(Oracle.IsRepositoryName(source.Reference.Text), "a physical reference is a repository name");
        }
    }
}
