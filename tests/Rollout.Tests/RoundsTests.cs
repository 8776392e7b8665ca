// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>
/// Many rounds leave no file and no unit behind: ten on each of two nodes at once, and fifty in <c>make stress</c>.
/// </summary>
public abstract class RoundsTests
{
    [Fact]
    public void Rounds_of_install_and_uninstall_leave_nothing_behind()
    {
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("TEST_ROLLOUT_ROUNDS"), out var given)
            ? given
            : 10;
        using var node = new TestNode();
        var before = node.Snapshot();
        var units = Units(node);
        for (var round = 1; round <= rounds; round++)
        {
            var install = node.Provider("install", "--restart-kubelet", "--watch-for", "1s");
            Assert.True(install.ExitCode == 0, $"round {round}: {install}");
            var uninstall = node.Provider("uninstall", "--restart-kubelet", "--watch-for", "1s");
            Assert.True(uninstall.ExitCode == 0, $"round {round}: {uninstall}");
        }

        TestNode.AssertSame(before, node.Snapshot(), $"{rounds} rounds");
        Assert.Equal(units, Units(node));
        Assert.False(Directory.Exists(node.Here(TestNode.StateDirectory)));
        node.AssertNothingPending();
    }

    private static string Units(TestNode node) =>
        string.Join(
            '\n',
            node.Run("systemctl", "list-units", "--all", "--plain", "--no-legend")
                .Stdout.Split('\n')
                .Select(line => line.Split(' ')[0])
                // Device units, and the credential mounts of systemd's own services, appear later during boot.
                .Where(unit =>
                    !unit.EndsWith(".device", StringComparison.Ordinal)
                    && !unit.StartsWith("run-credentials-systemd", StringComparison.Ordinal)
                )
                .Order(StringComparer.Ordinal)
        );
}

public sealed class FirstNodeRoundsTests : RoundsTests;

public sealed class SecondNodeRoundsTests : RoundsTests;
