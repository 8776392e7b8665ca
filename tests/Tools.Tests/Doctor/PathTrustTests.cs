// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tests.Doctor;

/// <summary>Whoever can write what decides about credentials can send the pods' tokens to an address of
/// theirs.</summary>
public sealed class PathTrustTests : IDisposable
{
    private const string OfConfig = ", who can replace what the kubelet reads, and so what gets the pods' tokens";
    private const string OfRegistries = ", who can replace where CRI-O pulls from and where credentials go";

    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Theory]
    [InlineData("CP003", NodeTree.ConfigPath, 0x1B6, "can be written by users other than root (mode 0666)" + OfConfig)]
    [InlineData(
        "CP003",
        "/etc/kubernetes/credential-providers",
        0x1FF,
        "can be written by users other than root (mode 0777)" + OfConfig
    )]
    [InlineData("CP003", "/etc", 0x1FF, "can be written by users other than root (mode 0777)" + OfConfig)]
    [InlineData(
        "CP007",
        NodeTree.RegistriesConf,
        0x1B4,
        "can be written by users other than root (mode 0664)" + OfRegistries
    )]
    [InlineData(
        "CP007",
        "/etc/containers",
        0x1FF,
        "can be written by users other than root (mode 0777)" + OfRegistries
    )]
    public async Task A_file_or_a_directory_above_it_that_others_can_write_is_a_failure(
        string check,
        string path,
        int mode,
        string problem
    )
    {
        File.SetUnixFileMode(node.Here(path), (UnixFileMode)mode);
        var answer = await node.CheckAsync(check);
        Assert.Equal(("fail", $"\"{path}\" {problem}"), (answer.Outcome, answer.Summary));
        Assert.Equal([$"chmod go-w {path}"], answer.Fix);
    }

    [Fact]
    public async Task MicroShift_needs_two_paths_that_differ()
    {
        var directory = Path.GetDirectoryName(NodeTree.ConfigPath)!;
        node.Write($"{directory}/crio-credential-provider", "", 0x1ED);
        node.StartKubelet(
            without: "--image-credential-provider",
            with:
            [
                $"--image-credential-provider-config={directory}",
                $"--image-credential-provider-bin-dir={directory}/",
            ]
        );
        Assert.Equal("ok", (await node.CheckAsync("CP003")).Outcome);
        var answer = await node.CheckAsync("CP003", "--profile=microshift");
        Assert.Equal(
            ("fail", $"MicroShift does not start: config and binary directory are both \"{directory}\""),
            (answer.Outcome, answer.Summary)
        );
    }
}
