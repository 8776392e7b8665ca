// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>Starts the sweep's unit, with all its sandboxing, under a real systemd.</summary>
public sealed class SweepServiceTests
{
    private const string Unit = "crio-credential-provider-sweep.service";
    private const string Auth = "/etc/crio/auth";

    [Fact]
    public void The_restricted_service_removes_leftovers_and_nothing_else()
    {
        using var node = new TestNode();
        var install = node.Install();
        Assert.True(install.ExitCode == 0, install.ToString());

        // Without CRI-O's directory, there is nothing to do.
        _ = node.Run("systemctl", "start", Unit);
        Assert.Equal("no", node.Show("ConditionResult", Unit));

        var digest = new string('a', 64);
        string[] kept = [$"{Auth}/default-{digest}.json", $"{Auth}/notes.json", $"{Auth}/in-use/notes.json"];
        string[] removed = [$"{Auth}/team-{digest}.json", $"{Auth}/.auth-{digest[..16]}.tmp"];
        _ = node.Run("mkdir", "-p", "-m", "0700", $"{Auth}/in-use");
        foreach (var file in (string[])[.. kept, .. removed])
        {
            node.Write(file, "{}");
            if (file != kept[0])
            {
                File.SetLastWriteTimeUtc(node.Here(file), DateTime.UtcNow - TimeSpan.FromHours(1));
            }
        }

        var start = node.Run("systemctl", "start", Unit);
        Assert.True(start.ExitCode == 0, $"{start}\n{node.Run("journalctl", "-u", Unit, "--no-pager")}");
        Assert.Equal(("success", "0"), (node.Show("Result", Unit), node.Show("ExecMainStatus", Unit)));
        Assert.Equal(
            ("strict", Auth, "yes", "yes"),
            (
                node.Show("ProtectSystem", Unit),
                node.Show("ReadWritePaths", Unit),
                node.Show("PrivateNetwork", Unit),
                node.Show("NoNewPrivileges", Unit)
            )
        );
        Assert.All(removed, file => Assert.False(File.Exists(node.Here(file)), file));
        Assert.All(kept, file => Assert.True(File.Exists(node.Here(file)), file));
        Assert.DoesNotContain("warning", node.Run("journalctl", "-b", "--no-pager").Stdout, StringComparison.Ordinal);
    }
}
