// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Tests.Properties.Models;
using CsCheck;

namespace CrioCredentialProvider.Tests.Properties;

public sealed class RegistriesConfProperties
{
    private static readonly Gen<string> Place = Gen.Select(
        Names.Location,
        Gen.Frequency((6, ""), (1, "/"), (1, "//")),
        (location, end) => location + end
    );

    private static Gen<T?> Maybe<T>(Gen<T> values)
        where T : class => Gen.Frequency((2, Gen.Const<T?>((T?)null)), (3, values.Select(value => (T?)value)));

    private static readonly Gen<bool?> MaybeFlag = Gen.OneOf<bool?>(null, true, false);

    private static Gen<MirrorModel> Mirror(bool isByDigestOnly) =>
        from location in Place
        from insecure in MaybeFlag
        from pullFrom in Gen.OneOf(null, "", "all", "digest-only", "tag-only")
        select new MirrorModel(location, insecure, isByDigestOnly ? null : pullFrom);

    private static readonly Gen<RegistryModel> Registry =
        from kind in Gen.Int[0, 3]
        from prefix in Gen.OneOf(Names.Repository, Place)
        from location in Place
        from isDigestOnly in MaybeFlag
        from mirrors in Mirror(isDigestOnly == true).Array[0, 3]
        from wildcard in Gen.OneOf("*.m.io", "*.a.m.io", "*.io", "*.example.com")
        from isRewritten in Gen.Bool
        let place = kind == 0 && !isRewritten ? wildcard : location.TrimEnd('/')

        // Entries for one place must agree, so the place decides.
        let insecure = place.Length % 3 == 0 ? (bool?)true
        : place.Length % 3 == 1 ? false
        : null
        let blocked = place.Length % 2 == 0 ? (bool?)null : true
        select kind switch
        {
            0 => new RegistryModel(wildcard, isRewritten ? location : null, insecure, blocked, isDigestOnly, mirrors),
            1 => new RegistryModel(null, location, insecure, blocked, isDigestOnly, mirrors),
            2 => new RegistryModel("", location, insecure, blocked, isDigestOnly, mirrors),
            _ => new RegistryModel(prefix, location, insecure, blocked, isDigestOnly, mirrors),
        };

    private static readonly Gen<RegistriesModel> Models =
        from registries in Registry.Array[0, 5]
        from search in Maybe(Names.Host.Array[0, 3])
        from names in Gen.OneOf("fedora", "team/app", "a-b", "busybox", "v2/x").Array[0, 3]
        from targets in Gen.OneOf(Names.Repository, Gen.Const("")).Array[3]
        from mode in Gen.OneOf(null, "", "permissive", "enforcing", "disabled")
        select new RegistriesModel(
            registries,
            search,
            [.. names.Distinct().Select((name, i) => (name, targets[i]))],
            mode
        );

    private static readonly Gen<(RegistriesModel Model, int Style)> Printed = Gen.Select(
        Models,
        Gen.Int[0, int.MaxValue]
    );

    [Fact]
    public void A_printed_configuration_means_what_was_printed() =>
        Property.Holds(
            Printed,
            given =>
            {
                var file = RegistriesConfParser.Parse("r.conf", Text(given), isDropIn: given.Style % 2 == 0);
                Assert.Equal(Told(given.Model.Meaning), Told(file));
            },
            Text,
            rounds: 8000
        );

