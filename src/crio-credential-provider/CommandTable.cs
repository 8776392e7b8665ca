// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Agent;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.Explain;
using CrioCredentialProvider.Tools.Rollout;
using CrioCredentialProvider.Tools.Sweep;

namespace CrioCredentialProvider.CommandLine;

/// <summary>Every command, in the order in which help lists them.</summary>
internal static class CommandTable
{
    public static IReadOnlyList<Command> Commands { get; } =
    [
        ExplainCommand.Row,
        DoctorCommand.Row,
        InstallCommand.Row,
        InstallCommand.UninstallRow,
        StatusCommand.Row,
        UndoCommand.Row,
        AgentCommand.Row,
        GenerateCommand.Row,
        SweepCommand.Row,
        CompletionCommand.Row,
        VersionCommand.Row,
        HelpCommand.Row,
    ];

    /// <summary>Resolves as many leading words as name commands; <c>generate man</c> is two levels deep.</summary>
    /// <returns>The commands from the outermost to the innermost; empty if the first word is not a command.</returns>
    public static IReadOnlyList<Command> Find(IEnumerable<string> words)
    {
        List<Command> path = [];
        var candidates = Commands;
        foreach (var word in words)
        {
            if (candidates.FirstOrDefault(command => command.Name == word) is not { } found)
            {
                break;
            }

            path.Add(found);
            candidates = found.Subcommands;
        }

        return [.. path];
    }
}
