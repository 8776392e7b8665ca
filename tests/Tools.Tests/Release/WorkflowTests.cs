// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Release;

/// <summary>The workflows cannot run here. What can be known of them without that is checked.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(At("")).Select(file => Path.GetFileName(file))];

    [Fact]
    public void GitHubs_schema_accepts_each_workflow_and_refuses_a_broken_one()
    {
        var folder = Path.Combine(Repository.Root, "build/workflow-validator");
        var install = InProcess.Execute(
            Path.Combine(Repository.Root, "scripts/npm-packages"),
            Path.Combine(Repository.Root, "tests/Tools.Tests/Release/validator"),
            folder
        );
        Assert.Equal(new CommandResult(0, "", ""), install);
        var validator = Path.Combine(folder, "node_modules/.bin/action-validator");
        foreach (var file in Files)
        {
            Assert.Equal(new CommandResult(0, "", ""), InProcess.Execute(validator, At(file.Data)));
        }

        var broken = Path.Combine(Directory.CreateTempSubdirectory("crio-cp-").FullName, "broken.yml");
        File.WriteAllText(
            broken,
            File.ReadAllText(At("ci.yml")).Replace("runs-on:", "runs-at:", StringComparison.Ordinal)
        );
        Assert.Equal(1, InProcess.Execute(validator, broken).ExitCode);
        Directory.Delete(Path.GetDirectoryName(broken)!, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_action_is_pinned_to_a_commit_that_a_comment_gives_a_version(string file)
    {
        var uses = File.ReadAllLines(At(file))
            .Where(line => line.Contains("uses:", StringComparison.Ordinal))
            .ToArray();
        Assert.NotEmpty(uses);
        Assert.All(uses, line => Assert.Matches(PinnedAction, line));
    }

    /// <summary>Nothing by default; each job lists what it needs, and only signing may write.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void A_job_has_only_the_permissions_that_it_lists(string file)
    {
        var text = File.ReadAllText(At(file));
        Assert.Contains("\npermissions: {}\n", text, StringComparison.Ordinal);
        var jobs = JobStart.Count(text);
        Assert.Equal(jobs, Regex.Count(text, "\n    permissions:\n"));
        var writes = Regex.Matches(text, @"\n +([a-z-]+): write\b").Select(match => match.Groups[1].Value);
        Assert.Equal(file == "release.yml" ? ["contents", "id-token"] : [], writes);
        Assert.Equal(Regex.Count(text, "uses: actions/checkout@"), Regex.Count(text, "persist-credentials: false"));
    }

    /// <summary>
    /// A step's commands are scripts and make targets of this repository, which run here as well; and no value that
    /// GitHub puts in becomes a part of a command.
    /// </summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void A_command_is_one_that_exists_here_and_takes_nothing_from_expressions(string file)
    {
        var commands = Commands(File.ReadAllLines(At(file))).ToArray();
        Assert.NotEmpty(commands);
        var makefile = File.ReadAllText(Path.Combine(Repository.Root, "Makefile"));
        foreach (var command in commands)
        {
            Assert.DoesNotContain("${{", command, StringComparison.Ordinal);
            switch (command.Split(' '))
            {
                case ["make", var target]:
                    Assert.Contains($"\n{target}:", makefile, StringComparison.Ordinal);
                    break;
                case [var script, ..] when script.Contains('/', StringComparison.Ordinal):
                    var mode = File.GetUnixFileMode(Path.Combine(Repository.Root, script));
                    Assert.True(mode.HasFlag(UnixFileMode.UserExecute), $"{script} is not executable");
                    break;
                case ["apt-get" or "git" or "gh", ..]:
                case [var assignment, ..] when assignment.StartsWith("tag=$(gh", StringComparison.Ordinal):
                    break;
                default:
                    Assert.Fail($"{file}: \"{command}\" is no script of this repository");
                    break;
            }
        }
    }

    /// <summary>
    /// With the release's SDK, or with lock files that refuse another one, the rebuild could not tell that .NET has
    /// fixes.
    /// </summary>
    [Fact]
    public void The_rebuild_takes_the_newest_SDK_that_globaljson_permits_and_its_packages()
    {
        var rebuild = File.ReadAllText(At("rebuild.yml"));
        var sdk = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "global.json")))!["sdk"]!;
        Assert.Equal("latestPatch", (string?)sdk["rollForward"]);
        Assert.Contains($"dotnet-version: {((string)sdk["version"]!)[..^2]}xx\n", rebuild, StringComparison.Ordinal);
        Assert.DoesNotContain("global-json-file:", rebuild, StringComparison.Ordinal);
        Assert.Contains("RestoreLockedMode: \"false\"\n", rebuild, StringComparison.Ordinal);

        var project = Path.Combine(Repository.Root, "src/Linux/Linux.csproj");
        string[] evaluation = ["dotnet", "msbuild", project, "-getProperty:RestoreLockedMode"];
        Assert.Equal("true\n", InProcess.Execute("env", ["CI=true", .. evaluation]).Stdout);
        Assert.Equal("false\n", InProcess.Execute("env", ["CI=true", "RestoreLockedMode=false", .. evaluation]).Stdout);
    }

    /// <summary>A variable of a job is seen by every action in it.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void A_secret_is_a_variable_of_one_step_only(string file) =>
        Assert.All(
            File.ReadAllLines(At(file)).Where(line => line.Contains("${{ secrets.", StringComparison.Ordinal)),
            line => Assert.StartsWith("          ", line, StringComparison.Ordinal)
        );

    [GeneratedRegex(@"^ +(- )?uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")]
    private static partial Regex PinnedAction { get; }

    [GeneratedRegex(@"\n    runs-on: ")]
    private static partial Regex JobStart { get; }

    /// <summary>The lines of each <c>run:</c>, whether it has one or a block of them.</summary>
    private static IEnumerable<string> Commands(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Split("run: ", 2) is not [var before, var command] || before.Trim() is not ("" or "-"))
            {
                continue;
            }

            if (command != "|")
            {
                yield return command;
                continue;
            }

            var indent = before.Length + 2;
            while (i + 1 < lines.Length && lines[i + 1].Length - lines[i + 1].TrimStart().Length >= indent)
            {
                yield return lines[++i].Trim();
            }
        }
    }

    private static string At(string file) => Path.Combine(Repository.Root, ".github/workflows", file);
}
