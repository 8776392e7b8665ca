// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace CrioCredentialProvider.Tests.Packages;

/// <summary>Checks the content of the packages with the programs that install them.</summary>
public sealed class ContentsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_folder_has_one_of_each_kind_for_each_architecture_and_their_checksums()
    {
        string[] each = ["amd64", "arm64"];
        string[] expected =
        [
            .. each.Select(BuiltPackages.Binary),
            .. each.Select(BuiltPackages.Archive),
            .. each.Select(BuiltPackages.Deb),
            .. each.Select(BuiltPackages.Rpm),
            .. each.Select(BuiltPackages.SystemExtension),
            .. each.Select(architecture => BuiltPackages.Sbom(architecture, "cdx")),
            .. each.Select(architecture => BuiltPackages.Sbom(architecture, "spdx")),
            BuiltPackages.Image,
            BuiltPackages.At("THIRD-PARTY-NOTICES.txt"),
        ];
        var checksums = BuiltPackages.At("checksums.txt");
        Assert.Equal(
            expected.Append(checksums).Order(StringComparer.Ordinal),
            Directory.GetFiles(BuiltPackages.Folder).Order(StringComparer.Ordinal)
        );
        Assert.Equal(expected.Length, File.ReadAllLines(checksums).Length);
        Assert.Equal(
            0,
            HostCommand.RunIn(BuiltPackages.Folder, "sha256sum", "--check", "--strict", checksums).ExitCode
        );
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void The_deb_has_each_file_where_its_reader_looks(string architecture)
    {
        HostCommand.Read("dpkg-deb", "-x", BuiltPackages.Deb(architecture), folder);
        AssertTree(
            architecture,
            "usr/lib/systemd/system-preset/50-crio-credential-provider.preset",
            "usr/lib/systemd/system/crio-credential-provider-sweep.service",
            "usr/lib/systemd/system/crio-credential-provider-sweep.timer",
            "usr/lib/tmpfiles.d/crio-credential-provider.conf",
            "usr/share/bash-completion/completions/crio-credential-provider",
            "usr/share/doc/crio-credential-provider/THIRD-PARTY-NOTICES",
            "usr/share/doc/crio-credential-provider/changelog.Debian.gz",
            "usr/share/doc/crio-credential-provider/changelog.gz",
            "usr/share/doc/crio-credential-provider/copyright",
            "usr/share/doc/crio-credential-provider/examples/state.yaml",
            "usr/share/fish/vendor_completions.d/crio-credential-provider.fish",
            "usr/share/lintian/overrides/crio-credential-provider",
            "usr/share/man/man8/crio-credential-provider.8.gz",
            "usr/share/zsh/vendor-completions/_crio-credential-provider"
        );
        Assert.Equal(
            $"{architecture}|cri-o|{BuiltPackages.PackageVersion}-1|",
            HostCommand.Read(
                "dpkg-deb",
                "-W",
                "--showformat=${Architecture}|${Enhances}|${Version}|${Depends}",
                BuiltPackages.Deb(architecture)
            )
        );
    }

    [Theory]
    [InlineData("amd64", "x86_64")]
    [InlineData("arm64", "aarch64")]
    public void The_rpm_has_each_file_where_its_reader_looks(string architecture, string machine)
    {
        var rpm = BuiltPackages.Rpm(architecture);
        HostCommand.Read("sh", "-c", "cd \"$1\" && rpm2cpio \"$2\" | cpio -idm --quiet", "sh", folder, rpm);
        AssertTree(
            architecture,
            "usr/lib/systemd/system-preset/50-crio-credential-provider.preset",
            "usr/lib/systemd/system/crio-credential-provider-sweep.service",
            "usr/lib/systemd/system/crio-credential-provider-sweep.timer",
            "usr/lib/tmpfiles.d/crio-credential-provider.conf",
            "usr/share/bash-completion/completions/crio-credential-provider",
            "usr/share/doc/crio-credential-provider/CHANGELOG.md",
            "usr/share/doc/crio-credential-provider/examples/state.yaml",
            "usr/share/fish/vendor_completions.d/crio-credential-provider.fish",
            "usr/share/licenses/crio-credential-provider/LICENSE",
            "usr/share/licenses/crio-credential-provider/THIRD-PARTY-NOTICES",
            "usr/share/man/man8/crio-credential-provider.8.gz",
            "usr/share/zsh/site-functions/_crio-credential-provider"
        );
        Assert.Equal(
            $"{machine}|cri-o|{BuiltPackages.PackageVersion}-1|Apache-2.0",
            HostCommand.Read("rpm", "-qp", "--qf", "%{ARCH}|%{ENHANCES}|%{VERSION}-%{RELEASE}|%{LICENSE}", rpm)
        );

        // It requires a shell for its scripts, and what every rpm requires, but no library.
        Assert.All(
            HostCommand.Read("rpm", "-qp", "--requires", rpm).Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.True(line == "/bin/sh" || line.StartsWith("rpmlib(", StringComparison.Ordinal), line)
        );
    }

    [Theory]
    [InlineData("amd64", "x86-64")]
    [InlineData("arm64", "arm64")]
    public void The_sysext_has_each_file_below_usr_and_fits_each_distribution(string architecture, string inItsRelease)
    {
        HostCommand.Read("unsquashfs", "-f", "-d", folder, BuiltPackages.SystemExtension(architecture));
        const string Release = "usr/lib/extension-release.d/extension-release.crio-credential-provider";
        AssertTree(
            architecture,
            Release,
            "usr/lib/systemd/system-preset/50-crio-credential-provider.preset",
            "usr/lib/systemd/system/crio-credential-provider-sweep.service",
            "usr/lib/systemd/system/crio-credential-provider-sweep.timer",
            "usr/lib/systemd/system/timers.target.wants/crio-credential-provider-sweep.timer",
            "usr/lib/tmpfiles.d/crio-credential-provider.conf",
            "usr/share/bash-completion/completions/crio-credential-provider",
            "usr/share/doc/crio-credential-provider/CHANGELOG.md",
            "usr/share/doc/crio-credential-provider/LICENSE",
            "usr/share/doc/crio-credential-provider/THIRD-PARTY-NOTICES",
            "usr/share/doc/crio-credential-provider/examples/state.yaml",
            "usr/share/fish/vendor_completions.d/crio-credential-provider.fish",
            "usr/share/man/man8/crio-credential-provider.8",
            "usr/share/zsh/site-functions/_crio-credential-provider",
            "usr/share/zsh/vendor-completions/_crio-credential-provider"
        );
        var lines = File.ReadAllLines(Path.Combine(folder, Release));
        Assert.Contains("ID=_any", lines);
        Assert.Contains($"ARCHITECTURE={inItsRelease}", lines);
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void The_archive_has_the_program_its_documents_and_its_units(string architecture)
    {
        HostCommand.Read("tar", "-xzf", BuiltPackages.Archive(architecture), "-C", folder);
        var top = $"{BuiltPackages.Name}-{BuiltPackages.Version}-linux-{architecture}/";
        string[] expected =
        [
            "CHANGELOG.md",
            "LICENSE",
            "THIRD-PARTY-NOTICES",
            "completions/_crio-credential-provider",
            "completions/crio-credential-provider.bash",
            "completions/crio-credential-provider.fish",
            "crio-credential-provider",
            "crio-credential-provider.8",
            "state.yaml",
            "systemd/crio-credential-provider-sweep.service",
            "systemd/crio-credential-provider-sweep.timer",
            "systemd/crio-credential-provider.preset",
            "systemd/crio-credential-provider.tmpfiles",
        ];
        Assert.Equal(expected.Select(file => top + file), Files());
        AssertSameProgram(architecture, Path.Combine(folder, top, "crio-credential-provider"));
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void The_image_has_three_files_and_says_what_it_is(string architecture)
    {
        var source = $"oci-archive:{BuiltPackages.Image}:{BuiltPackages.Version}";
        var config = JsonNode.Parse(
            HostCommand.Read("skopeo", "--override-arch", architecture, "inspect", "--config", source)
        )!;
        Assert.Equal((architecture, "linux"), ((string?)config["architecture"], (string?)config["os"]));
        Assert.Equal("""["/crio-credential-provider","agent"]""", config["config"]!["Entrypoint"]!.ToJsonString());
        var labels = config["config"]!["Labels"]!;
        foreach (
            var label in (string[])
                ["title", "description", "licenses", "revision", "created", "source", "url", "vendor"]
        )
        {
            Assert.NotEqual("", (string?)labels[$"org.opencontainers.image.{label}"]);
        }

        Assert.Equal(BuiltPackages.Version, (string?)labels["org.opencontainers.image.version"]);

        var layout = Path.Combine(folder, "layout");
        HostCommand.Read("skopeo", "--override-arch", architecture, "copy", "-q", source, $"dir:{layout}");
        var root = Directory.CreateDirectory(Path.Combine(folder, "root")).FullName;
        foreach (var layer in JsonNode.Parse(File.ReadAllText(layout + "/manifest.json"))!["layers"]!.AsArray())
        {
            HostCommand.Read("tar", "-xf", $"{layout}/{((string?)layer!["digest"])!.Split(':')[1]}", "-C", root);
        }

        Assert.Equal(
            ["LICENSE", "THIRD-PARTY-NOTICES", "crio-credential-provider"],
            Directory.GetFileSystemEntries(root).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        AssertSameProgram(architecture, root + "/crio-credential-provider");
    }

    private void AssertTree(string architecture, params string[] others)
    {
        const string Link = "usr/bin/crio-credential-provider";
        Assert.Equal(others.Append(Link).Append(BuiltPackages.Program[1..]).Order(StringComparer.Ordinal), Files());
        Assert.Equal(
            ".." + BuiltPackages.Program["/usr".Length..],
            new FileInfo(Path.Combine(folder, Link)).LinkTarget
        );
        AssertSameProgram(architecture, folder + BuiltPackages.Program);
    }

    private IEnumerable<string> Files() =>
        Directory
            .GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file))
            .Order(StringComparer.Ordinal);

    private static void AssertSameProgram(string architecture, string file)
    {
        Assert.Equal(Hash(BuiltPackages.Binary(architecture)), Hash(file));
        Assert.Equal(
            UnixFileMode.UserRead
                | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead
                | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead
                | UnixFileMode.OtherExecute,
            File.GetUnixFileMode(file)
        );
    }

    private static string Hash(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
}
