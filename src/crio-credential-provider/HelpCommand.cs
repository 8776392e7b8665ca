// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.CommandLine;

/// <summary><c>help COMMAND</c>: the same text as <c>COMMAND --help</c>.</summary>
internal static class HelpCommand
{
    public static readonly Command Row = new(
        "help",
        "print help for a command",
        "Prints the help of a command, or of the program."
    )
    {
        Arguments =
        [
            new CommandArgument("COMMAND", "the command, and the subcommand if it has any", IsRequired: false)
            {
                IsRepeatable = true,
                NamesCommand = true,
            },
        ],
        Examples = ["crio-credential-provider help version"],
        Run = (input, node) => Task.FromResult(Print(input.Arguments, node)),
    };

    private static int Print(IReadOnlyList<string> words, Node node)
    {
        var path = CommandTable.Find(words);
        return path.Count < words.Count
            ? throw CommandException.Misuse(CommandParser.UnknownCommand(words[path.Count], path))
            : node.Print(HelpText.For(path, node.Columns()));
    }
}
