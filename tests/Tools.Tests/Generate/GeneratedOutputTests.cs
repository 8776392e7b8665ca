// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.CommandLine;

namespace CrioCredentialProvider.Tests.Generate;

public sealed class GeneratedOutputTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_file_gets_what_would_be_printed_and_nothing_is_printed()
    {
        var printed = await InProcess.PrintAsync("generate", "systemd-drop-in");
        Assert.Equal(new CommandResult(0, "", ""), await RunAsync("-o", At("a.conf")));
        Assert.Equal(printed, File.ReadAllText(At("a.conf")));
        Assert.Equal(["a.conf"], Names());
        Assert.Equal(
            (UnixFileMode)0x1A4,
            File.GetUnixFileMode(At("a.conf")) | UnixFileMode.GroupRead | UnixFileMode.OtherRead
        );
        Assert.Equal(printed, (await RunAsync("-o", "-")).Stdout);
    }

    [Fact]
    public async Task An_existing_file_is_replaced_only_with_force_and_keeps_its_mode()
    {
        File.WriteAllText(At("a.conf"), "old");
        File.SetUnixFileMode(At("a.conf"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(
            CommandResult.Ended(
                3,
                $"\"{At("a.conf")}\" cannot be written: it already exists; use --force to replace it [CP803]"
            ),
            await RunAsync("-o", At("a.conf"))
        );
        Assert.Equal("old", File.ReadAllText(At("a.conf")));
        Assert.Equal(0, (await RunAsync("-o", At("a.conf"), "--force")).ExitCode);
        Assert.StartsWith("# For ", File.ReadAllText(At("a.conf")), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("a.conf")));
        Assert.Equal(["a.conf"], Names());
    }

    [Fact]
    public async Task A_link_stays_and_the_file_that_it_leads_to_is_written()
    {
        Directory.CreateDirectory(At("etc"));
        File.CreateSymbolicLink(At("link"), "etc/a.conf");
        Assert.Equal(0, (await RunAsync("-o", At("link"))).ExitCode);
        Assert.Equal("etc/a.conf", new FileInfo(At("link")).LinkTarget);
        Assert.Equal(3, (await RunAsync("-o", At("link"))).ExitCode);
        Assert.Equal(0, (await RunAsync("-o", At("link"), "--force")).ExitCode);
        Assert.StartsWith("# For ", File.ReadAllText(At("etc/a.conf")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "it is a directory; name a file")]
    [InlineData("none/a.conf", "its directory does not exist; create the directory first")]
    [InlineData("/dev/null", "it is not a regular file; name a file, or omit --output to print")]
    public async Task What_cannot_be_written_is_named_and_stays(string path, string problem)
    {
        var at = Path.Combine(folder, path);
        Assert.Equal(
            CommandResult.Ended(3, $"\"{at}\" cannot be written: {problem} [CP803]"),
            await RunAsync("-o", at, "--force")
        );
        Assert.Empty(Names());
        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    /// <summary>The shell's redirection would have emptied it: CONFIG is what the kubelet starts with.</summary>
    [Fact]
    public async Task Without_a_result_the_file_stays_as_it_was()
    {
        File.WriteAllText(At("registries.conf"), "unqualified-search-registries = ['docker.io']\n");
        File.WriteAllText(At("config.yaml"), "old");
        var run = await InProcess.RunAsync(
            "",
            "generate",
            "kubelet-config",
            "--registries-conf",
            At("registries.conf"),
            "--registries-conf-dir",
            At("none"),
            "-o",
            At("config.yaml"),
            "--force"
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("old", File.ReadAllText(At("config.yaml")));
        Assert.Equal(["config.yaml", "registries.conf"], Names());
    }

    [Fact]
    public async Task A_config_is_merged_into_itself()
    {
        File.WriteAllText(
            At("registries.conf"),
            "registry = [{location = 'quay.io', mirror = [{location = 'm.io'}]}]\n"
        );
        string[] line =
        [
            "generate",
            "kubelet-config",
            "--registries-conf",
            At("registries.conf"),
            "--registries-conf-dir",
            At("none"),
            "-o",
            At("config.yaml"),
        ];
        Assert.Equal(0, (await InProcess.RunAsync("", line)).ExitCode);
        var first = File.ReadAllText(At("config.yaml"));
        Assert.Equal(
            0,
            (await InProcess.RunAsync("", [.. line, "--merge-into", At("config.yaml"), "--force"])).ExitCode
        );
        Assert.Contains("- name: crio-credential-provider\n", first, StringComparison.Ordinal);
        Assert.Contains(
            "- name: crio-credential-provider\n",
            File.ReadAllText(At("config.yaml")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Force_alone_is_misuse() =>
        Assert.Equal(
            CommandResult.Misused("generate systemd-drop-in", "--force requires --output"),
            await RunAsync("--force")
        );

    [Fact]
    public void Every_generator_takes_a_file() =>
        Assert.All(GenerateCommand.Row.Subcommands.Append(CompletionCommand.Row), command =>
            Assert.Equal(
                ["output", "force"],
                command.Options.Select(option => option.Flag).Where(flag => flag is "output" or "force")
            )
        );

    private static Task<CommandResult> RunAsync(params string[] options) =>
        InProcess.RunAsync("", ["generate", "systemd-drop-in", .. options]);

    private string At(string name) => Path.Combine(folder, name);

    private string[] Names() =>
        [
            .. Directory
                .GetFileSystemEntries(folder)
                .Select(name => Path.GetFileName(name))
                .Order(StringComparer.Ordinal),
        ];
}
