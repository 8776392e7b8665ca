// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>What a command ends with; the man page has the same table.</summary>
internal static class ExitCode
{
    /// <summary>All is fine, or the answer is yes.</summary>
    public const int Fine = 0;

    /// <summary>Something is wrong, or the answer is no.</summary>
    public const int Finding = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Misused = 2;

    /// <summary>It could not be found out.</summary>
    public const int Undetermined = 3;
}

/// <summary>A positional argument of a command.</summary>
/// <param name="Name">In capitals, as help names it.</param>
/// <param name="Summary">One line for help.</param>
/// <param name="IsRequired">Whether the command makes no sense without it.</param>
internal sealed record CommandArgument(string Name, string Summary, bool IsRequired)
{
    /// <summary>Whether any number may follow.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>The only words there are; empty when any will do. Completions offer them.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether it names a command; completions offer the commands then.</summary>
    public bool NamesCommand { get; init; }
}

/// <summary>
/// One row of the table of commands. Parsing, help, man page and completions come from here. The kubelet's run is
/// no command and never needs one.
/// </summary>
/// <param name="Name">The word to type.</param>
/// <param name="Summary">One line for the list of commands.</param>
/// <param name="Description">A paragraph or two for help and man page, in lines of at most 88 characters.</param>
internal sealed record Command(string Name, string Summary, string Description)
{
    public IReadOnlyList<CommandArgument> Arguments { get; init; } = [];

    /// <summary>Its own options.</summary>
    public IReadOnlyList<CommandOption> Options { get; init; } = [];

    /// <summary>Those options of the kubelet's run that it takes as well, with the same meaning.</summary>
    public IReadOnlyList<SettingOption> Settings { get; init; } = [];

    public IReadOnlyList<Command> Subcommands { get; init; } = [];

    /// <summary>What each exit code means here, one each and without the 2 that all have; for help and man
    /// page.</summary>
    public IReadOnlyList<string> ExitCodes { get; init; } = ["0 done"];

    /// <summary>Command lines to copy, one each.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Does it; null when a subcommand must be named.</summary>
    public Func<CommandInput, Node, Task<int>>? Run { get; init; }
}
