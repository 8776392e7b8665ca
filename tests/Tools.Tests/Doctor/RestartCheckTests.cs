// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class RestartCheckTests : IDisposable
{
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task A_kubelet_that_started_after_the_last_change_is_ok()
    {
        var answer = await node.CheckAsync("CP005");
        Assert.Equal(
            ("ok", "the kubelet (process 1000) was started after its provider config last changed"),
            (answer.Outcome, answer.Summary)
        );
    }

    [Theory]
    [InlineData(-60, 0, "fail", "written")]
    [InlineData(0.1, 0, "ok", "was started after")]
    [InlineData(-0.5, 0, "warn", "within the second in which the kubelet was started")]
    [InlineData(-60, -120, "warn", "its content may be older")]
    [InlineData(60, -120, "ok", "was started after")]
    public async Task Times_of_file_and_start_decide(
        double startedSeconds,
        int writtenSeconds,
        string outcome,
        string part
    )
    {
        var now = DateTimeOffset.UtcNow;
        File.SetLastWriteTimeUtc(node.Here(NodeTree.ConfigPath), now.AddSeconds(writtenSeconds).UtcDateTime);
        node.StartKubelet(started: now.AddSeconds(startedSeconds));
        var answer = await node.CheckAsync("CP005");
        Assert.Equal(outcome, answer.Outcome);
        Assert.Contains(part, answer.Summary, StringComparison.Ordinal);
        Assert.Equal(
            outcome == "ok"
                ? []
                :
                [
                    "# once CP001 to CP004 are ok, because the kubelet does not start with an invalid configuration:",
                    "systemctl restart kubelet",
                ],
            answer.Fix
        );
    }

    [Fact]
    public async Task A_file_that_was_taken_out_of_a_directory_shows_in_the_directory()
    {
        var directory = Path.GetDirectoryName(NodeTree.ConfigPath)!;
        var now = DateTimeOffset.UtcNow;
        File.SetLastWriteTimeUtc(node.Here(NodeTree.ConfigPath), now.AddHours(-2).UtcDateTime);
        node.StartKubelet(
            without: "--image-credential-provider-config",
            with: [$"--image-credential-provider-config={directory}"],
            started: now.AddHours(-1)
        );
        var answer = await node.CheckAsync("CP005");
        Assert.Equal("fail", answer.Outcome);
        Assert.StartsWith($"\"{directory}\" was written", answer.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_kubelet_it_is_skipped()
    {
        node.StopKubelet();
        var answer = await node.CheckAsync("CP005");
        Assert.Equal(
            ("skipped", "no kubelet runs", true, 3),
            (answer.Outcome, answer.Summary, answer.IsUndetermined, answer.ExitCode)
        );
        Assert.False((await node.CheckAmongAllAsync("CP005")).IsUndetermined);
    }

    [Fact]
    public async Task A_start_time_that_proc_does_not_have_is_undetermined()
    {
        node.Write("/proc/stat", "cpu 1 2 3\n");
        var answer = await node.CheckAsync("CP005");
        Assert.Equal(
            ("skipped", "/proc does not say when process 1000 was started", true, 3),
            (answer.Outcome, answer.Summary, answer.IsUndetermined, answer.ExitCode)
        );
    }
}
