// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>The exit codes of a command. The man page has the same table.</summary>
internal static class ExitCode
{
    /// <summary>No problem was found, or the answer is yes.</summary>
    public const int Fine = 0;

    /// <summary>A problem was found, or the answer is no.</summary>
    public const int Finding = 1;

    /// <summary>The command line is invalid.</summary>
    public const int Misused = 2;

    /// <summary>The answer could not be determined.</summary>
    public const int Undetermined = 3;
}

/// <summary>A positional argument of a command.</summary>
/// <param name="Name">In capitals, as the help shows it.</param>
/// <param name="Summary">One line for help.</param>
/// <param name="IsRequired">Whether the command fails without it.</param>
internal sealed record CommandArgument(string Name, string Summary, bool IsRequired)
{
    /// <summary>Whether the argument may be repeated.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>The permitted values; empty if any value is permitted. Shell completions offer them.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether the argument is the name of a command. Shell completions then offer the commands.</summary>
    public bool NamesCommand { get; init; }
}

/// <summary>
/// One row of the table of commands, from which parsing, help, man page and shell completions are derived. The
/// kubelet's run is not a command and never uses the table.
/// </summary>
/// <param name="Name">The command's name on the command line.</param>
/// <param name="Summary">One line for the list of commands.</param>
/// <param name="Description">A paragraph or two for help and man page, in lines of at most 88 characters.</param>
internal sealed record Command(string Name, string Summary, string Description)
{
    public IReadOnlyList<CommandArgument> Arguments { get; init; } = [];

    /// <summary>The command's own options.</summary>
    public IReadOnlyList<CommandOption> Options { get; init; } = [];

    /// <summary>The options of the kubelet's run that the command accepts as well, with the same meaning.</summary>
    public IReadOnlyList<SettingOption> Settings { get; init; } = [];

    public IReadOnlyList<Command> Subcommands { get; init; } = [];

    /// <summary>
    /// The meaning of each exit code, for help and man page. Exit code 2 is omitted because all commands share it.
    /// </summary>
    public IReadOnlyList<string> ExitCodes { get; init; } = ["0 done"];

    /// <summary>Command lines to copy.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Runs the command; null if a subcommand is required.</summary>
    public Func<CommandInput, Node, Task<int>>? Run { get; init; }
}
