// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>An uninstall in a pod into which not every directory is mounted.</summary>
public sealed class HiddenPathsTests
{
    private static readonly WantedState Wanted = new() { MatchImages = ["docker.io"] };

    [Theory]
    [InlineData("/etc/kubernetes/credential-providers")]
    [InlineData("/etc/systemd/system/kubelet.service.d")]
    [InlineData(OwnProvider.UsualBinDir)]
    public async Task What_a_pod_does_not_see_is_not_assumed_to_be_removed(string directory)
    {
        using var node = new SimulatedNode();
        var before = node.Snapshot();
        Assert.Equal(EngineEnd.Confirmed, (await node.InstallAsync(Wanted)).End);
        var installed = node.Snapshot();
        var hidden = node.Here("/hidden");
        Directory.Move(node.Here(directory), hidden);
        var result = await node.UninstallAsync();
        Assert.Equal(EngineEnd.Refused, result.End);
        Assert.Equal(
            [
                new Refusal(
                    $"\"{directory}\", where files were installed, is not visible here",
                    "mount it into the pod; if somebody deleted it, use --take-over"
                ),
            ],
            result.Refusals
        );

        // Nothing was taken away: once the directory is mounted, the uninstall brings all of it back.
        Directory.Move(hidden, node.Here(directory));
        Assert.Equal(installed, node.Snapshot());
        Assert.Equal(EngineEnd.Confirmed, (await node.UninstallAsync()).End);
        Assert.Equal(before, node.Snapshot());
    }

    [Fact]
    public async Task A_pod_that_sees_nothing_does_not_say_that_there_is_nothing_to_do()
    {
        using var node = new SimulatedNode();
        Assert.Equal(EngineEnd.Confirmed, (await node.InstallAsync(Wanted)).End);
        foreach (var directory in (string[])["/etc", "/usr"])
        {
            Directory.Move(node.Here(directory), node.Here("/hidden-" + directory[1..]));
        }

        var result = await node.UninstallAsync();
        Assert.Equal(EngineEnd.Refused, result.End);
        Assert.Equal(5, result.Refusals.Count);
    }

    [Fact]
    public async Task A_directory_that_somebody_has_deleted_does_not_keep_the_rest_for_ever()
    {
        using var node = new SimulatedNode();
        Assert.Equal(EngineEnd.Confirmed, (await node.InstallAsync(Wanted)).End);
        Directory.Delete(node.Here("/etc/kubernetes/credential-providers"), recursive: true);
        Assert.Equal(EngineEnd.Refused, (await node.UninstallAsync()).End);
        var result = await node.UninstallAsync(mayTakeOver: true);
        Assert.True(result.End == EngineEnd.Confirmed, string.Join("; ", result.Refusals));
        Assert.False(File.Exists(node.Here(Wanted.ProgramPath)));
        Assert.True(node.Systemd.IsKubeletHealthy);
    }
}
