// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary>Writes a generator's text to stdout, or to a file, which is replaced as a whole or not at all.</summary>
internal static class GeneratedOutput
{
    public static readonly CommandOption File = new(
        "output",
        "FILE",
        "stdout",
        "write to FILE; nothing is written if the command fails"
    )
    {
        Letter = 'o',
        IsPath = true,
    };

    public static readonly CommandOption Force = new("force", "", "off", "with --output: replace FILE if it exists");

    /// <summary>The output options of every generator.</summary>
    public static readonly CommandOption[] Options = [File, Force];

    /// <summary>The Run function of a generator that makes its text from the command line.</summary>
    public static Func<CommandInput, Node, Task<int>> Of(Func<CommandInput, Node, string> make) =>
        (input, node) => Task.FromResult(Deliver(make(input, node), input, node));

    private static int Deliver(string text, CommandInput input, Node node)
    {
        var (file, isForced) = (input.Text(File.Flag), input.Has(Force.Flag));
        if (isForced && file is null)
        {
            throw CommandException.Misuse("--force requires --output");
        }

        if (file is null or "-")
        {
            return node.Print(text);
        }

        OutputFileWriter.Write(file, text, isForced);
        return ExitCode.Fine;
    }
}
