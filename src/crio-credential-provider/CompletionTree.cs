// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.CommandLine;

/// <summary>The kinds of values that completions distinguish.</summary>
internal enum ValueKind
{
    /// <summary>Anything.</summary>
    Free,

    /// <summary>One of the option's choices.</summary>
    Choice,

    File,

    Directory,
}

/// <summary>An option, as completions offer it.</summary>
/// <param name="Flag">Without the dashes.</param>
/// <param name="Summary">One line.</param>
/// <param name="ValueName">Empty for a switch.</param>
/// <param name="Kind">The kind of value.</param>
/// <param name="Choices">For <see cref="ValueKind.Choice"/>.</param>
/// <param name="IsRepeatable">Whether it is offered again after its first use.</param>
internal sealed record CompletionOption(
    string Flag,
    string Summary,
    string ValueName,
    ValueKind Kind,
    IReadOnlyList<string> Choices,
    bool IsRepeatable
)
{
    /// <summary>The short form, without the dash; null if there is none.</summary>
    public char? Letter { get; init; }

    public bool IsSwitch => ValueName.Length == 0;

    public static CompletionOption Of(Option option)
    {
        var isPath = option is CommandOption { IsPath: true } || option.ValueName is "FILE" or "DIR" or "PATH";
        var kind =
            option.Choices.Count > 0 ? ValueKind.Choice
            : !isPath ? ValueKind.Free
            : option.ValueName == "DIR" ? ValueKind.Directory
            : ValueKind.File;
        return new CompletionOption(
            option.Flag,
            option.Summary,
            option.ValueName,
            kind,
            option.Choices,
            option is CommandOption { IsRepeatable: true }
        )
        {
            Letter = option.Letter,
        };
    }

    public static CompletionOption Switch(string flag, string summary) =>
        new(flag, summary, "", ValueKind.Free, [], false);
}

/// <summary>
/// A position on the command line: the words and options that may follow. The scripts for the three shells are
/// generated from these nodes, which are built from <see cref="CommandTable"/> and <see cref="OptionTable"/>.
/// </summary>
/// <param name="Path">The preceding commands; empty at the beginning.</param>
/// <param name="Words">Commands or choices of an argument, with their summaries.</param>
/// <param name="Options">The options.</param>
/// <param name="TakesFiles">Whether an argument is a file.</param>
internal sealed record CompletionNode(
    string Path,
    IReadOnlyList<(string Word, string Summary)> Words,
    IReadOnlyList<CompletionOption> Options,
    bool TakesFiles
)
{
    private static readonly CompletionOption Help = CompletionOption.Switch("help", "print help and end") with
    {
        Letter = 'h',
    };

    /// <summary>All positions, outermost first.</summary>
    public static IReadOnlyList<CompletionNode> All { get; } =
    [
        new CompletionNode(
            "",
            Named(CommandTable.Commands),
            [.. OptionTable.RunOptions.Select(CompletionOption.Of), Help],
            TakesFiles: false
        ),
        .. CommandTable.Commands.SelectMany(command => Below("", command)),
    ];

    private static IEnumerable<CompletionNode> Below(string parent, Command command)
    {
        var path = parent.Length == 0 ? command.Name : $"{parent} {command.Name}";
        var words =
            command.Subcommands.Count > 0
                ? Named(command.Subcommands)
                :
                [
                    .. command.Arguments.SelectMany(argument =>
                        argument.NamesCommand
                            ? Named(CommandTable.Commands)
                            : argument.Choices.Select(choice => (choice, argument.Summary))
                    ),
                ];
        return
        [
            new CompletionNode(
                path,
                words,
                [.. command.Options.Concat<Option>(command.Settings).Select(CompletionOption.Of), Help],
                command.Arguments.Any(argument => argument.Name.StartsWith("FILE", StringComparison.Ordinal))
            ),
            .. command.Subcommands.SelectMany(sub => Below(path, sub)),
        ];
    }

    private static (string Word, string Summary)[] Named(IEnumerable<Command> commands) =>
        [.. commands.Select(command => (command.Name, command.Summary))];
}
