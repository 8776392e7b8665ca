// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Release;

/// <summary>
/// A deb of the built file, without compression: <c>make package-test</c> has the rest. It shows that the scripts of
/// the packages work at each commit.
/// </summary>
public sealed class PackageMetadataTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_deb_is_the_same_at_each_build_has_its_files_and_its_scripts_are_good_shell()
    {
        var deb = Build("one");
        Assert.Equal(File.ReadAllBytes(deb), File.ReadAllBytes(Build("other")));

        var contents = InProcess.Execute("dpkg-deb", "-c", deb).Stdout;
        Assert.Contains(
            " ./usr/bin/crio-credential-provider -> "
                + "../libexec/kubelet-image-credential-provider-plugins/crio-credential-provider\n",
            contents,
            StringComparison.Ordinal
        );
        Assert.All(contents.Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
            Assert.Contains(" root/root ", line, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("usr/libexec/crio/", contents, StringComparison.Ordinal);
        Assert.DoesNotContain("./etc/", contents, StringComparison.Ordinal);
        Assert.Equal("cri-o|", InProcess.Execute("dpkg-deb", "-W", "--showformat=${Enhances}|${Depends}", deb).Stdout);

        var control = Path.Combine(folder, "control");
        Assert.Equal(0, InProcess.Execute("dpkg-deb", "-e", deb, control).ExitCode);
        foreach (var script in (string[])["postinst", "prerm", "postrm"])
        {
            var at = Path.Combine(control, script);
            Assert.Equal(new CommandResult(0, "", ""), InProcess.Execute("sh", "-n", at));

            // Nothing that a package does may restart a kubelet, which its administrator does node by node.
            Assert.DoesNotMatch(@"(?m)^[^#]*systemctl[^\n]*kubelet", File.ReadAllText(at));
            Assert.DoesNotContain("@", File.ReadAllText(at), StringComparison.Ordinal);
        }
    }

    private string Build(string name)
    {
        var output = Path.Combine(folder, name);
        var run = InProcess.Execute(
            "env",
            $"OUTPUT={output}",
            "ARCHITECTURES=amd64",
            "DPKG_DEB_COMPRESSOR_TYPE=none",
            Path.Combine(Repository.Root, "scripts/packages"),
            "deb"
        );
        Assert.Equal(new CommandResult(0, "", ""), run);
        return Path.Combine(output, $"crio-credential-provider_{BuildInfo.Version}-1_amd64.deb");
    }
}
