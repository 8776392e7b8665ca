// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Tests.Generate;

public sealed class ManPageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Groff_and_mandoc_have_nothing_to_say()
    {
        var at = await WriteAsync();
        Assert.Equal(new CommandResult(0, "", ""), InProcess.Execute("groff", "-man", "-ww", "-z", at));

        Assert.Equal(new CommandResult(0, "", ""), InProcess.Execute("mandoc", "-Tlint", "-Wwarning", at));
    }

    [Fact]
    public async Task A_reader_finds_each_section_command_option_and_variable()
    {
        var at = await WriteAsync();
        var (exitCode, text, _) = InProcess.Execute("mandoc", "-Tutf8", "-Owidth=200", at);
        Assert.Equal(0, exitCode);

        // Overstrikes make bold and italics.
        var lines = Regex.Replace(text, ".\b", "").Split('\n');
        Assert.Equal(
            [
                "NAME",
                "SYNOPSIS",
                "DESCRIPTION",
                "COMMANDS",
                "OPTIONS",
                "ENVIRONMENT",
                "FILES",
                "EXIT STATUS",
                "EXAMPLES",
                "SEE ALSO",
            ],
            lines.Where(line => Regex.IsMatch(line, "^[A-Z][A-Z ]+$"))
        );
        foreach (
            var path in CommandTable.Commands.SelectMany(command =>
                command.Subcommands.Select(sub => new[] { command, sub }).Prepend([command])
            )
        )
        {
            var usage = HelpText.Usage(string.Join(' ', path.Select(command => command.Name)), path[^1]);
            Assert.Contains("   " + usage, lines);
            Assert.All(path[^1].Options, option =>
                Assert.Contains(lines, line => IsTerm(line, $"{option.Label} {option.ValueName}".TrimEnd()))
            );
            Assert.All(path[^1].Examples, example => Assert.Contains("           " + example, lines));
        }

        foreach (var option in OptionTable.Options)
        {
            Assert.Contains(lines, line => IsTerm(line, $"--{option.Flag} {option.ValueName}".TrimEnd()));
            Assert.Contains(lines, line => IsTerm(line, option.EnvironmentVariable));
        }
    }

    [Fact]
    public void Text_that_roff_would_take_for_a_macro_is_shown_as_it_is()
    {
        var page = new Roff();
        page.Title("x", 8, "2026-11-29", "x");
        page.Section("NAME");
        page.Lines(".PP is no macro\n'nor this\nback\\slash \"quoted\" it's a-b ~ ^ `");
        var at = Path.Combine(folder, "x.8");
        File.WriteAllText(at, page.ToString());
        Assert.Contains(
            ".PP is no macro 'nor this back\\slash \"quoted\" it's a-b ~ ^ `",
            InProcess.Execute("mandoc", "-Tutf8", "-Owidth=200", at).Stdout,
            StringComparison.Ordinal
        );
    }

    /// <summary>A short term has its explanation in the same line.</summary>
    private static bool IsTerm(string line, string term) =>
        line.StartsWith("       " + term, StringComparison.Ordinal) && line[(7 + term.Length)..] is "" or [' ', ..];

    private async Task<string> WriteAsync()
    {
        var at = Path.Combine(folder, "crio-credential-provider.8");
        File.WriteAllText(at, await InProcess.PrintAsync("generate", "man"));
        return at;
    }
}
