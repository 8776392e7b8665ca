// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>
/// The kubelet's provider flags that a platform sets are not overridden, whether or not a kubelet runs with them.
/// </summary>
public sealed class FlagsOfOthersTests
{
    private const string Flags =
        "--image-credential-provider-config=/etc/platform/config.yaml --image-credential-provider-bin-dir=/etc/platform/bin";

    private const string DropIn = "/etc/systemd/system/kubelet.service.d/10-platform.conf";

    private static readonly WantedState Wanted = new() { MatchImages = ["docker.io"] };

    [Theory]
    [InlineData(DropIn, $"[Service]\nExecStart=\nExecStart=/usr/bin/kubelet {Flags}\n", DropIn)]
    [InlineData(DropIn, $"[Service]\nEnvironment=\"KUBELET_EXTRA_ARGS={Flags}\"\n", DropIn)]
    [InlineData("/usr/lib/systemd/system/service.d/x.conf", $"[Service]\nEnvironment='KUBELET_EXTRA_ARGS={Flags}'\n")]
    [InlineData("/etc/platform/kubelet.env", $"KUBELET_EXTRA_ARGS=\"{Flags}\"\n")]
    [InlineData("/etc/platform/kubelet.env", $"KUBELET_EXTRA_ARGS={Flags}\n")]
    public async Task Flags_in_files_of_the_unit_are_found_before_a_kubelet_runs(
        string path,
        string text,
        string? origin = null
    )
    {
        using var node = Platform(path, text);
        node.Systemd.StopKubelet();
        await AssertRefusedAsync(node, origin ?? path);

        // What the refusal proposes is possible.
        var result = await node.InstallAsync(
            Wanted with
            {
                SetsFlags = false,
                ConfigPath = "/etc/platform/config.yaml",
                BinDir = "/etc/platform/bin",
            }
        );
        Assert.True(result.End == EngineEnd.Confirmed, string.Join("; ", result.Refusals));
    }

    [Fact]
    public async Task A_kubelet_that_was_started_before_the_files_were_written_hides_nothing()
    {
        using var node = Platform("/etc/platform/kubelet.env", $"KUBELET_EXTRA_ARGS={Flags}\n");
        await AssertRefusedAsync(node, "/etc/platform/kubelet.env");
    }

    [Theory]
    [InlineData($"[Service]\nEnvironment=\"NOT_USED={Flags}\"\n")]
    [InlineData("[Service]\nEnvironment=KUBELET_EXTRA_ARGS=--image-credential-provider-config=\n")]
    public async Task Flags_without_effect_and_our_own_are_not_flags_of_others(string text)
    {
        using var node = Platform(DropIn, text);
        node.Systemd.StopKubelet();
        Assert.Equal(EngineEnd.Confirmed, (await node.InstallAsync(Wanted)).End);
        var again = await node.InstallAsync(Wanted with { ConfigPath = "/etc/kubernetes/elsewhere/config.yaml" });
        Assert.True(again.End == EngineEnd.Confirmed, string.Join("; ", again.Refusals));
    }

    /// <summary>A node whose kubelet runs without the flags, and whose unit has got this file since.</summary>
    private static SimulatedNode Platform(string path, string text)
    {
        var node = new SimulatedNode();
        node.Write(path, text);
        if (path.EndsWith(".env", StringComparison.Ordinal))
        {
            node.Write(DropIn, $"[Service]\nEnvironmentFile=-{path}\n");
        }

        return node;
    }

    private static async Task AssertRefusedAsync(SimulatedNode node, string origin)
    {
        var before = node.Snapshot();
        var result = await node.InstallAsync(Wanted);
        Assert.Equal(EngineEnd.Refused, result.End);
        Assert.Equal(
            [
                new Refusal(
                    "the kubelet already has --image-credential-provider-config=/etc/platform/config.yaml, set by "
                        + $"\"{origin}\"",
                    "use --flags none --config /etc/platform/config.yaml --bin-dir /etc/platform/bin"
                ),
            ],
            result.Refusals
        );
        Assert.Equal(before, node.Snapshot());
    }
}
