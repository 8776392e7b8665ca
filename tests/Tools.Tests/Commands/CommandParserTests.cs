// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tests.Commands;

public sealed class CommandParserTests
{
    [Theory]
    [InlineData("explian", "", "unknown command \"explian\"; did you mean \"explain\"?")]
    [InlineData("versoin", "", "unknown command \"versoin\"; did you mean \"version\"?")]
    [InlineData("get-credentials", "", "unknown command \"get-credentials\"")]
    [InlineData("version --outptu=json", "version", "unknown flag \"--outptu\"; did you mean \"--output\"?")]
    [InlineData("version --nothing-like-it", "version", "unknown flag \"--nothing-like-it\"")]
    [InlineData("version --hlep", "version", "unknown flag \"--hlep\"; did you mean \"--help\"?")]
    [InlineData("version -x", "version", "unknown flag \"-x\"")]
    [InlineData("version -output json", "version", "bad value \"utput\" of flag --output: want text or json")]
    [InlineData("version --output", "version", "flag --output needs a value: text|json")]
    [InlineData("version -o", "version", "flag --output needs a value: text|json")]
    [InlineData("version --output --version", "version", "flag --output needs a value: text|json")]
    [InlineData("version --output=yaml", "version", "bad value \"yaml\" of flag --output: want text or json")]
    [InlineData(
        "version --output text --output yaml",
        "version",
        "bad value \"yaml\" of flag --output: want text or json"
    )]
    [InlineData("version --output=", "version", "bad value \"\" of flag --output: want text or json")]
    [InlineData("version now", "version", "unexpected argument \"now\"")]
    [InlineData("version -- --output", "version", "unexpected argument \"--output\"")]
    [InlineData("version -", "version", "unexpected argument \"-\"")]
    [InlineData("version @file", "version", "unexpected argument \"@file\"")]
    [InlineData("doctor --strict=maybe", "doctor", "bad value \"maybe\" of flag --strict: want true or false")]
    [InlineData(
        "doctor --registries",
        "doctor",
        "unknown flag \"--registries\"; did you mean \"--registries-conf\" or \"--registries-conf-dir\"?"
    )]
    [InlineData("doctor --sa x", "doctor", "unknown flag \"--sa\"; did you mean \"--service-account\"?")]
    [InlineData("doctor --Auth_Dir x", "doctor", "unknown flag \"--Auth_Dir\"; did you mean \"--auth-dir\"?")]
    public void Misuse_names_the_word_and_the_nearest_ones(string line, string command, string problem)
    {
        var misused = Assert.IsType<Invocation.Misused>(Parse(line));
        Assert.Equal((problem, command), (misused.Problem, CommandParser.Words(misused.Path)));
    }

