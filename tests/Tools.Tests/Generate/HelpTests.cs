// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tests.Generate;

public sealed class HelpTests
{
    private const StringComparison Comparison = StringComparison.Ordinal;

    public static TheoryData<string> Commands =>
        [
            .. CommandTable.Commands.SelectMany(command =>
                command.Subcommands.Select(sub => $"{command.Name} {sub.Name}").Prepend(command.Name)
            ),
            "",
        ];

    /// <summary>The complete text of a small command, for the form; the words of the others are free.</summary>
    [Fact]
    public void The_form_is_summary_usage_description_options_exit_codes_examples() =>
        Assert.Equal(
            """
            crio-credential-provider paint: paint a wall

            usage: crio-credential-provider paint WALL [COAT...] [OPTION...]

            Paints a wall. The paint is mixed anew for each wall, so that the colour of one wall says nothing
            about the next.

            A second paragraph.

            Arguments:
              WALL                          which
              COAT                          primer and others

            Options:
              -c, --colour NAME             any colour that the shop has, in a text that is long enough to need
                                            a second line (default: white)
                  --image-credential-provider-brush FILE
                                            the brush (default: none)
                  --wet                     do not wait
              -h, --help                    print this help

              Also accepts --registries-conf, --timeout: see crio-credential-provider --help.

            Exit codes: 0 done, 2 bad command line

            Example:
              crio-credential-provider paint north --colour "a colour of which the name is very long" \
                  --image-credential-provider-brush brush.txt

            """,
            HelpText.For(
                [
                    new Command(
                        "paint",
                        "paint a wall",
                        """
                        Paints a wall. The paint is mixed anew for each wall,
                        so that the colour of one wall says nothing about the next.

                        A second paragraph.
                        """
                    )
                    {
                        Arguments =
                        [
                            new CommandArgument("WALL", "which", IsRequired: true),
                            new CommandArgument("COAT", "primer and others", IsRequired: false) { IsRepeatable = true },
                        ],
                        Options =
                        [
                            new CommandOption(
                                "colour",
                                "NAME",
                                "white",
                                "any colour that the shop has, in a text that is long enough to need a second line"
                            )
                            {
                                Letter = 'c',
                            },
                            new CommandOption("image-credential-provider-brush", "FILE", "none", "the brush"),
                            new CommandOption("wet", "", "off", "do not wait"),
                        ],
                        Settings = OptionTable.Select("registries-conf", "timeout"),
                        Examples =
                        [
                            "crio-credential-provider paint north --colour \"a colour of which the name is very long\" "
                                + "--image-credential-provider-brush brush.txt",
                        ],
                    },
                ],
                columns: null
            )
        );

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_option_the_command_and_the_function_print_the_same(string command)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var text = await InProcess.PrintAsync([.. words, "--help"]);
        Assert.Equal(text, await InProcess.PrintAsync(["help", .. words]));
        Assert.Equal(text, HelpText.For(CommandTable.Find(words), columns: null));
    }

    /// <summary>As wide as the terminal, and never wider than 100 columns; only a word that is longer may stick
    /// out.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_fits_the_terminal(string command)
    {
        var path = CommandTable.Find(command.Split(' '));
        foreach (
            var (columns, width) in ((int?, int)[])
                [(null, 100), (300, 100), (100, 100), (80, 80), (60, 60), (45, 45), (10, 40)]
        )
        {
            foreach (var line in HelpText.For(path, columns).Split('\n').Where(line => line.Length > width))
            {
                // A path may be longer than a line; and the program's name alone takes 24 columns.
                var words = line.Trim().Split(' ').Length;
                Assert.True(width < 100 && (words == 1 || (width < 80 && words <= 5)), $"{width}: {line}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_has_each_option_and_its_own_ones_first(string command)
    {
        if (command.Length == 0)
        {
            return;
        }

        var path = CommandTable.Find(command.Split(' '));
        var text = HelpText.For(path, columns: 100);
        var own = text.IndexOf("\nOptions:\n", StringComparison.Ordinal);
        var inherited = text.IndexOf("\n  Also accepts --", StringComparison.Ordinal);
        Assert.Equal(path[^1].Settings.Count > 0, inherited > own);
        var end = inherited < 0 ? text.Length : inherited;
        Assert.All(path[^1].Options, option => Assert.Contains($"--{option.Flag}", text[own..end], Comparison));
        Assert.All(path[^1].Settings, option => Assert.Contains($"--{option.Flag}", text[end..], Comparison));
        Assert.All(path[^1].Settings, option =>
            Assert.DoesNotContain($" --{option.Flag} ", text[own..end], Comparison)
        );
    }

    [Fact]
    public async Task The_width_is_that_of_the_terminal()
    {
        var (_, wide, _) = await InProcess.RunAsync(["explain", "--help"], node => node with { Columns = () => 100 });
        var (_, narrow, _) = await InProcess.RunAsync(["explain", "--help"], node => node with { Columns = () => 72 });
        Assert.InRange(wide.Split('\n').Max(line => line.Length), 90, 100);
        Assert.InRange(narrow.Split('\n').Max(line => line.Length), 60, 72);
    }
}
