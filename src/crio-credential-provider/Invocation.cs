// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.CommandLine;

/// <summary>What the command line requests. There are no other invocations.</summary>
internal abstract record Invocation
{
    private Invocation() { }

    /// <summary>Answer one request of the kubelet.</summary>
    public sealed record Provide(Settings Settings) : Invocation;

    /// <summary>Run a command for people: the last one of the path.</summary>
    public sealed record Run(IReadOnlyList<Command> Path, CommandInput Input) : Invocation;

    /// <summary>Print the help of the last command of the path, or of the program if the path is empty.</summary>
    public sealed record Help(IReadOnlyList<Command> Path) : Invocation;

    /// <summary>Print a text to stdout and exit with code 0.</summary>
    public sealed record Print(string Text) : Invocation;

    /// <summary>Report what is wrong with the command line, in one line, and exit with code 2.</summary>
    public sealed record Misused(string Problem, IReadOnlyList<Command> Path) : Invocation;
}
