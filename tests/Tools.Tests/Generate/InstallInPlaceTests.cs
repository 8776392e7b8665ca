// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Generate;

/// <summary><c>make install</c> on a node in use, before anything was built, and where something is missing.</summary>
public sealed class InstallInPlaceTests : IDisposable
{
    private const string Program = "/usr/libexec/kubelet-image-credential-provider-plugins/crio-credential-provider";

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_program_that_is_started_again_and_again_is_whole_at_each_start_while_it_is_replaced()
    {
        var versions = new[] { "one", "two" }.Select(Version).ToArray();
        Install(versions[0]);
        var stop = Path.Combine(folder, "stop");
        const string Loop = "while [ ! -e \"$1\" ]; do \"$0\" || echo broken; done";
        var loop = Task.Run(
            () => InProcess.Execute("bash", "-c", Loop, folder + Program, stop),
            TestContext.Current.CancellationToken
        );
        for (var i = 0; i < 10; i++)
        {
            Install(versions[i % 2 == 0 ? 1 : 0]);
        }

        File.WriteAllText(stop, "");
        var run = await loop;
        Assert.Equal("", run.Stderr);
        Assert.Equal(["one", "two"], run.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Order());
    }

    [Fact]
    public void An_installation_that_fails_leaves_the_old_program_and_nothing_beside_it()
    {
        var old = Version("one");
        Install(old);
        var (exitCode, _, stderr) = Make("install", $"DESTDIR={folder}", $"BINARY={folder}/missing");
        Assert.Equal(2, exitCode);
        Assert.Contains("missing", stderr, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(old), File.ReadAllText(folder + Program));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(folder + Program)!));
    }

    [Fact]
    public void What_is_not_built_yet_is_built_first()
    {
        // In a copy of what make reads; the build itself is stood in for.
        foreach (var part in (string[])["Makefile", "LICENSE", "scripts", "packaging", "docs/man"])
        {
            var to = Path.Combine(folder, "checkout", part);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            Assert.Equal(0, InProcess.Execute("cp", "-r", Path.Combine(Repository.Root, part), to).ExitCode);
        }

        var build = Path.Combine(folder, "checkout/scripts/build-native");
        File.WriteAllText(
            build,
            "#!/bin/sh\nmkdir -p build && printf '#!/bin/sh\\necho built\\n' >\"$2\" && chmod 755 \"$2\"\n"
        );
        var run = InProcess.Execute("make", "-s", "-C", folder + "/checkout", "install", $"DESTDIR={folder}/root");
        Assert.Equal(new CommandResult(0, "", ""), run);
        Assert.Equal("built\n", InProcess.Execute(folder + "/root" + Program).Stdout);
    }

    [Fact]
    public void Without_the_SDK_make_says_what_to_install()
    {
        // All programs but dotnet.
        var bin = Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName;
        foreach (
            var name in (string[])["bash", "sh", "env", "dirname", "mktemp", "rm", "make", "uname", "mkdir", "sed"]
        )
        {
            var at = new[] { "/usr/bin/", "/bin/" }.Select(place => place + name).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(bin, name), at);
        }

        var run = InProcess.Execute("env", "-i", $"PATH={bin}", "make", "-s", "-C", Repository.Root, "build");
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(
            "the .NET 10 SDK is missing: install the package dotnet-sdk-10.0, or follow https://dot.net\n",
            run.Stderr,
            StringComparison.Ordinal
        );
    }

    /// <summary>A program of some megabytes, which tells its name only if its last line is there.</summary>
    private string Version(string name)
    {
        var at = Path.Combine(folder, name);
        var filling = string.Concat(Enumerable.Repeat($"# {new string('x', 100)}\n", 40_000));
        File.WriteAllText(at, $"#!/bin/sh\n{filling}echo {name}\n");
        return at;
    }

    private void Install(string binary)
    {
        var run = Make("install", $"DESTDIR={folder}", $"BINARY={binary}");
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
    }

    private static CommandResult Make(string target, params string[] variables) =>
        InProcess.Execute("make", ["-s", "-C", Repository.Root, target, .. variables]);
}
