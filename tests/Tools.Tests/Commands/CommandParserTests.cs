using CrioCredentialProvider;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tests.Commands;

public sealed class CommandParserTests
{
    [Theory]
    [InlineData("explian", "unknown command \"explian\"; did you mean \"explain\"? see --help")]
    [InlineData("versoin", "unknown command \"versoin\"; did you mean \"version\"? see --help")]
    [InlineData("get-credentials", "unknown command \"get-credentials\"; see --help")]
    [InlineData("version --outptu=json", "unknown flag \"--outptu\"; did you mean \"--output\"? see version --help")]
    [InlineData("version --nothing-like-it", "unknown flag \"--nothing-like-it\"; see version --help")]
    [InlineData("version -o", "unknown flag \"-o\"; did you mean \"--output\"? see version --help")]
    [InlineData("version --output", "flag --output needs a value: text|json; see version --help")]
    [InlineData("version --output=yaml", "bad value \"yaml\" of flag --output: want text or json; see version --help")]
    [InlineData("version --output text --output yaml", "bad value \"yaml\" of flag --output: want text or json; see version --help")]
    [InlineData("version now", "unexpected argument \"now\"; see version --help")]
    [InlineData("version -- --output", "unexpected argument \"--output\"; see version --help")]
    [InlineData("version @file", "unexpected argument \"@file\"; see version --help")]
    public void Misuse_is_one_line_that_names_the_word_and_the_nearest_one(string line, string problem) =>
        Assert.Equal(new Invocation.Misused(problem), Parse(line));

    [Theory]
    [InlineData("version", null)]
    [InlineData("version --output json", "json")]
    [InlineData("version --output=json", "json")]
    [InlineData("version --output=json --output=text", "text")]
    public void An_option_has_two_forms_and_its_last_value_counts(string line, string? value)
    {
        var run = Assert.IsType<Invocation.Run>(Parse(line));
        Assert.Equal(("version", value), (run.Command.Name, run.Input.Text("output")));
    }

    [Theory]
    [InlineData("version --help")]
    [InlineData("version --output --help")]
    [InlineData("version -h now")]
    public void Help_is_printed_whatever_else_is_wrong(string line) =>
        Assert.Equal(HelpText.For(CommandTable.Find(["version"])), Assert.IsType<Invocation.Print>(Parse(line)).Text);

    [Fact]
    public void The_help_of_a_command_comes_from_its_row() =>
        Assert.Equal(
            """
            crio-credential-provider version: print version and build facts

            usage: crio-credential-provider version [OPTION...]

            Prints the version and the facts of the build.

            options:
              --output text|json
                    text for people, JSON for programs
                    default: text
              --help
                    print this and end

            exit codes: 0 done, 2 bad command line

            """,
            HelpText.For(CommandTable.Find(["version"])));

    [Fact]
    public void Every_command_has_what_its_help_needs()
    {
        foreach (var command in CommandTable.Commands.SelectMany(c => c.Subcommands.Prepend(c)))
        {
            Assert.Matches("^[a-z][a-z0-9-]*$", command.Name);
            Assert.DoesNotMatch("\\.$", command.Summary);
            Assert.All(command.Description.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
            Assert.True(command.Run is not null || command.Subcommands.Count > 0, command.Name);
            Assert.All(command.Examples, example => Assert.Contains("crio-credential-provider " + CommandTable.Commands
                .First(c => c == command || c.Subcommands.Contains(command)).Name, example, StringComparison.Ordinal));
        }
    }

    private static Invocation Parse(string line) => CommandLineParser.Parse(line.Split(' '), _ => null);
}