    /// <summary>From the bytes of a file, with and without a byte order mark, through the loader.</summary>
    [Fact]
    public void A_file_of_it_means_the_same()
    {
        var folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;
        var main = Path.Combine(folder, "registries.conf");
        Property.Holds(
            Printed,
            given =>
            {
                File.WriteAllText(
                    main,
                    Text(given),
                    new UTF8Encoding(encoderShouldEmitUTF8Identifier: given.Style % 3 == 0)
                );
                var conf = RegistriesConfLoader.Load(
                    new RegistriesConfPaths(main, folder + "/none", folder) { ShortNameCache = folder + "/none" }
                );
                var meaning = given.Model.Meaning;
                Assert.Equal(
                    Told(
                        new RegistriesConfFile(
                            [.. meaning.Registries.OrderBy(entry => entry.Prefix, StringComparer.Ordinal)],
                            meaning.SearchRegistries ?? [],
                            meaning.Aliases
                        )
                    ),
                    Told(new RegistriesConfFile([.. conf.Registries], conf.SearchRegistries, conf.Aliases))
                );
            },
            Text,
            rounds: 500
        );
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>In the order of their names, whatever order the directory gives them in.</summary>
    [Fact]
    public void Drop_ins_replace_registries_of_equal_prefix_lists_that_they_set_and_single_aliases()
    {
        var folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;
        var (main, dropIns) = (Path.Combine(folder, "main"), Path.Combine(folder, "d"));
        Property.Holds(
            Printed.Array[1, 4],
            files =>
            {
                Directory.CreateDirectory(dropIns);
                File.WriteAllText(main, Text(files[0]));
                File.WriteAllText(Path.Combine(dropIns, "10-no-drop-in.conf.bak"), "[[");
                foreach (var i in Enumerable.Range(1, files.Length - 1).Reverse())
                {
                    File.WriteAllText(Path.Combine(dropIns, $"{"xA-_"[i]}.conf"), Text(files[i]));
                }

                var dropInsInOrder = files
                    .Select((file, i) => (file, i))
                    .Skip(1)
                    .OrderBy(pair => "xA-_"[pair.i])
                    .Select(pair => pair.file);
                var inOrder = files.Take(1).Concat(dropInsInOrder).Select(file => file.Model.Meaning).ToList();
                var expected = new RegistriesConfFile(
                    [
                        .. inOrder
                            .SelectMany(file => file.Registries)
                            .GroupBy(entry => entry.Prefix)
                            .OrderBy(group => group.Key, StringComparer.Ordinal)
                            .Select(group => group.Last()),
                    ],
                    inOrder.Select(file => file.SearchRegistries).LastOrDefault(search => search is not null) ?? [],
                    inOrder
                        .SelectMany(file => file.Aliases)
                        .GroupBy(alias => alias.Key)
                        .ToDictionary(group => group.Key, group => group.Last().Value)
                );
                var conf = RegistriesConfLoader.Load(
                    new RegistriesConfPaths(main, dropIns, folder) { ShortNameCache = folder + "/none" }
                );
                Assert.Equal(
                    Told(expected),
                    Told(new RegistriesConfFile([.. conf.Registries], conf.SearchRegistries, conf.Aliases))
                );
                Directory.Delete(dropIns, recursive: true);
            },
            files => string.Join("\n-----\n", files.Select(Text)),
            rounds: 300
        );
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>One thing is wrong in an otherwise good file.</summary>
    [Fact]
    public void A_mistake_anywhere_is_refused_with_its_place() =>
        Property.Holds(
            from given in Printed
            from mistake in Gen.OneOf(
                "[[registry]]\nprefix = 'a.io'",
                "[[registry]]\ninsecure = true",
                "[[registry]]\nlocation = 'https://a.io'",
                "[[registry]]\nlocation = '*.a.io/x'\nprefix = '*.a.io/x'",
                "[[registry]]\nlocation = 'a.io'\npull-from-mirror = 'all'",
                "[[registry]]\nlocation = 'z.io'\ninsecure = true\n[[registry]]\nlocation = 'z.io/'",
                "[[registry]]\nlocation = 'a.io'\n[[registry.mirror]]\ninsecure = true",
                "[[registry]]\nlocation = 'a.io'\n[[registry.mirror]]\nlocation = 'b.io'\npull-from-mirror = 'never'",
                "[[registry]]\nlocation = 'a.io'\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "
                    + "'b.io'\npull-from-mirror = 'all'",
                "[[registry]]\nlocation = 5",
                "[[registry]]\nlocation = 'a.io'\nblocked = 'yes'",
                "[[registry]]\nlocation = 'a.io'\nlocation = 'b.io'",
                "[registries.search]\nregistries = 'a.io'",
                "a = ",
                "a = 1 b = 2",
                "= 1",
                "[[registry]"
            )
            let text = Text(
                (
                    given.Model with
                    {
                        Aliases = [],
                        Registries = [.. given.Model.Registries.Select(r => r with { Mirrors = [] })],
                    },
                    2
                )
            )
            select (
                text: text.TrimEnd('\n', '\r') + "\n" + mistake,
                mistake,
                lines: text.TrimEnd('\n', '\r').Count(c => c == '\n') + 1
            ),
            given =>
            {
                var e = Assert.Throws<ProviderException>(() =>
                    RegistriesConfParser.Parse("r.conf", given.text, isDropIn: true)
                );
                Assert.Equal(Reasons.RegistriesConfInvalid, e.Reason);
                var place = e.Problem.Split(':');
                Assert.Equal("r.conf", place[0]);
                Assert.InRange(
                    int.Parse(place[1], CultureInfo.InvariantCulture),
                    given.lines + 1,
                    given.lines + 1 + given.mistake.Count(c => c == '\n') + 1
                );
                Assert.InRange(int.Parse(place[2], CultureInfo.InvariantCulture), 1, 200);
            },
            given => given.text
        );

    private static readonly Gen<(RegistryEntry[] Registries, string Image)> Lookups =
        from registries in Registry.Array[1, 5]
        from repository in Names.Repository
        from near in Gen.OneOf([.. registries.Select(registry => registry.Meaning.Prefix.TrimStart('*', '.'))])
        from below in Gen.Frequency((4, "/a"), (3, "/library/ab"), (2, ":5000/a"), (2, "x/a"), (1, ""), (1, "/"))
        from sub in Gen.Frequency((12, ""), (3, "b.a."), (1, "x"), (2, "q.io/b."), (1, "m.io."))
        from isNear in Gen.Frequency((4, true), (1, false))
        let image = isNear ? sub + near + below : repository
        let inOrder = registries
            .Select(registry => registry.Meaning)
            .DistinctBy(entry => entry.Prefix)
            .OrderBy(entry => entry.Prefix, StringComparer.Ordinal)
        select (inOrder.ToArray(), ReferenceModel.IsName(image) ? image : repository);

    [Fact]
    public void The_pull_sources_are_those_of_containers_image() =>
        Property.Holds(
            Lookups,
            given => Assert.Equal(ReferenceModel.Sources(given.Registries, given.Image), Resolve(given)),
            given =>
                $"{given.Image} with "
                + $"{Told(new RegistriesConfFile(given.Registries, null, new Dictionary<string, RepositoryName?>()))}",
            rounds: 20000
        );

    [Fact]
    public void The_generator_makes_images_with_and_without_a_registry_and_rewrites_that_fail()
    {
        Assert.InRange(
            Property.Share(Lookups, given =>
                ReferenceModel.Sources(given.Registries, given.Image) is { } s && s.Count > 1
            ),
            0.15,
            0.9
        );
        Assert.InRange(
            Property.Share(Lookups, given =>
                ReferenceModel.Sources(given.Registries, given.Image) is [var only] && only == given.Image
            ),
            0.05,
            0.75
        );
        Assert.InRange(
            Property.Share(Lookups, given => ReferenceModel.Sources(given.Registries, given.Image) is null),
            0.01,
            0.5
        );
        Assert.InRange(
            Property.Share(Lookups, given =>
                Conf(given.Registries).Find(RepositoryName.OfLocation(given.Image)) is { IsWildcard: true }
            ),
            0.02,
            0.5
        );
    }

    private static readonly Gen<string> NearNames =
        from repository in Names.Repository
        from at in Gen.Int[0, repository.Length]
        from length in Gen.Int[0, 2]
        from piece in Gen.OneOf(
            "",
            "-",
            "--",
            "_",
            "__",
            "___",
            ".",
            "..",
            "/",
            "//",
            ":",
            ":1",
            "@",
            "A",
            "ä",
            "[",
            "]",
            "[::]",
            "\n",
            "\0",
            " ",
            ".-",
            "_.",
            "localhost",
            "0"
        )
        select repository[..at] + piece + repository[Math.Min(repository.Length, at + length)..];

    [Fact]
    public void A_name_is_canonical_when_the_reference_library_would_print_it_so() =>
        Property.Holds(
            NearNames,
            name => Assert.Equal(ReferenceModel.IsName(name), RepositoryName.TryParse(name, out _)),
            rounds: 40000
        );

    [Fact]
    public void The_generator_makes_names_and_near_names() =>
        Assert.InRange(Property.Share(NearNames, ReferenceModel.IsName), 0.1, 0.8);

    private static List<string>? Resolve((RegistryEntry[] Registries, string Image) given)
    {
        try
        {
            return
            [
                .. PullSourceResolver
                    .Resolve(Conf(given.Registries), RepositoryName.OfLocation(given.Image))
                    .Sources.Select(source => source.Reference.Text),
            ];
        }
        catch (ProviderException e) when (e.Reason == Reasons.PullSourceInvalid)
        {
            return null;
        }
    }

    private static RegistriesConf Conf(RegistryEntry[] registries) =>
        new("", true, registries, [], new Dictionary<string, RepositoryName?>());

    private static string Text((RegistriesModel Model, int Style) given) =>
        new TomlPrinter(given.Style).Print(given.Model);

    private static string Told(RegistriesConfFile file) =>
        string.Join(
            '\n',
            [
                .. file.Registries.Select(entry =>
                    $"{entry.Prefix} at {entry.Location}, blocked {entry.IsBlocked}, mirrors "
                    + $"{string.Join(" ", entry.Mirrors)}"
                ),
                $"search {(file.SearchRegistries is null ? "not set" : string.Join(" ", file.SearchRegistries))}",
                .. file
                    .Aliases.OrderBy(alias => alias.Key, StringComparer.Ordinal)
                    .Select(alias => $"{alias.Key} = {alias.Value}"),
            ]
        );
}
