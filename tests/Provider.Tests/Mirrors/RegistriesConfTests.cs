// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.Mirrors;

public sealed class RegistriesConfTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("[[Registry]]\nLocation='quay.io'\n[[Registry.MIRROR]]\nLOCATION='m.io'\n")]
    [InlineData("\uFEFF[[registry]]\r\nlocation='quay.io'\r\n[[registry.mirror]]\r\nlocation='m.io'\r\n")]
    [InlineData("registry=[{location='quay.io',mirror=[{location='m.io'}]}] # comment")]
    [InlineData(
        "[[\"registry\"]]\n'location'=\"quay.io\"\nunknown.key=1\n[[registry.mirror]]\nlocation='m.io'\n[other]\nx=2\n"
    )]
    [InlineData(
        "[[registry]]\nlocation='quay.io'\n[[registry.mirror]]\nlocation='m.io'\n[aliases]\na='b.io/c'\n[[registry]]\nlocation='z.io'"
    )]
    public void Every_way_to_write_it_is_read(string toml)
    {
        Write("registries.conf", toml);
        var entry = Load().Find(RepositoryName.OfLocation("quay.io/x"))!;
        Assert.Equal(("quay.io", "quay.io"), (entry.Prefix, entry.Location));
        Assert.Equal(["m.io"], entry.MirrorLocations);
    }

    [Theory]
    [InlineData("[a.b]\nx=1\n[a]\ny=2\n[a.c]\nz=3\n")]
    [InlineData("[[a]]\n[a.b]\nx=1\n[[a]]\n[a.b]\nx=1\n")]
    [InlineData("a=[\n[1]\n]\nb=[\n[1]\n]\n")]
    [InlineData("a='''\n[aliases]\n[aliases]\n'''\n")]
    [InlineData("[a]\nb=[\n[ 1 ],\n[ 1 ],\n]\n[b]\n")]
    [InlineData("[[aa]]\n[[aa.bb]]\n[aa.bb.cc]\nx=1\n[[aa.bb]]\n[aa.bb.cc]\nx=1\n")]
    [InlineData("[a.b]\nx=1\n[ab]\nx=1\n")]
    [InlineData("a=[\n[\n1\n],\n]\n")]
    [InlineData("1=0\na=[\n[1],\n[1],\n]\n")]
    public void What_only_looks_like_a_duplicate_table_is_accepted(string toml)
    {
        Write("registries.conf", toml + "[[registry]]\nlocation='quay.io'\n");
        Assert.Equal(["quay.io"], Load().Registries.Select(entry => entry.Prefix));
    }

    public static TheoryData<string, string> Errors =>
        new()
        {
            { "a = ", "1:5: Missing value after `=`" },
            // What could be a password in front of a host is not printed.
            { "[[registry]]\nlocation=user:secret@x.io", "2:10: the line is not valid TOML" },
            {
                "[[registry]]\nlocation='https://user:secret@x.io'",
                "2:1: location \"***@x.io\" must not have a scheme"
            },
            {
                "[[registry]]\nprefix='user:secret@x.io'",
                "1:3: registry \"***@x.io\" needs a location: only a prefix with \"*.\" can do without"
            },
            {
                "[[registry]]\nprefix='*.user:secret@x.io'",
                "1:3: wildcard prefix \"***@x.io\" must be \"*.\" and a host"
            },
            {
                "unqualified-search-registries=['user:secret@x.io']",
                "1:1: search registry \"***@x.io\" is not a host with an optional port"
            },
            {
                "[aliases]\na='user:secret@b.io/c'",
                "2:1: alias \"a\" is set to \"***@b.io/c\", which names no registry"
            },
            { "[[registry]]\nlocation='x.io'\nlocation='y.io'", "3:1: key \"location\" is set twice" },
            { "[registry]\nlocation='x.io'", "1:2: \"registry\" is not an array of tables: write [[registry]]" },
            { "[aliases]\na='b.io/c'\n [ aliases ] # more\nd='b.io/c'", "3:3: table \"aliases\" is defined twice" },
            { "[a.b]\nx=1\n[a]\ny=2\n[a.b]\nz=3", "5:2: table \"a.b\" is defined twice" },
            { "[a.b]\nx=1\n[ a.b\t]\ny=2", "3:2: table \"a.b\" is defined twice" },
            { "[x]\na=1\n[[registry]]\nlocation='x.io'\n[x]\nb=1", "5:2: table \"x\" is defined twice" },
            {
                "[[registry]]\nlocation='x.io'\n[registry.other]\nx=1\n[registry.other]\ny=1",
                "5:2: table \"registry.other\" is defined twice"
            },
            { "[[registry]]\nlocation=5", "2:1: \"location\" is not a string" },
            { "[[registry]]\nlocation='x.io'\ninsecure='yes'", "3:1: \"insecure\" is not true or false" },
            { "[[registry]]\n", "1:3: a registry needs a location" },
            {
                "[[registry]]\nprefix='x.io'",
                "1:3: registry \"x.io\" needs a location: only a prefix with \"*.\" can do without"
            },
            { "[[registry]]\nlocation='https://x.io'", "2:1: location \"https://x.io\" must not have a scheme" },
            {
                "[[registry]]\nprefix='http://x.io'\nlocation='x.io'",
                "2:1: location \"http://x.io\" must not have a scheme"
            },
            {
                "[[registry]]\nlocation='x.io'\n[[registry.mirror]]\nlocation='https://m.io'",
                "4:1: location \"https://m.io\" must not have a scheme"
            },
            {
                "[[registry]]\nprefix='*.x.io@sha256'",
                "1:3: wildcard prefix \"*.x.io@sha256\" must be \"*.\" and a host"
            },
            {
                "[[registry]]\nlocation='x.io'\nmirror-by-digest-only=1",
                "3:1: \"mirror-by-digest-only\" is not true or false"
            },
            {
                "[[registry]]\nlocation='x.io'\nmirror='m.io'",
                "3:1: \"mirror\" is not an array of tables: write [[registry.mirror]]"
            },
            { "credential-helpers='x'", "1:1: \"credential-helpers\" is not an array of strings" },
            { "additional-layer-store-auth-helper=1", "1:1: \"additional-layer-store-auth-helper\" is not a string" },
            {
                "unqualified-search-registries=['https://x.io']",
                "1:1: location \"https://x.io\" must not have a scheme"
            },
            { "[[registry]]\nprefix='*.x.io/a'", "1:3: wildcard prefix \"*.x.io/a\" must be \"*.\" and a host" },
            { "[[registry]]\nprefix='*.x.io:5000'", "1:3: wildcard prefix \"*.x.io:5000\" must be \"*.\" and a host" },
            {
                "[[registry]]\nlocation='x.io'\npull-from-mirror='all'",
                "3:1: pull-from-mirror belongs to a mirror, not to a registry"
            },
            { "[[registry]]\nlocation='x.io'\n[[registry.mirror]]\n", "3:12: a mirror needs a location" },
            {
                "[[registry]]\nlocation='x.io'\n[[registry.mirror]]\nlocation='m.io'\npull-from-mirror='some'",
                "5:1: pull-from-mirror is \"some\", not \"all\", \"digest-only\" or \"tag-only\""
            },
            {
                "[[registry]]\nlocation='x.io'\nmirror-by-digest-only=true\n[[registry.mirror]]\nlocation='m.io'\npull-from-mirror='all'",
                "6:1: pull-from-mirror cannot be combined with mirror-by-digest-only = true"
            },
            {
                "[[registry]]\nlocation='x.io'\n[[registry]]\nprefix='y.io'\nlocation='x.io'\nblocked=true",
                "4:1: registry \"x.io\" is set twice with different values of \"blocked\""
            },
            {
                "[[registry]]\nlocation='x.io'\n[[registry]]\nprefix='y.io'\nlocation='x.io'\ninsecure=true",
                "4:1: registry \"x.io\" is set twice with different values of \"insecure\""
            },
            {
                "[[registry]]\nprefix='*.x.io'\nlocation='z.io'\ninsecure=true\n[[registry]]\nprefix='*.y.io'\nlocation='z.io'",
                "6:1: registry \"z.io\" is set twice with different values of \"insecure\""
            },
            {
                "[[registry]]\nprefix='*.x.io'\nblocked=true\n[[registry]]\nprefix='*.x.io'",
                "5:1: registry \"*.x.io\" is set twice with different values of \"blocked\""
            },
            {
                "unqualified-search-registries=['x.io/path']",
                "1:1: search registry \"x.io/path\" is not a host with an optional port"
            },
            {
                "unqualified-search-registries='x.io'",
                "1:1: \"unqualified-search-registries\" is not an array of strings"
            },
            {
                "short-name-mode='strict'",
                "1:1: short-name-mode is \"strict\", not \"permissive\", \"enforcing\" or \"disabled\""
            },
            { "[aliases]\n'x.io/a'='y.io/a'", "2:1: alias \"x.io/a\" is not a short name without registry and tag" },
            { "[aliases]\n'a:1'='y.io/a'", "2:1: alias \"a:1\" is not a short name without registry and tag" },
            { "[aliases]\na='b'", "2:1: alias \"a\" is set to \"b\", which names no registry" },
            { "[aliases]\na='B/c'", "2:1: alias \"a\" is set to \"B/c\", which names no registry" },
            { "[aliases]\na='b.io/C'", "2:1: alias \"a\" is set to \"b.io/C\", which names no registry" },
            {
                "[aliases]\n'localhost/a'='y.io/a'",
                "2:1: alias \"localhost/a\" is not a short name without registry and tag"
            },
            { "[aliases]\n'B'='y.io/a'", "2:1: alias \"B\" is not a short name without registry and tag" },
            { "[aliases]\na=1", "2:1: alias \"a\" is not a string" },
            {
                "[registries.block]\nregistries=['x.io']\n[[registry]]\nlocation='y.io'",
                "1:2: the file mixes the old and the new format"
            },
            { "[registries.block]\nregistries=[]\n[aliases]", "1:2: the file mixes the old and the new format" },
            {
                "unqualified-search-registries=[]\n[registries.search]\nregistries=['x.io']",
                "2:2: the file mixes the old and the new format"
            },
            {
                "short-name-mode='disabled'\n[registries.search]\nregistries=['x.io']",
                "2:2: the file mixes the old and the new format"
            },
            {
                "credential-helpers=[]\n[registries.search]\nregistries=['x.io']",
                "2:2: the file mixes the old and the new format"
            },
            {
                "additional-layer-store-auth-helper='x'\n[registries.search]\nregistries=['x.io']",
                "2:2: the file mixes the old and the new format"
            },
            {
                "[[registry]]\nlocation='x.io'\n[[registry.mirror]]\nlocation='m.io'\ninsecure='yes'",
                "5:1: \"insecure\" is not true or false"
            },
            {
                "[registries.search]\nregistries=['x.io/path']",
                "2:1: search registry \"x.io/path\" is not a host with an optional port"
            },
            { "[registries.block]\nregistries=['/']", "2:1: a registry needs a location" },
            { "registries='x.io'", "1:1: \"registries\" is not a table" },
            { "[registries]\nsearch=['x.io']", "2:1: \"search\" is not a table" },
            { "a=1\n\"l\\u", "1:1: an escape after this place is not a Unicode character" },
        };

    [Theory]
    [MemberData(nameof(Errors))]
    public void Each_error_has_file_line_and_column(string toml, string expected)
    {
        var path = Write("registries.conf", toml);
        var e = Assert.Throws<ProviderException>(Load);
        Assert.Equal(
            (Reasons.RegistriesConfInvalid, $"{path}:{expected}", "correct the file: CRI-O rejects it as well"),
            (e.Reason, e.Problem, e.Hint)
        );
    }

    [Fact]
    public void What_a_mirror_is_for_and_what_is_blocked_is_kept()
    {
        var file = RegistriesConfParser.Parse(
            "r.conf",
            """
            [[registry]]
            location = "quay.io"
            blocked = true
            [[registry.mirror]]
            location = "a.io"
            [[registry.mirror]]
            location = "b.io"
            pull-from-mirror = "digest-only"
            [[registry.mirror]]
            location = "c.io"
            pull-from-mirror = "tag-only"
            [[registry.mirror]]
            location = "d.io"
            pull-from-mirror = "all"
            [[registry]]
            location = "docker.io"
            mirror-by-digest-only = true
            [[registry.mirror]]
            location = "e.io"
            """,
            isDropIn: false
        );
        Assert.Equal([true, false], file.Registries.Select(entry => entry.IsBlocked));
        Assert.Equal(
            [
                new("a.io", MirrorUse.Always),
                new("b.io", MirrorUse.DigestsOnly),
                new("c.io", MirrorUse.TagsOnly),
                new("d.io", MirrorUse.Always),
                new RegistryMirror("e.io", MirrorUse.DigestsOnly),
            ],
            file.Registries.SelectMany(entry => entry.Mirrors)
        );
    }

    [Fact]
    public void A_wildcard_that_is_at_two_places_may_be_blocked_at_one_of_them()
    {
        Write(
            "registries.conf",
            "[[registry]]\nprefix='*.x.io'\nlocation='y.io'\n[[registry]]\nprefix='*.x.io'\nlocation='z.io'\nblocked=true"
        );
        Assert.Equal("y.io", Load().Find(RepositoryName.OfLocation("a.x.io/b"))!.Location);
    }

    [Fact]
    public void The_old_formats_list_of_blocked_registries_is_kept()
    {
        var file = RegistriesConfParser.Parse(
            "r.conf",
            "[registries.insecure]\nregistries = ['a.io', 'b.io']\n[registries.block]\nregistries = ['b.io']\n",
            isDropIn: false
        );
        Assert.Equal(
            [("b.io", true), ("a.io", false)],
            file.Registries.Select(entry => (entry.Location, entry.IsBlocked))
        );
    }

    /// <summary>An empty text counts as not set.</summary>
    [Theory]
    [InlineData("short-name-mode=''\nadditional-layer-store-auth-helper=''\n[registries.search]\nregistries=['a.io']")]
    [InlineData("short-name-mode='permissive'\nunqualified-search-registries=['a.io']")]
    [InlineData("short-name-mode='enforcing'\nunqualified-search-registries=['a.io']")]
    [InlineData("short-name-mode='disabled'\nunqualified-search-registries=['a.io']")]
    [InlineData("unqualified-search-registries=['a.io']\n[[registry]]\nlocation='x.io'\npull-from-mirror=''")]
    public void What_is_right_or_not_set_is_not_an_error(string toml)
    {
        Write("registries.conf", toml);
        Assert.Equal(["a.io"], Load().SearchRegistries);
    }

    [Fact]
    public void The_files_that_were_read_are_named_in_their_order()
    {
        var main = Write("registries.conf", "[[registry]]\nlocation='x.io'");
        var dropIn = Write("registries.conf.d/10.conf", "[[registry]]\nlocation='y.io'");
        var conf = Load();
        Assert.Equal([main, dropIn], conf.FilesRead);
        Assert.True(conf.MainFound);
        File.Delete(main);
        conf = Load();
        Assert.Equal([dropIn], conf.FilesRead);
        Assert.False(conf.MainFound);
    }

    [Theory]
    [InlineData("registries.conf.d/x.conf")]
    [InlineData("registries.conf")]
    public void A_directory_in_the_place_of_a_file_is_an_error(string path)
    {
        Write("directory/y", "");
        Directory.CreateDirectory(Path.Combine(folder, "registries.conf.d"));
        File.CreateSymbolicLink(Path.Combine(folder, path), Path.Combine(folder, "directory"));
        Assert.Contains(" cannot be read: ", Assert.Throws<ProviderException>(Load).Problem, StringComparison.Ordinal);
    }

    /// <summary>filepath.WalkDir names only files and links to the library; a link may lead to a directory.</summary>
    [Fact]
    public void A_file_of_the_users_that_cannot_be_looked_at_is_an_error()
    {
        Directory.CreateDirectory(Path.Combine(folder, "home/.config/containers"));
        var path = Path.Combine(folder, "home/.config/containers/registries.conf");
        File.CreateSymbolicLink(path, path);
        var e = Assert.Throws<ProviderException>(Load);
        Assert.Equal(
            (Reasons.RegistriesConfUnreadable, $"\"{path}\" cannot be read: Too many levels of symbolic links"),
            (e.Reason, e.Problem)
        );
    }

    /// <summary>As Go's decoder: a key in another case counts if there is none in the right one.</summary>
    [Theory]
    [InlineData("LOCATION='a.io'\nlocation='b.io'", "b.io")]
    [InlineData("location='b.io'\nLOCATION='a.io'", "b.io")]
    [InlineData("LOCATION='a.io'", "a.io")]
    public void A_key_in_the_right_case_comes_first(string keys, string location)
    {
        Write("registries.conf", $"[[registry]]\n{keys}\n");
        Assert.Equal(location, Assert.Single(Load().Registries).Location);
    }

    [Fact]
    public void A_directory_among_the_drop_ins_is_none_whatever_its_name()
    {
        Write("registries.conf.d/10.conf", "[[registry]]\nlocation='y.io'");
        Write("registries.conf.d/20.conf/30.conf", "[[registry]]\nlocation='z.io'");
        Directory.CreateDirectory(Path.Combine(folder, "registries.conf.d/empty.conf"));
        Assert.Equal(["y.io"], Load().Registries.Select(entry => entry.Prefix));
    }

    /// <summary>parseLocation removes the slashes before it looks for a scheme.</summary>
    [Theory]
    [InlineData("location='https://'", "https:")]
    [InlineData("location='http:///'", "http:")]
    [InlineData("prefix='/'\nlocation='x.io'", "")]
    [InlineData("prefix='///'\nlocation='x.io'", "")]
    [InlineData("prefix=''\nlocation='x.io'", "x.io")]
    public void Slashes_at_the_end_are_removed_first(string registry, string prefix)
    {
        Write("registries.conf", $"[[registry]]\n{registry}");
        Assert.Equal([prefix], Load().Registries.Select(entry => entry.Prefix));
    }

    [Theory]
    [InlineData("prefix='/'")]
    [InlineData("location='/'")]
    [InlineData("prefix='x.io'\nlocation='/'")]
    public void A_location_of_slashes_is_none(string registry)
    {
        Write("registries.conf", $"[[registry]]\n{registry}");
        Assert.Contains(" needs a location", Assert.Throws<ProviderException>(Load).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_old_formats_search_list_is_that_of_short_names()
    {
        Write("registries.conf", "[registries.search]\nregistries=['a.io', 'b.io:5000/']");
        Assert.Equal(["a.io", "b.io:5000"], Load().SearchRegistries);
        Write("registries.conf.d/10.conf", "unqualified-search-registries=['c.io']");
        Assert.Equal(["c.io"], Load().SearchRegistries);
    }

    [Theory]
    [InlineData("registries.conf")]
    [InlineData("registries.conf.d/10.conf")]
    public void A_table_of_the_old_format_without_a_list_is_nothing(string name)
    {
        Write(name, "[registries.search]\n[registries.other]\nregistries=['x.io']\n[[registry]]\nlocation='y.io'\n");
        Assert.Equal(["y.io"], Load().Registries.Select(entry => entry.Prefix));
    }

    [Fact]
    public void The_old_format_is_taken_as_main_file_and_refused_as_drop_in()
    {
        Write(
            "registries.conf",
            "[registries.search]\nregistries=['docker.io']\n[registries.insecure]\nregistries=['quay.io/a']\n"
        );
        Assert.Equal("quay.io/a", Load().Find(RepositoryName.OfLocation("quay.io/a/b"))!.Prefix);
        var dropIn = Write("registries.conf.d/1.conf", "[registries.block]\nregistries=['x.io']\n");
        Assert.Equal(
            $"{dropIn}:1:2: the old format with [registries.…] tables is not accepted in a drop-in",
            Assert.Throws<ProviderException>(Load).Problem
        );
    }

    [Fact]
    public void Drop_ins_replace_whole_entries_by_prefix_in_name_order()
    {
        Write(
            "registries.conf",
            "unqualified-search-registries=['a.io']\nregistry=[{location='quay.io',mirror=[{location='main.io'}]}]"
        );
        Write("registries.conf.d/20.conf", "registry=[{location='quay.io',mirror=[{location='second.io'}]}]");
        Write(
            "registries.conf.d/10.conf",
            "unqualified-search-registries=[]\nregistry=[{location='quay.io',mirror=[{location='first.io'}]},{location='new.io'}]"
        );
        Write("registries.conf.d/30.txt", "not toml at all [");
        var conf = Load();
        Assert.Equal(["second.io"], conf.Find(RepositoryName.OfLocation("quay.io/x"))!.MirrorLocations);
        Assert.NotNull(conf.Find(RepositoryName.OfLocation("new.io/x")));
        Assert.Empty(conf.SearchRegistries);
    }

    [Fact]
    public void Of_two_prefixes_of_one_length_the_first_in_order_wins_wherever_it_stands()
    {
        Write("registries.conf", "registry=[{location='a.quay.io',mirror=[{location='plain.io'}]}]");
        Write("registries.conf.d/10.conf", "registry=[{prefix='*.quay.io',mirror=[{location='glob.io'}]}]");
        Assert.Equal("*.quay.io", Load().Find(RepositoryName.OfLocation("a.quay.io/x"))!.Prefix);
    }

    [Fact]
    public void Drop_ins_count_without_a_main_file()
    {
        Write("registries.conf.d/10.conf", "registry=[{location='quay.io',mirror=[{location='m.io'}]}]");
        Assert.True(Load().Found);
        Assert.NotNull(Load().Find(RepositoryName.OfLocation("quay.io/x")));
    }

    [Fact]
    public void Missing_files_are_reported_with_the_main_path()
    {
        var conf = Load();
        Assert.False(conf.Found);
        Assert.Equal($"{folder}/registries.conf", conf.MainPath);
    }

    [Fact]
    public void The_users_own_file_hides_the_systems()
    {
        Write("registries.conf", "registry=[{location='system.io'}]");
        Write("registries.conf.d/1.conf", "registry=[{location='dropin.io'}]");
        Write("home/.config/containers/registries.conf", "registry=[{location='user.io'}]");
        Write("home/.config/containers/registries.conf.d/1.conf", "registry=[{location='userdropin.io'}]");
        Assert.Equal(["user.io", "userdropin.io"], Load().Registries.Select(r => r.Prefix));
    }

    [Fact]
    public void Naming_the_main_file_keeps_the_drop_ins()
    {
        Write("registries.conf.d/1.conf", "registry=[{location='dropin.io'}]");
        var main = Write("other.conf", "registry=[{location='main.io'}]");
        Assert.Equal(
            ["dropin.io", "main.io"],
            RegistriesConfLoader.Load(Paths() with { MainFile = main }).Registries.Select(r => r.Prefix)
        );
    }

    [Fact]
    public void The_machines_short_names_win()
    {
        Write("registries.conf", "[aliases]\na='x.io/a'\nb='x.io/b'");
        Write("cache.conf", "[aliases]\na='y.io/a'");
        Assert.Equal(
            ("y.io/a", "x.io/b", null),
            (Load().Aliases["a"]?.Text, Load().Aliases["b"]?.Text, Load().ShortNameProblem)
        );
    }

    [Fact]
    public void A_bad_file_of_the_machines_short_names_keeps_no_full_name_from_its_mirror()
    {
        Write(
            "registries.conf",
            "[aliases]\na='x.io/a'\n[[registry]]\nlocation='quay.io'\n[[registry.mirror]]\nlocation='m.io'"
        );
        Write("cache.conf", "[aliases]\na=");
        Assert.Equal(["m.io"], Load().Find(RepositoryName.OfLocation("quay.io/x"))!.MirrorLocations);
        Assert.Equal("x.io/a", Load().Aliases["a"]?.Text);
        Assert.Equal($"{folder}/cache.conf:2:3: Missing value after `=`", Load().ShortNameProblem);
        Assert.Equal(
            Reasons.RegistriesConfInvalid,
            Assert.Throws<ProviderException>(() => RegistriesConfLoader.ReadShortNameCache(Paths())).Reason
        );
    }

    [Theory]
    [InlineData("a", "index.docker.io/team/b", "docker.io/team/b")]
    [InlineData("a", "index.docker.io/b", "docker.io/library/b")]
    [InlineData("a", "docker.io/b", "docker.io/library/b")]
    [InlineData("a", "localhost/b", "localhost/b")]
    [InlineData("a.b", "y.io/b", "y.io/b")]
    [InlineData("a.b_c/d", "y.io/b", "y.io/b")]
    [InlineData("Team/a", "y.io/b", "y.io/b")]
    [InlineData("TEAM/a", "y.io/b", "y.io/b")]
    public void Aliases_are_those_that_CRI_O_takes(string name, string target, string meaning)
    {
        Write("registries.conf", $"[aliases]\n'{name}'='{target}'");
        Assert.Equal(meaning, Load().Aliases[name]?.Text);
    }

    [Fact]
    public void Five_hundred_aliases_in_a_drop_in_are_read()
    {
        Write(
            "registries.conf.d/000-shortnames.conf",
            "[aliases]\n"
                + string.Concat(Enumerable.Range(0, 500).Select(i => $"\"team/n{i}\" = \"quay.io/team/n{i}\"\n"))
        );
        Assert.Equal(500, Load().Aliases.Count);
    }

    [Fact]
    public void A_directory_in_the_place_of_the_file_is_reported()
    {
        Directory.CreateDirectory(Path.Combine(folder, "registries.conf"));
        var e = Assert.Throws<ProviderException>(Load);
        Assert.Equal(Reasons.RegistriesConfUnreadable, e.Reason);
        Assert.StartsWith($"\"{folder}/registries.conf\" cannot be read: ", e.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_UTF8_is_reported()
    {
        File.WriteAllBytes(Path.Combine(folder, "registries.conf"), [0x61, 0xFF]);
        Assert.Equal(
            $"{folder}/registries.conf:1:1: the file is not UTF-8",
            Assert.Throws<ProviderException>(Load).Problem
        );
    }

    [Fact]
    public void Two_byte_order_marks_are_one_too_many()
    {
        Write("registries.conf", "\uFEFF\uFEFF[[registry]]\nlocation='quay.io'\n");
        Assert.Equal(
            $"{folder}/registries.conf:1:1: the file starts with two byte order marks",
            Assert.Throws<ProviderException>(Load).Problem
        );
    }

    [Fact]
    public void A_file_name_with_a_line_break_stays_one_line()
    {
        Write("registries.conf.d/a\nb.conf", "[[registry]]\nlocation=5\n");
        Assert.Equal(
            $"{folder}/registries.conf.d/a?b.conf:2:1: \"location\" is not a string",
            Assert.Throws<ProviderException>(Load).Problem
        );
        Write("registries.conf.d/a\nb.conf", "[[registry]]\nlocation='quay.io'\n");
        Assert.Equal($"{folder}/registries.conf.d/a?b.conf:1", Assert.Single(Load().Registries).Origin);
    }

    [Fact]
    public void A_named_main_file_that_does_not_exist_is_reported()
    {
        Write("registries.conf.d/1.conf", "registry=[{location='dropin.io'}]");
        var conf = RegistriesConfLoader.Load(Paths() with { MainFile = $"{folder}/registries.con" });
        Assert.Equal(["dropin.io"], conf.Registries.Select(entry => entry.Prefix));
        var e = Assert.Throws<ProviderException>(conf.RequireNamedMain);
        Assert.Equal(
            (
                Reasons.RegistriesConfNotThere,
                $"registries.conf \"{folder}/registries.con\" (--registries-conf) does not exist, and CRI-O rejects "
                    + "such a path",
                "correct the path, or leave the option out"
            ),
            (e.Reason, e.Problem, e.Hint)
        );
        Load().RequireNamedMain();
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Write("registries.conf", "a=" + new string('[', 100_000) + new string(']', 100_000));
        Assert.Equal(Reasons.RegistriesConfInvalid, Assert.Throws<ProviderException>(Load).Reason);
    }

    /// <summary>The root is a level, too.</summary>
    [Theory]
    [InlineData(31, true)]
    [InlineData(32, false)]
    public void Thirty_two_levels_are_read(int lists, bool isRead)
    {
        Write("registries.conf", "a=" + new string('[', lists) + new string(']', lists));
        Assert.Equal(isRead ? null : typeof(ProviderException), Record.Exception(Load)?.GetType());
    }

    [Theory]
    [InlineData(199_999, true)]
    [InlineData(200_000, false)]
    public void Two_hundred_thousand_values_are_read(int values, bool isRead)
    {
        var path = Write("registries.conf", "a=[" + string.Concat(Enumerable.Repeat("1,", values)) + "]");
        var e = (ProviderException?)Record.Exception(Load);
        Assert.Equal(
            isRead ? default : ($"\"{path}\" cannot be read: it has more than 200000 values", "check its content"),
            (e?.Problem, e?.Hint)
        );
    }

    private RegistriesConfPaths Paths() =>
        new(null, null, Path.Combine(folder, "home"))
        {
            SystemDirectory = folder,
            ShortNameCache = Path.Combine(folder, "cache.conf"),
        };

    private RegistriesConf Load() => RegistriesConfLoader.Load(Paths());

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
