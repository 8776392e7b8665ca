// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Commands;

/// <summary>Ends a command with this line on stderr and this exit code.</summary>
/// <param name="exitCode">One of <see cref="Commands.ExitCode"/>.</param>
/// <param name="problem">One line without the program's name; never a secret.</param>
internal sealed class CommandException(int exitCode, string problem) : Exception(problem)
{
    public int ExitCode => exitCode;

    /// <summary>An invalid command line: the message also names the command's help.</summary>
    public static CommandException Misuse(string problem) => new(Commands.ExitCode.Misused, problem);
}
