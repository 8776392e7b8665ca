// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class RegistriesConfCheckTests : IDisposable
{
    private const string Mirrored =
        "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"m.test\"\n";
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task Mirrors_are_listed_with_their_place_and_their_use()
    {
        node.Write(
            "/etc/containers/registries.conf.d/10.conf",
            "[[registry]]\nprefix = \"old.test\"\nlocation = \"new.test\"\n"
        );
        node.Write(
            "/etc/containers/registries.conf.d/20.conf",
            "[[registry]]\nlocation = \"quay.io\"\nmirror = [{location = \"a.test\"}, {location = \"b.test\", "
                + "pull-from-mirror = \"digest-only\"}, {location = \"c.test\", pull-from-mirror = \"tag-only\"}]\n"
        );
        var answer = await node.CheckAsync("CP007");
        Assert.Equal(("ok", "3 registries are mirrored or moved"), (answer.Outcome, answer.Summary));
        Assert.Equal(
            [
                "read: /etc/containers/registries.conf, /etc/containers/registries.conf.d/10.conf, "
                    + "/etc/containers/registries.conf.d/20.conf",
                "docker.io (/etc/containers/registries.conf:3): mirror.test:5000",
                "old.test (/etc/containers/registries.conf.d/10.conf:1) is at new.test",
                "quay.io (/etc/containers/registries.conf.d/20.conf:1): a.test, b.test (digests only), c.test (tags "
                    + "only)",
            ],
            answer.Seen
        );
    }

    [Theory]
    [InlineData("location = \"robot:planted-secret@quay.io\"\nmirror = [{location = \"m.test\"}]", "***@quay.io")]
    [InlineData("prefix = \"quay.io\"\nlocation = \"robot:planted-secret@m.test/x\"", "***@m.test/x")]
    [InlineData("prefix = \"robot:planted-secret@quay.io\"\nlocation = \"m.test\"", "***@quay.io")]
    [InlineData(
        "location = \"quay.io\"\nmirror = [{location = \"m.test\"}, {location = \"planted-secret@n.test\"}]",
        "***@n.test"
    )]
    [InlineData("location = \"quay.io\"\nmirror = [{location = \"n.test/Team\"}]", "n.test/Team", false)]
    [InlineData("location = \"quay.io\"\nmirror = [{location = \"mirror\"}]", "mirror", false)]
    [InlineData("location = \"quay.io\"\nmirror = [{location = \"localhost\"}]", null, false)]
    public async Task A_location_that_CRI_O_cannot_use_is_a_failure(
        string registry,
        string? location,
        bool hasCredentials = true
    )
    {
        node.Write(NodeTree.RegistriesConf, "[[registry]]\n" + registry + "\n");
        var answer = await node.CheckAsync("CP007");
        var (problem, fix) = hasCredentials
            ? (
                "contains a user or password: CRI-O does not support that, and cannot use the registry",
                "# remove the credentials from the file, and put them into a pull secret of the namespace"
            )
            : (
                "is not a host with an optional port and path: CRI-O cannot use the registry",
                "# a host has a dot or a port, or is localhost; a path is in lower case"
            );
        Assert.Equal(
            location is null
                ? ("ok", "1 registry is mirrored or moved")
                : ("fail", $"\"{location}\" (/etc/containers/registries.conf:1) {problem}"),
            (answer.Outcome, answer.Summary)
        );
        Assert.Equal(location is not null, answer.Fix.Contains(fix));
        var report = await node.RunAsync("--verbose");
        Assert.DoesNotContain("planted-secret", report.Stdout + report.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[[registry]]\nlocation = 5\n", "/etc/containers/registries.conf:2:1: \"location\" is not a string")]
    [InlineData(
        "[[registry]]\nlocation = \"https://x\"\n",
        "/etc/containers/registries.conf:2:1: location \"https://x\" must not have a scheme"
    )]
    [InlineData(
        Mirrored + "mirror = 1\n",
        "/etc/containers/registries.conf:5:1: \"mirror\" is not an array of tables: write [[mirror]]",
        true
    )]
    [InlineData(
        "credential-helpers = [\"secretservice\"]\n" + Mirrored,
        "/etc/containers/registries.conf:1: credential-helpers lacks \"containers-auth.json\": CRI-O reads no auth file"
    )]
    public async Task What_CRI_O_refuses_or_what_hides_auth_files_is_a_failure(
        string conf,
        string summary,
        bool isUnknownKey = false
    )
    {
        node.Write(NodeTree.RegistriesConf, conf);
        var answer = await node.CheckAsync("CP007");
        Assert.Equal(
            isUnknownKey
                ? (
                    "warn",
                    "/etc/containers/registries.conf:5: CRI-O ignores \"mirror\", which is not a key of "
                        + "[[registry.mirror]]: write it below [[registry]], before [[registry.mirror]]"
                )
                : ("fail", summary),
            (answer.Outcome, answer.Summary)
        );
    }

    [Theory]
    [InlineData(
        "1.34.3",
        "warn",
        "/etc/containers/registries.conf:3: an inline table over several lines is TOML 1.1, and CRI-O 1.34.3 rejects "
            + "the file"
    )]
    [InlineData(
        "1.35.0",
        "warn",
        "/etc/containers/registries.conf:3: an inline table over several lines is TOML 1.1, and CRI-O 1.35.0 rejects "
            + "the file"
    )]
    [InlineData("1.35.1", "ok", "1 registry is mirrored or moved")]
    [InlineData("1.36.3", "ok", "1 registry is mirrored or moved")]
    public async Task Forms_of_TOML_1_1_are_a_warning_for_the_CRI_O_versions_that_reject_them(
        string version,
        string outcome,
        string summary
    )
    {
        node.Write(
            NodeTree.RegistriesConf,
            "[[registry]]\nlocation = \"docker.io\"\nmirror = [{\n  location = \"m.test\" }]\n"
        );
        var answer = await node.CheckAsync("CP007", "--crio-version", version);
        Assert.Equal((outcome, summary), (answer.Outcome, answer.Summary));
    }

    [Theory]
    [InlineData("credential-helpers = []\n", "", "ok", "1 registry is mirrored or moved")]
    [InlineData(
        "credential-helpers = ['secretservice']\n",
        "credential-helpers = []\n",
        "ok",
        "1 registry is mirrored or moved"
    )]
    [InlineData(
        "credential-helpers = ['secretservice']\n",
        "credential-helpers = ['a', 'containers-auth.json']\n",
        "ok",
        "1 registry is mirrored or moved"
    )]
    [InlineData(
        "credential-helpers = ['containers-auth.json']\n",
        "credential-helpers = ['a']\n",
        "fail",
        "/etc/containers/registries.conf.d/10.conf:1: credential-helpers lacks \"containers-auth.json\": CRI-O reads "
            + "no auth file"
    )]
    public async Task The_last_list_of_helpers_decides_and_an_empty_one_is_the_default(
        string main,
        string dropIn,
        string outcome,
        string summary
    )
    {
        node.Write(NodeTree.RegistriesConf, main + Mirrored);
        node.Write("/etc/containers/registries.conf.d/10.conf", dropIn);
        var answer = await node.CheckAsync("CP007");
        Assert.Equal((outcome, summary), (answer.Outcome, answer.Summary));
    }

    [Fact]
    public async Task A_drop_in_with_another_suffix_is_named()
    {
        node.Write("/etc/containers/registries.conf.d/10-mirrors.toml", Mirrored);
        var answer = await node.CheckAsync("CP007");
        Assert.Equal(
            (
                "warn",
                "CRI-O ignores \"/etc/containers/registries.conf.d/10-mirrors.toml\": the names of drop-ins end in "
                    + ".conf"
            ),
            (answer.Outcome, answer.Summary)
        );
    }

    [Fact]
    public async Task A_bad_file_of_short_names_is_a_warning()
    {
        const string Cache = "/var/cache/containers/short-name-aliases.conf";
        node.Write(Cache, "[aliases]\na = 'b'\n");
        var answer = await node.CheckAsync("CP007");
        Assert.Equal(
            (
                "warn",
                $"{Cache}:2:1: alias \"a\" is set to \"b\", which names no registry: CRI-O refuses images without a "
                    + "registry"
            ),
            (answer.Outcome, answer.Summary)
        );
        Assert.Equal([$"rm {Cache}"], answer.Fix);
    }

    [Theory]
    [InlineData("", "no registry has a mirror or another location: there is nothing to do for any image")]
    [InlineData(
        "[[registry]]\nlocation = \"docker.io\"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "
            + "\"m.test\"\n",
        "the mirrors of \"docker.io\" (/etc/containers/registries.conf:1) are used for images with a digest only: an "
            + "image with a tag is pulled from the registry itself"
    )]
    public async Task What_leaves_mirrors_unused_is_a_warning(string conf, string summary)
    {
        node.Write(NodeTree.RegistriesConf, conf);
        var answer = await node.CheckAsync("CP007");
        Assert.Equal(("warn", summary), (answer.Outcome, answer.Summary));
    }

    [Fact]
    public async Task Drop_ins_behind_a_link_are_reported_as_never_read()
    {
        node.Write(
            "/opt/drop-ins/a.conf",
            "[[registry]]\nlocation = \"quay.io\"\n[[registry.mirror]]\nlocation = \"m.test\"\n"
        );
        File.CreateSymbolicLink(node.Here("/etc/containers/registries.conf.d"), "/opt/drop-ins");
        var answer = await node.CheckAsync("CP007");
        Assert.Equal(
            ("warn", "\"/etc/containers/registries.conf.d\" is a symbolic link: CRI-O reads no drop-in there"),
            (answer.Outcome, answer.Summary)
        );
        Assert.DoesNotContain(answer.Seen, line => line.Contains("quay.io", StringComparison.Ordinal));
    }

    /// <summary>A user's main file takes the place of the system's, drop-ins and all; a directory that is named is the
    /// only one.</summary>
    [Theory]
    [InlineData(
        "/etc/containers/registries.conf",
        "",
        "/etc/containers/registries.conf.d",
        "# replace the link \"/etc/containers/registries.conf.d\" by a directory that has the drop-ins"
    )]
    [InlineData(
        "/etc/containers/registries.conf",
        "",
        "/root/.config/containers/registries.conf.d",
        "# replace the link \"/root/.config/containers/registries.conf.d\" by a directory that has the drop-ins"
    )]
    [InlineData("/root/.config/containers/registries.conf", "", "/etc/containers/registries.conf.d", null)]
    [InlineData(
        "/root/.config/containers/registries.conf",
        "",
        "/root/.config/containers/registries.conf.d",
        "# replace the link \"/root/.config/containers/registries.conf.d\" by a directory that has the drop-ins"
    )]
    [InlineData(
        "/etc/containers/registries.conf",
        "/opt/drop ins",
        "/opt/drop ins",
        "# replace the link \"/opt/drop ins\" by a directory that has the drop-ins"
    )]
    [InlineData("/etc/containers/registries.conf", "/opt/drop ins", "/etc/containers/registries.conf.d", null)]
    public async Task Only_a_link_that_CRI_O_would_look_into_is_reported(
        string main,
        string given,
        string link,
        string? fix
    )
    {
        node.Write(main, Mirrored);
        node.Write(
            "/srv/drop-ins/a.conf",
            "[[registry]]\nlocation = \"quay.io\"\n[[registry.mirror]]\nlocation = \"m.test\"\n"
        );
        node.MakeDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(node.Here(link), "/srv/drop-ins");
        if (given.Length > 0)
        {
            node.StartCrio([$"--registries-conf-dir={given}"], "");
            File.AppendAllText(node.Here(NodeTree.ConfigPath), $"  args: ['--registries-conf-dir={given}']\n");
        }

        var answer = await node.CheckAsync("CP007");
        Assert.Equal(
            fix is null
                ? ("ok", "1 registry is mirrored or moved")
                : ("warn", $"\"{link}\" is a symbolic link: CRI-O reads no drop-in there"),
            (answer.Outcome, answer.Summary)
        );
        Assert.Equal(fix is null ? [] : [fix], answer.Fix);
        Assert.DoesNotContain(answer.Seen, line => line.Contains("quay.io", StringComparison.Ordinal));
    }

    /// <summary>The kubelet's run warns of it each time (CP304).</summary>
    [Theory]
    [InlineData("  args: ['--registries-conf=/etc/none.conf']\n", true)]
    [InlineData("  env: [{name: CRIO_CP_REGISTRIES_CONF, value: /etc/none.conf}]\n", false)]
    public async Task A_named_file_that_is_missing_is_a_warning_also_where_drop_ins_exist(
        string setting,
        bool hasDropIn
    )
    {
        const string DropIn = "/etc/containers/registries.conf.d/a.conf";
        if (hasDropIn)
        {
            node.Write(DropIn, "[[registry]]\nlocation = \"quay.io\"\n[[registry.mirror]]\nlocation = \"m.test\"\n");
        }

        node.StartCrio(["--registries-conf=/etc/none.conf"], "");
        File.AppendAllText(node.Here(NodeTree.ConfigPath), setting);
        var answer = await node.CheckAsync("CP007");
        Assert.Equal(
            (
                "warn",
                "registries.conf \"/etc/none.conf\" (--registries-conf) does not exist, and CRI-O rejects such a path"
            ),
            (answer.Outcome, answer.Summary)
        );
        Assert.Equal(
            [
                "# correct or remove --registries-conf in args of the provider config, or CRIO_CP_REGISTRIES_CONF in "
                    + "its env",
            ],
            answer.Fix
        );
        Assert.Contains($"read: {(hasDropIn ? DropIn : "no registries.conf and no drop-in")}", answer.Seen);
    }

    /// <summary>A link of the node leads below its root, here too.</summary>
    [Theory]
    [InlineData(NodeTree.RegistriesConf)]
    [InlineData("/etc/containers/registries.conf.d/a.conf")]
    public async Task Files_that_are_links_are_those_of_the_node(string link)
    {
        var outside = Path.GetTempFileName();
        try
        {
            File.WriteAllText(
                outside,
                "[[registry]]\nlocation = \"outside.test\"\n[[registry.mirror]]\nlocation = \"m.test\"\n"
            );
            node.Remove(NodeTree.RegistriesConf);
            node.MakeDirectory("/etc/containers/registries.conf.d");
            File.CreateSymbolicLink(node.Here(link), outside);
            Assert.DoesNotContain((await node.CheckAsync("CP007")).Seen, line =>
                line.Contains("outside.test", StringComparison.Ordinal)
            );

            node.Write(
                outside,
                "[[registry]]\nlocation = \"inside.test\"\n[[registry.mirror]]\nlocation = \"m.test\"\n"
            );
            Assert.Contains((await node.CheckAsync("CP007")).Seen, line =>
                line.StartsWith($"inside.test ({link}:1)", StringComparison.Ordinal)
            );
        }
        finally
        {
            File.Delete(outside);
        }
    }

    [Fact]
    public async Task Without_any_file_there_is_a_warning()
    {
        node.Remove(NodeTree.RegistriesConf);
        Assert.Equal(
            "there is no \"/etc/containers/registries.conf\" and no drop-in",
            (await node.CheckAsync("CP007")).Summary
        );
    }

    [Theory]
    [InlineData(
        "--registries-conf=/opt/r.conf",
        "",
        "",
        "CRI-O reads \"/opt/r.conf\" (CRI-O's flag --registries-conf), the provider the default"
    )]
    [InlineData(
        "",
        "CONTAINER_REGISTRIES_CONF=/opt/r.conf\0",
        "",
        "CRI-O reads \"/opt/r.conf\" (CRI-O's variable CONTAINER_REGISTRIES_CONF), the provider the default"
    )]
    [InlineData(
        "",
        "",
        "  args: [--registries-conf=/opt/r.conf]\n",
        "CRI-O reads its default, the provider \"/opt/r.conf\""
    )]
    [InlineData(
        "--registries-conf=/opt/r.conf",
        "",
        "  env: [{name: CRIO_CP_REGISTRIES_CONF, value: /opt/r.conf}]\n",
        null
    )]
    public async Task CRI_O_and_the_provider_must_read_the_same_file(
        string crio,
        string environment,
        string provider,
        string? summary
    )
    {
        node.Write("/opt/r.conf", Mirrored);
        node.StartCrio(crio.Length > 0 ? [crio] : [], environment);
        File.AppendAllText(node.Here(NodeTree.ConfigPath), provider);
        var answer = await node.CheckAsync("CP007");
        Assert.Equal(
            (summary is null ? "ok" : "fail", summary ?? "1 registry is mirrored or moved"),
            (answer.Outcome, answer.Summary)
        );
    }
}
