// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>The tables of docs/reference/registries-conf.md are held against the parser and the resolver.</summary>
public sealed class DocumentExamplesRegistriesConfTests
{
    private const string Image = "docker.io/library/nginx";

    /// <summary>For each key of the page: a file without it, what it adds to that, and a value that CRI-O
    /// refuses.</summary>
    private static readonly Dictionary<string, (string Without, string With, string Refused)> Keys = new()
    {
        ["registry.prefix"] = (
            Registry("location='docker.io'"),
            Registry("prefix='docker.io/library/x', location='docker.io'"),
            Registry("prefix=1, location='docker.io'")
        ),
        ["registry.location"] = (
            Registry("prefix='docker.io', location='docker.io'"),
            Registry("prefix='docker.io', location='m.io'"),
            Registry("location='https://docker.io'")
        ),
        ["registry.mirror.location"] = (Mirror("location='m.io'"), Mirror("location='n.io'"), Mirror("location=''")),
        ["registry.mirror.pull-from-mirror"] = (
            Mirror("location='m.io'"),
            Mirror("location='m.io', pull-from-mirror='digest-only'"),
            Mirror("location='m.io', pull-from-mirror='some'")
        ),
        ["registry.mirror-by-digest-only"] = (
            Registry("location='docker.io'"),
            Registry("location='docker.io', mirror-by-digest-only=true"),
            Registry("location='docker.io', mirror-by-digest-only='yes'")
        ),
        ["registry.mirror.insecure"] = (
            Mirror("location='m.io'"),
            Mirror("location='m.io', insecure=true"),
            Mirror("location='m.io', insecure='yes'")
        ),
        ["registry.insecure"] = (
            Registry("location='docker.io'"),
            Registry("location='docker.io', insecure=true"),
            Registry("location='docker.io', insecure=1")
        ),
        ["registry.blocked"] = (
            Registry("location='docker.io'"),
            Registry("location='docker.io', blocked=true"),
            Registry("location='docker.io', blocked=1")
        ),
        ["unqualified-search-registries"] = (Search("[]"), Search("['search.io']"), Search("['search.io/path']")),
        ["aliases"] = (
            Search("[]"),
            Search("[]\naliases={nginx='search.io/nginx'}"),
            Search("[]\naliases={nginx='bare'}")
        ),
        ["short-name-mode"] = (Top(""), Top("short-name-mode='disabled'"), Top("short-name-mode='strict'")),
        ["credential-helpers"] = (
            Top(""),
            Top("credential-helpers=['containers-auth.json']"),
            Top("credential-helpers='x'")
        ),
        ["additional-layer-store-auth-helper"] = (
            Top(""),
            Top("additional-layer-store-auth-helper='x'"),
            Top("additional-layer-store-auth-helper=1")
        ),
        ["some-other-key"] = (Top(""), Top("some-other-key=1"), ""),
    };

    [Fact]
    public void The_page_describes_what_the_parser_does_with_each_key() =>
        Assert.Equal(
            Rows("key").Select(row => (Key: row[0].Trim('`'), Here: row[1])),
            Keys.Where(key => key.Value.Refused.Length > 0).Select(key => (key.Key, Here(key.Value)))
        );

    [Fact]
    public void A_key_of_another_name_is_skipped() =>
        Assert.Equal(Places(Keys["some-other-key"].Without, Image), Places(Keys["some-other-key"].With, Image));

    public static TheoryData<string, string, string> Examples =>
        [
            .. Rows("registries.conf")
                .Select(row => (row[0].Trim('`'), row[1].Trim('`'), row[2].Replace("`", "", StringComparison.Ordinal))),
        ];

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_places_are_those_that_the_page_tells(string toml, string image, string places) =>
        Assert.Equal(places, Places(toml, image));

    /// <summary>How the page calls it: a value that CRI-O refuses fails either way.</summary>
    private static string Here((string Without, string With, string Refused) key)
    {
        Assert.Equal(
            Reasons.RegistriesConfInvalid,
            Assert.Throws<ProviderException>(() => Places(key.Refused, Image)).Reason
        );
        return Places(key.Without, Image) == Places(key.With, Image) ? "checked" : "used";
    }

    private static string Registry(string members) => $"registry=[{{{members}, mirror=[{{location='m.io/hub'}}]}}]";

    private static string Mirror(string members) => $"registry=[{{location='docker.io', mirror=[{{{members}}}]}}]";

    private static string Top(string line) => $"{line}\n{Mirror("location='m.io'")}";

    private static string Search(string value) =>
        $"unqualified-search-registries={value}\nregistry=[{{location='search.io', mirror=[{{location='m.io'}}]}}]";

    private static string Places(string toml, string image)
    {
        var file = RegistriesConfParser.Parse("registries.conf", toml, isDropIn: false);
        var sources = PullSourceResolver.Resolve(
            new RegistriesConf("registries.conf", true, file.Registries, file.SearchRegistries ?? [], file.Aliases),
            RepositoryName.OfLocation(image)
        );
        return sources.HasMirrorOrRemap ? string.Join(' ', sources.Sources.Select(source => source.Reference)) : "none";
    }

    /// <summary>The rows of the table whose first heading this is.</summary>
    private static IEnumerable<string[]> Rows(string heading) =>
        File.ReadLines(Path.Combine(Repository.Root, "docs/reference/registries-conf.md"))
            .SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]);
}
