// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Packages;

/// <summary>Pushes the image to a real registry and runs it with podman.</summary>
public sealed class ImageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-image-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void It_is_pushed_and_pulled_by_its_digest_with_both_architectures_and_runs()
    {
        using var registry = new PrivateRegistry();
        var name = $"localhost:{registry.Port}/hub/{BuiltPackages.Name}";
        var source = $"oci-archive:{BuiltPackages.Image}:{BuiltPackages.Version}";
        var digestFile = Path.Combine(folder, "digest");
        HostCommand.Read(
            "skopeo",
            "copy",
            "-q",
            "--all",
            "--preserve-digests",
            "--dest-tls-verify=false",
            "--dest-creds",
            "myuser:mypassword",
            "--digestfile",
            digestFile,
            source,
            $"docker://{name}:{BuiltPackages.Version}"
        );
        var byDigest = $"{name}@{File.ReadAllText(digestFile)}";
        var index = JsonNode.Parse(
            HostCommand.Read(
                "skopeo",
                "inspect",
                "--tls-verify=false",
                "--creds",
                "myuser:mypassword",
                "--raw",
                $"docker://{byDigest}"
            )
        )!;
        Assert.Equal(
            ["linux/amd64", "linux/arm64"],
            index["manifests"]!
                .AsArray()
                .Select(manifest => $"{manifest!["platform"]!["os"]}/{manifest["platform"]!["architecture"]}")
        );

        Podman("pull", "--quiet", "--tls-verify=false", "--creds", "myuser:mypassword", byDigest);
        string[] run =
        [
            "run",
            "--rm",
            "--cgroups=disabled",
            "--network=none",
            "--log-driver=none",
            "--read-only",
            "--ulimit=nofile=1024:1024",
            "--ulimit=nproc=1000:1000",
        ];
        var version = Podman([.. run, "--entrypoint=/crio-credential-provider", byDigest, "--version"]);
        Assert.Contains($"Version:        {BuiltPackages.Version}\n", version, StringComparison.Ordinal);

        // The image's own command.
        Assert.StartsWith(
            "crio-credential-provider agent:",
            Podman([.. run, byDigest, "--help"]),
            StringComparison.Ordinal
        );
    }

    /// <summary>Uses separate storage, and no second cgroup hierarchy, which crun rejects.</summary>
    private string Podman(params string[] arguments) =>
        HostCommand.Read(
            "unshare",
            [
                "--mount",
                "sh",
                "-c",
                "! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified; exec podman \"$@\"",
                "sh",
                $"--root={folder}/storage",
                $"--runroot={folder}/run",
                "--storage-driver=vfs",
                "--cgroup-manager=cgroupfs",
                "--runtime=crun",
                .. arguments,
            ]
        );
}
