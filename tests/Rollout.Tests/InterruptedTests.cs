// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>
/// Kills the installer before each of its system calls that change something; the undo, which the host's timer also
/// runs, must end in the old or the new state. Three classes share the calls, so that three nodes run in parallel.
/// </summary>
public abstract class InterruptedTests
{
    private const string Calls =
        "rename,renameat,linkat,unlink,unlinkat,symlink,symlinkat,mkdir,mkdirat,rmdir,fsync,fchmod,fchown,sendmsg,sendto,flock,ftruncate,pwrite64";

    protected static void EndsOldOrNew(int first, int step)
    {
        // All calls in make stress, otherwise a third of them.
        var stride = Environment.GetEnvironmentVariable("TEST_ROLLOUT_ROUNDS") is null ? step * 3 : step;
        using var node = new TestNode(node =>
        {
            node.Write(TestNode.Config, InstallTests.OtherConfig);
            node.Write($"{TestNode.BinDir}/other", "#!/bin/sh\n");
            File.SetUnixFileMode(
                node.Here($"{TestNode.BinDir}/other"),
                UnixFileMode.UserRead | UnixFileMode.UserExecute
            );
        });
        var before = node.Snapshot();
        Assert.Equal(0, node.Provider("install", "--restart-kubelet", "--watch-for", "1s").ExitCode);
        var after = node.Snapshot();
        Assert.Equal(0, node.Provider("uninstall", "--restart-kubelet", "--watch-for", "1s").ExitCode);

        var (olds, news) = (0, 0);
        for (var at = first; ; at += stride)
        {
            var run = node.Run(
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                $"trace={Calls}",
                "-e",
                $"inject={Calls}:signal=KILL:when={at}",
                TestNode.Program,
                "install",
                "--restart-kubelet",
                "--watch-for",
                "1s"
            );
            var isKilled = run.ExitCode == 137 || run.ExitCode == 128 + 9 || run.Stdout.Length == 0;
            var undo = node.Provider("undo");
            Assert.True(undo.ExitCode == 0, $"killed at {at}: {undo}");
            var now = node.Snapshot();
            var isNew = now.SequenceEqual(after);
            if (!isNew)
            {
                TestNode.AssertSame(before, now, $"killed at {at}: {run}\n{undo}");
            }

            node.AssertKubeletHealthy(hasFlags: isNew);
            node.AssertNothingPending();
            if (!isKilled)
            {
                Assert.True(isNew, $"not killed at {at}: {run}");
                break;
            }

            _ = isNew ? news++ : olds++;
            if (isNew)
            {
                Assert.Equal(0, node.Provider("uninstall", "--restart-kubelet", "--watch-for", "1s").ExitCode);
            }
        }

        Assert.True(olds > 5, $"{olds} old, {news} new");
        TestContext.Current.TestOutputHelper!.WriteLine($"killed {olds + news} times: {olds} ended old, {news} new");
    }
}

public sealed class FirstInterruptedTests : InterruptedTests
{
    [Fact]
    public void Killed_at_every_third_call_from_the_first() => EndsOldOrNew(1, 3);
}

public sealed class SecondInterruptedTests : InterruptedTests
{
    [Fact]
    public void Killed_at_every_third_call_from_the_second() => EndsOldOrNew(2, 3);
}

public sealed class ThirdInterruptedTests : InterruptedTests
{
    [Fact]
    public void Killed_at_every_third_call_from_the_third() => EndsOldOrNew(3, 3);
}