    /// <summary>Leave out, double, or replace any one letter of any flag: the flag is suggested.</summary>
    [Fact]
    public void Every_mistyped_flag_of_every_command_has_a_suggestion()
    {
        foreach (var path in Paths().Where(path => path[^1].Run is not null))
        {
            string[] flags =
            [
                .. path[^1].Options.Concat<Option>(path[^1].Settings).Select(option => option.Flag),
                "help",
            ];
            foreach (var flag in flags)
            {
                for (var at = 0; at < flag.Length; at++)
                {
                    foreach (
                        var slip in (string[])
                            [
                                flag.Remove(at, 1),
                                flag.Insert(at, flag[at..(at + 1)]),
                                flag[..at] + "#" + flag[(at + 1)..],
                            ]
                    )
                    {
                        if (!flags.Contains(slip) && slip.Trim('-').Length > 0)
                        {
                            var misused = Assert.IsType<Invocation.Misused>(
                                Parse([.. path.Select(c => c.Name), "--" + slip])
                            );
                            Assert.Contains($"\"--{flag}\"", misused.Problem, StringComparison.Ordinal);
                        }
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("version", null)]
    [InlineData("version --output json", "json")]
    [InlineData("version --output=json", "json")]
    [InlineData("version -o json", "json")]
    [InlineData("version -o=json", "json")]
    [InlineData("version -ojson", "json")]
    [InlineData("version --output=json --output=text", "text")]
    public void An_option_has_a_long_and_a_short_form_and_its_last_value_wins(string line, string? value)
    {
        var run = Assert.IsType<Invocation.Run>(Parse(line));
        Assert.Equal(("version", value), (run.Path[^1].Name, run.Input.Text("output")));
    }

    [Theory]
    [InlineData("explain nginx -n team-a -f secrets.yaml -o json")]
    [InlineData("doctor -n team-a -f secrets.yaml -o json")]
    [InlineData("explain nginx -nteam-a -fsecrets.yaml -ojson")]
    public void The_short_forms_are_those_of_kubectl(string line)
    {
        var input = Assert.IsType<Invocation.Run>(Parse(line)).Input;
        Assert.Equal(
            ("team-a", "secrets.yaml", "json"),
            (input.Text("namespace"), input.Text("secrets"), input.Text("output"))
        );
    }

    [Theory]
    [InlineData("doctor --check CP001 --check cp002", "CP001 cp002")]
    [InlineData("doctor", "")]
    public void A_repeatable_option_keeps_every_value(string line, string values) =>
        Assert.Equal(values, string.Join(' ', Assert.IsType<Invocation.Run>(Parse(line)).Input.Texts("check")));

    [Theory]
    [InlineData("doctor --strict", true)]
    [InlineData("doctor --strict=true", true)]
    [InlineData("doctor --strict=false", false)]
    [InlineData("doctor --strict --strict=0", false)]
    [InlineData("doctor", false)]
    public void A_switch_may_be_turned_off(string line, bool isOn) =>
        Assert.Equal(isOn, Assert.IsType<Invocation.Run>(Parse(line)).Input.Has("strict"));

    [Theory]
    [InlineData("version --help")]
    [InlineData("version --output --help")]
    [InlineData("version -h now")]
    [InlineData("version -help")]
    public void Help_is_printed_whatever_else_is_wrong(string line) =>
        Assert.Equal("version", CommandParser.Words(Assert.IsType<Invocation.Help>(Parse(line)).Path));

    /// <summary>A broken environment takes nothing away from somebody who looks for help.</summary>
    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("--version-json")]
    [InlineData("help")]
    [InlineData("help doctor")]
    [InlineData("doctor --help")]
    [InlineData("version")]
    [InlineData("generate man")]
    [InlineData("generate rbac --node")]
    [InlineData("completion bash")]
    public void A_bad_variable_does_not_concern_a_line_that_does_not_read_it(string line) =>
        Assert.IsNotType<Invocation.Misused>(CommandLineParser.Parse(line.Split(' '), _ => "bad\0value"));

    [Theory]
    [InlineData("doctor")]
    [InlineData("explain nginx")]
    [InlineData("generate kubelet-config")]
    [InlineData("--auth-dir=/x")]
    public void A_bad_variable_is_misuse_where_it_is_read(string line) =>
        Assert.Contains(
            "of environment variable CRIO_CP_REGISTRIES_CONF: want a path",
            Assert.IsType<Invocation.Misused>(CommandLineParser.Parse(line.Split(' '), _ => "bad\0value")).Problem,
            StringComparison.Ordinal
        );

    [Fact]
    public void Every_command_has_what_its_help_needs()
    {
        foreach (var path in Paths())
        {
            var command = path[^1];
            Assert.Matches("^[a-z][a-z0-9-]*$", command.Name);
            Assert.DoesNotMatch("\\.$", command.Summary);
            Assert.True(command.Run is not null || command.Subcommands.Count > 0, command.Name);
            Assert.All(command.Examples, example =>
                Assert.Contains(path, named =>
                    example.Contains($"crio-credential-provider {named.Name}", StringComparison.Ordinal)
                )
            );
            var options = command.Options.Concat<Option>(command.Settings).ToArray();
            Assert.Equal(options.Length, options.DistinctBy(option => option.Flag).Count());
            Assert.All(options.Where(o => o.Letter is not null).GroupBy(o => o.Letter), letter =>
                Assert.Single(letter)
            );
        }
    }

    private static IEnumerable<Command[]> Paths() =>
        CommandTable.Commands.SelectMany(command =>
            command.Subcommands.Select(sub => new[] { command, sub }).Prepend([command])
        );

    private static Invocation Parse(string line) => Parse(line.Split(' '));

    private static Invocation Parse(string[] words) => CommandLineParser.Parse(words, _ => null);
}
