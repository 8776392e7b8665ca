// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests;

public sealed class InstallContractTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The program installs itself, and finds its own file by <c>/proc/self/exe</c>.</summary>
    [Fact]
    public void A_root_without_procfs_is_a_clear_refusal()
    {
        const string Script = """
            touch "$1/program" && mount --bind "$2" "$1/program" &&
                exec chroot "$1" /program install --match-images docker.io
            """;
        var run = PublishedBinary.RunIn(
            "/usr/bin/unshare",
            [],
            [("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")],
            ["-rm", "bash", "-c", Script, "node", folder, PublishedBinary.FilePath]
        );
        Assert.Equal(
            "crio-credential-provider: the program's own file \"/proc/self/exe\" cannot be opened; mount /proc [CP812]\n",
            run.Stderr
        );
        Assert.Equal(3, run.ExitCode);
    }
}
