// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Commands;

/// <summary>A command ends with this line on stderr and this exit code.</summary>
/// <param name="exitCode">One of <see cref="Commands.ExitCode"/>.</param>
/// <param name="problem">One line without the program's name; never a secret.</param>
internal sealed class CommandException(int exitCode, string problem) : Exception(problem)
{
    public int ExitCode => exitCode;

    /// <summary>The command line makes no sense: the line also names the command's help.</summary>
    public static CommandException Misuse(string problem) => new(Commands.ExitCode.Misused, problem);
}
