// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.RegularExpressions;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>What somebody sees who types <c>make demo</c>.</summary>
public sealed partial class DemoTests : IDisposable
{
    private const int Rows = 24;
    private const int Columns = 80;
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-demo-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The terminal's settings stand in front and behind, as <c>stty -g</c> prints them.</summary>
    [Fact]
    public void Each_step_fits_a_screen_and_the_terminal_stays_as_it_was()
    {
        var (exitCode, shown) = OnTerminal(
            $"stty rows {Rows} cols {Columns}; stty -g; scripts/walk-through; status=$?; stty -g; exit $status",
            Repository.Root
        );
        Assert.True(exitCode == 0, shown);
        Assert.Contains("\u001b[32m  ok\u001b[0m", shown, StringComparison.Ordinal);
        var text = Colour().Replace(shown, "");
        Assert.DoesNotContain('\u001b', text);
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        Assert.Equal(lines[0], lines[^2]);

        var steps = Step().Split(string.Join('\n', lines[1..^2]))[1..];
        Assert.Equal(10, steps.Length);
        Assert.All(steps, step => Assert.InRange(step.TrimEnd().Split('\n').Sum(RowsOf), 1, Rows));

        // A line that comes twice says nothing new. An explanation repeats a few words of the journal's, never a line.
        Assert.Equal(
            [],
            lines[1..^2]
                .Where(line => line.Trim().Length > 0)
                .GroupBy(line => line.Trim())
                .Where(group => group.Count() > 1)
                .Select(group => group.Key)
        );
    }

    [Fact]
    public void On_a_first_clone_the_time_is_said_first_and_progress_is_shown_until_the_steps_begin()
    {
        Stub("scripts/setup", "sleep 0.5");
        Stub(
            "scripts/build-native",
            "sleep 1.5; touch build/crio-credential-provider; chmod +x build/crio-credential-provider"
        );
        Stub("scripts/walk-through", "echo walking");
        Stub("bin/dotnet", "tty -s && echo has a terminal; sleep 0.1");
        var (exitCode, shown) = OnTerminal(Demo, folder);
        Assert.Equal(0, exitCode);
        var lines = shown.ReplaceLineEndings("\n").Split('\n');
        Assert.Contains("one pull", lines[0], StringComparison.Ordinal);
        Assert.Contains(
            "The first build takes two to five minutes with two processors; the steps then take ten seconds.",
            lines
        );

        // Each rewriting of the line begins with a carriage return; the end stays.
        Assert.Matches(
            "\r\u001b\\[Kbuilding the program: 0 s\r.*\r\u001b\\[Kbuilding the program: 1 s\r.*\r\u001b\\[Kbuilding "
                + "the program: done in [0-9]+ s\n",
            shown.Replace("\r\n", "\n", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("has a terminal", shown, StringComparison.Ordinal);
        Assert.Equal("walking", lines[^2]);

        // A later run announces no long build, and a pipe gets no control characters.
        var (_, again) = Piped(Demo);
        Assert.DoesNotContain("first build", again, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', again);
        Assert.DoesNotContain('\r', again);
        Assert.Contains("\nbuilding the program\n  done in ", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_words_come_at_once()
    {
        Stub("scripts/setup", "sleep 60");
        Stub("scripts/progress", "true");
        var start = new ProcessStartInfo("bash", ["scripts/demo"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        using var demo = Process.Start(start)!;
        try
        {
            var first = await demo.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.Contains("one pull", first, StringComparison.Ordinal);
            Assert.False(demo.HasExited);
        }
        finally
        {
            demo.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public void A_build_that_fails_shows_its_own_words_and_ends_the_demo()
    {
        Stub("scripts/setup", "true");
        Stub("scripts/build-native", "echo 'error CS1002: ; expected'; exit 3");
        Stub("scripts/walk-through", "echo walking");
        var (exitCode, output) = Piped(Demo);
        Assert.Equal(3, exitCode);
        Assert.Matches("\nbuilding the program\n  failed after [0-9]+ s\nerror CS1002: ; expected\n", output);
        Assert.DoesNotContain("walking", output, StringComparison.Ordinal);
    }

    private const string Demo = "PATH=$PWD/bin:$PATH scripts/demo";

    private static int RowsOf(string line) => Math.Max(1, (line.Length + Columns - 1) / Columns);

    /// <summary>Puts a short script where a long one would be; the demo and its progress are the real ones.</summary>
    private void Stub(string path, string body)
    {
        foreach (var script in (string[])["scripts/demo", "scripts/progress"])
        {
            Directory.CreateDirectory(Path.Combine(folder, "scripts"));
            File.Copy(Path.Combine(Repository.Root, script), Path.Combine(folder, script), overwrite: true);
        }

        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        Directory.CreateDirectory(Path.Combine(folder, "build"));
        File.WriteAllText(file, $"#!/bin/bash\n{body}\n");
        File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
    }

    /// <summary>By script(1), which gives the command a terminal of its own.</summary>
    private static (int ExitCode, string Shown) OnTerminal(string command, string directory)
    {
        var run = PublishedBinary.RunIn(
            "/usr/bin/script",
            [],
            [
                ("PATH", Environment.GetEnvironmentVariable("PATH")!),
                ("HOME", Environment.GetEnvironmentVariable("HOME") ?? "/"),
                ("TERM", "xterm"),
                ("SHELL", "/bin/bash"),
                ("LC_ALL", "C.UTF-8"),
            ],
            ["-qefc", $"cd '{directory}'; {command}", "/dev/null"]
        );
        return (run.ExitCode, run.Stdout);
    }

    private (int ExitCode, string Output) Piped(string command)
    {
        var run = PublishedBinary.RunIn(
            "/bin/bash",
            [],
            [("PATH", Environment.GetEnvironmentVariable("PATH")!), ("TERM", "xterm")],
            ["-c", $"cd '{folder}'; {command} 2>&1"]
        );
        return (run.ExitCode, run.Stdout);
    }

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Colour();

    [GeneratedRegex("^(?=[0-9]+\\. )", RegexOptions.Multiline)]
    private static partial Regex Step();
}
