// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Packages;

/// <summary>
/// The arm64 binary under an emulator. <see cref="ContentsTests"/> shows that each package has the same one, and
/// <c>scripts/package-test</c> lets it do a pull.
/// </summary>
public sealed class ArmTests
{
    public const string Emulator = "qemu-aarch64-static";

    [Fact]
    public void It_reports_its_version_and_platform()
    {
        var lines = HostCommand.Read(Emulator, BuiltPackages.Binary("arm64"), "--version").Split('\n');
        Assert.Contains($"Version:        {BuiltPackages.Version}", lines);
        Assert.Contains("Platform:       linux/arm64", lines);
    }

    [Fact]
    public void It_explains_what_a_pull_would_get()
    {
        var folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;
        try
        {
            var secrets = Path.Combine(folder, "secrets.yaml");
            var config = """{"auths":{"localhost:5000":{"auth":"bXl1c2VyOm15cGFzc3dvcmQ="}}}"""u8;
            File.WriteAllText(
                secrets,
                $$"""
                apiVersion: v1
                kind: Secret
                metadata: {name: mirror, namespace: team-a}
                type: kubernetes.io/dockerconfigjson
                data: {.dockerconfigjson: {{Convert.ToBase64String(config)}}}
                """
            );
            var explanation = HostCommand.Read(
                Emulator,
                BuiltPackages.Binary("arm64"),
                "explain",
                "docker.io/library/nginx",
                "--secrets",
                secrets,
                "--registries-conf",
                Path.Combine(Repository.Root, "deploy/examples/registries.conf"),
                "--registries-conf-dir",
                folder
            );
            Assert.Contains("\n  localhost:5000  from secret \"mirror\"\n", explanation, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
