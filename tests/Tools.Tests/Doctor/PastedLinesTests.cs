// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tests.Doctor;

/// <summary>Every line of a fix may be pasted into a shell as it is, whatever a path or a name has in it.</summary>
public sealed class PastedLinesTests : IDisposable
{
    private const string Hostile = "a b;touch x;$(touch y)`touch z`'&touch v|\"";

    private readonly NodeTree node = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose()
    {
        node.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("--auth-dir", "/A")]
    [InlineData("--auth-dir", "/A/file")]
    [InlineData("--kubelet-auth-file", "/A")]
    [InlineData("--registries-conf", "/A")]
    [InlineData("--registries-conf-dir", "/A")]
    [InlineData("--image-credential-provider-config", "/A")]
    [InlineData("--image-credential-provider-config", "/A/config.yaml")]
    [InlineData("--image-credential-provider-bin-dir", "/A")]
    [InlineData("--image-credential-provider-bin-dir", "/A/bin")]
    [InlineData("--kubeconfig", "/A")]
    [InlineData("--api-server-env-file", "/A")]
    [InlineData("--certificate-authority", "/A")]
    [InlineData("--journal-socket", "/A")]
    [InlineData("--tls-server-name", "A")]
    [InlineData("--namespace", "A")]
    [InlineData("--service-account", "A")]
    public async Task An_option_with_shell_syntax_in_it_runs_nothing(string option, string value)
    {
        var path = value.Replace("A", Hostile, StringComparison.Ordinal);
        node.Write($"/{Hostile}/file", "x", 0x1FF);
        node.Write($"/{Hostile}/config.yaml", NodeTree.Config, 0x1FF);
        node.Write($"/{Hostile}/bin/crio-credential-provider", "", 0x1FF);
        node.MakeDirectory($"/{Hostile}", 0x1FF);
        node.StartCrio([
            $"--namespaced-auth-dir=/{Hostile}",
            $"--registries-conf=/{Hostile}",
            $"--global-auth-file=/{Hostile}",
        ]);
        node.Stdin = node.Api.Issue("default");
        var run = await node.RunAsync(option, path, "--output=json", "--token-file=-");
        AssertHarmless(FixLines(run.Stdout));
    }

    [Fact]
    public async Task Names_in_the_nodes_own_files_run_nothing()
    {
        node.Edit(
            NodeTree.ConfigPath,
            "name: crio-credential-provider",
            $"name: '{Hostile.Replace("'", "''", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)}'"
        );
        node.Write($"/etc/containers/registries.conf.d/{Hostile}", "x");
        node.Write($"/etc/containers/registries.conf.d/{Hostile}.conf", "bad = [", 0x1FF);
        AssertHarmless(FixLines((await node.RunAsync("--output=json")).Stdout));
        node.Write($"/etc/containers/registries.conf.d/{Hostile}.conf", "short-name-modes = 1\n", 0x1FF);
        AssertHarmless(FixLines((await node.RunAsync("--output=json")).Stdout));
    }

    /// <summary>The test itself sees a line that runs something.</summary>
    [Fact]
    public void A_line_that_is_not_quoted_is_caught()
    {
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertHarmless([$"ls {Hostile}"]));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertHarmless(["ls a;touch x"]));
        AssertHarmless([ShellCommand.Of($"ls {Hostile}").Text, $"# {Hostile}"]);
    }

    private static string[] FixLines(string json) =>
        [
            .. JsonNode.Parse(json)!["checks"]!
                .AsArray()
                .SelectMany(c => c!["fix"]!.AsArray())
                .Select(line => (string)line!),
        ];

    /// <summary>bash parses the lines, and running them calls nothing but the commands that begin them.</summary>
    private void AssertHarmless(string[] lines)
    {
        Assert.NotEmpty(lines);
        var script = Path.Combine(folder, "fix.sh");
        File.WriteAllText(script, string.Join('\n', lines) + "\n");
        var (code, error) = Bash("-n", script);
        Assert.True(code == 0, error);

        // No program is found: what a substitution or a second command would run is the function.
        var marks = Path.Combine(folder, "marks");
        File.WriteAllText(marks, "");
        File.WriteAllText(
            script,
            $"PATH=/nowhere\nfunction touch() {{ echo x >> '{marks}'; }}\n" + string.Join('\n', lines) + "\n"
        );
        _ = Bash(script);
        Assert.Equal("", File.ReadAllText(marks));
    }

    private static (int Code, string Error) Bash(params string[] arguments)
    {
        using var shell = Process.Start(
            new ProcessStartInfo("/bin/bash", arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                WorkingDirectory = "/",
            }
        )!;
        _ = shell.StandardOutput.ReadToEndAsync();
        var error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        return (shell.ExitCode, error);
    }
}
