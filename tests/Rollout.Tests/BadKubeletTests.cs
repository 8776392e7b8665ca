// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>If the kubelet is unhealthy with the new files, the old ones are restored, and it runs with them.</summary>
public abstract class BadKubeletTests
{
    protected static void UndoesA(string misbehaviour, string watchFor, string problem)
    {
        using var node = new TestNode(node => node.Write(TestNode.Config, ""));
        File.Delete(node.Here(TestNode.Config));
        var before = node.Snapshot();
        node.LetNewKubelet(misbehaviour);
        var install = node.Provider("install", "--restart-kubelet", "--watch-for", watchFor);
        Assert.True(install.ExitCode == 1, install.ToString());
        Assert.Contains("the change was undone: ", install.Stderr, StringComparison.Ordinal);
        Assert.Contains(problem, install.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("with the old files as well", install.Stderr, StringComparison.Ordinal);
        node.AssertKubeletHealthy(hasFlags: false);
        node.AssertNothingPending();
        File.Delete(node.Here("/etc/kubelet-stand-in.conf"));
        TestNode.AssertSame(before, node.Snapshot(), misbehaviour);
        Assert.Contains("the last install was undone", node.Provider("status").Stdout, StringComparison.Ordinal);

        // It can be tried again when the kubelet has been repaired.
        Assert.Equal(0, node.Install().ExitCode);
        node.AssertKubeletHealthy(hasFlags: true);
    }
}

public sealed class KubeletThatExitsTests : BadKubeletTests
{
    [Fact]
    public void At_its_start() => UndoesA("exit-at-start", "10s", "kubelet.service");

    [Fact]
    public void That_hangs_and_ignores_SIGTERM() =>
        UndoesA("hang\nignore-sigterm", "3s", "its health port 10248 does not respond");
}

public sealed class KubeletThatDiesAfter5SecondsTests : BadKubeletTests
{
    [Fact]
    public void After_5_seconds() => UndoesA("crash-after=5", "60s", "kubelet.service");
}

public sealed class KubeletThatDiesAfter20SecondsTests : BadKubeletTests
{
    [Fact]
    public void After_20_seconds() => UndoesA("crash-after=20", "60s", "kubelet.service");
}

public sealed class KubeletThatDiesAfter40SecondsTests : BadKubeletTests
{
    [Fact]
    public void After_40_seconds() => UndoesA("crash-after=40", "60s", "kubelet.service");
}

/// <summary>
/// With RestartSec=100ms, a crashing kubelet is active most of the time; only its restart count shows the crashes.
/// </summary>
public sealed class KubeletThatIsRestartedAtOnceTests
{
    [Fact]
    public void A_kubelet_that_systemd_starts_again_and_again_is_not_taken_for_a_good_one()
    {
        using var node = new TestNode(node =>
            node.Write("/etc/systemd/system/kubelet.service.d/20-restart.conf", "[Service]\nRestartSec=100ms\n")
        );
        node.LetNewKubelet("crash-after=0.7");
        var install = node.Install();
        Assert.Equal(1, install.ExitCode);
        Assert.Contains("the change was undone: kubelet.service", install.Stderr, StringComparison.Ordinal);
        node.AssertKubeletHealthy(hasFlags: false);
    }
}
