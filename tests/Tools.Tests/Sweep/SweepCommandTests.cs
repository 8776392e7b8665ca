// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Tests.Generate;
using JournalRecorder;

namespace CrioCredentialProvider.Tests.Sweep;

/// <summary>The command that the timer runs.</summary>
public sealed class SweepCommandTests : IDisposable
{
    private const string Digest = "7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5";
    private readonly List<string> journal = [];
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public SweepCommandTests() => Directory.CreateDirectory(At("kubelet/image_manager/pulling"), (UnixFileMode)0x1C0);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_removes_files_without_a_pull_and_logs_that_only_in_the_journal()
    {
        Put($"team-a-{Digest}.json", 61);
        Put($"team-b-{Digest.Replace('7', '8')}.json", 61);
        Put($"team-c-{Digest}.json", 59);
        Put("notes.txt", 100_000);
        File.WriteAllText(
            At("kubelet/image_manager/pulling/sha256-1"),
            """{"kind":"ImagePullIntent","apiVersion":"kubelet.config.k8s.io/v1beta1","image":"quay.io/other"}"""
        );
        Assert.Equal(new CommandResult(0, "", ""), await SweepAsync());
        Assert.Equal(
            [
                $"Removed auth file {At($"auth/team-a-{Digest}.json")} of an earlier pull",
                $"Removed auth file {At($"auth/team-b-{Digest.Replace('7', '8')}.json")} of an earlier pull",
            ],
            journal.Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["notes.txt", $"team-c-{Digest}.json"],
            Directory.GetFiles(At("auth")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task What_the_kubelet_is_pulling_stays()
    {
        Put($"team-a-{AuthFileName.Digest(RepositoryName.OfLocation("docker.io/library/nginx"))}.json", 600);
        File.WriteAllText(
            At("kubelet/image_manager/pulling/sha256-1"),
            """{"kind":"ImagePullIntent","apiVersion":"kubelet.config.k8s.io/v1beta1","image":"nginx:1"}"""
        );
        Assert.Equal(new CommandResult(0, "", ""), await SweepAsync());
        Assert.Single(Directory.GetFiles(At("auth")));
    }

    [Fact]
    public async Task Without_the_directory_there_is_nothing_to_do() =>
        Assert.Equal(new CommandResult(0, "", ""), await SweepAsync());

    [Fact]
    public async Task A_file_that_cannot_be_removed_is_exit_code_1_and_a_line()
    {
        Directory.CreateDirectory(At($"auth/team-a-{Digest}.json"));
        Directory.SetLastWriteTimeUtc(At($"auth/team-a-{Digest}.json"), DateTime.UtcNow.AddHours(-2));
        Assert.Equal(
            new CommandResult(
                1,
                "",
                $"Unable to remove old auth file \"{At($"auth/team-a-{Digest}.json")}\": Is a directory\n"
            ),
            await SweepAsync()
        );
    }

    [Fact]
    public async Task A_directory_that_cannot_be_used_is_exit_code_3()
    {
        File.WriteAllText(At("auth"), "");
        var run = await SweepAsync();
        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith(
            $"crio-credential-provider: auth directory \"{At("auth")}\" cannot be used: Not a directory; ",
            run.Stderr,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Intents_that_cannot_be_read_are_a_warning_and_keep_files_for_an_hour()
    {
        Put($"team-a-{Digest}.json", 61);
        File.WriteAllText(At("kubelet/image_manager/pulling/sha256-1"), "{}");
        Assert.Equal(new CommandResult(0, "", ""), await SweepAsync());
        Assert.Equal(
            "The kubelet's pull intents are not used, and the age of auth files decides: "
                + $"\"{At("kubelet/image_manager/pulling/sha256-1")}\" is not an ImagePullIntent of a known version",
            Assert.Single(journal)
        );
        Assert.Single(Directory.GetFiles(At("auth")));
    }

    private async Task<CommandResult> SweepAsync()
    {
        using var stdout = new MemoryStream();
        await using var stderr = new StringWriter { NewLine = "\n" };
        string[] arguments =
        [
            "sweep",
            $"--auth-dir={At("auth")}",
            $"--run-dir={At("run")}",
            $"--kubelet-root-dir={At("kubelet")}",
            $"--journal-socket={At("journal")}",
        ];
        var exitCode = await Program.RunAsync(
            arguments,
            new Node
            {
                Stdin = Stream.Null,
                Stdout = stdout,
                Stderr = stderr,
                StdinIsTerminal = false,
                StdoutIsTerminal = false,
                StderrIsTerminal = false,
                Environment = _ => null,
                Clock = () => DateTimeOffset.UtcNow,
                OpenJournal = _ => datagram => journal.Add(Recorder.Parse(datagram.Span)["MESSAGE"]),
            }
        );
        return new CommandResult(exitCode, System.Text.Encoding.UTF8.GetString(stdout.ToArray()), stderr.ToString());
    }

    private void Put(string name, int seconds)
    {
        Directory.CreateDirectory(At("auth"), (UnixFileMode)0x1C0);
        File.WriteAllText(At("auth/" + name), "");
        File.SetLastWriteTimeUtc(At("auth/" + name), DateTime.UtcNow.AddSeconds(-seconds));
    }

    private string At(string name) => Path.Combine(folder, name);
}
