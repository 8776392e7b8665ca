// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class JournalCheckTests : IDisposable
{
    private const string Socket = "/run/systemd/journal/socket";
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task A_socket_is_ok_and_the_auth_directory_shows_the_last_hand_over()
    {
        node.MakeDirectory(NodeTree.AuthDir + "/in-use", 0x1C0);
        Directory.SetLastWriteTimeUtc(
            node.Here(NodeTree.AuthDir + "/in-use"),
            new DateTime(2026, 1, 2, 3, 4, 6, DateTimeKind.Utc)
        );
        Directory.SetLastWriteTimeUtc(node.Here(NodeTree.AuthDir), new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        var answer = await node.CheckAsync("CP013");
        Assert.Equal(("ok", $"\"{Socket}\" exists"), (answer.Outcome, answer.Summary));
        Assert.Equal(
            [
                "what the runs logged: journalctl -t crio-credential-provider -n 20",
                "an auth file was last written or taken 2026-01-02 03:04:05Z",
                "CRI-O last began or ended a pull with one 2026-01-02 03:04:06Z",
            ],
            answer.Seen
        );
    }

    [Theory]
    [InlineData(
        false,
        "journald's socket \"/run/systemd/journal/socket\" does not exist: a run logs nothing except a failure in the "
            + "kubelet's log"
    )]
    [InlineData(true, "\"/run/systemd/journal/socket\" is not a socket: runs log nothing")]
    public async Task Without_a_socket_it_is_a_warning(bool isFile, string summary)
    {
        node.Remove(Socket);
        if (isFile)
        {
            node.Write(Socket, "");
        }

        var answer = await node.CheckAsync("CP013");
        Assert.Equal(("warn", summary), (answer.Outcome, answer.Summary));
    }
}
