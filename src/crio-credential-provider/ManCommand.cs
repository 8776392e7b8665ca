// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Generate;

namespace CrioCredentialProvider.CommandLine;

/// <summary><c>generate man</c>.</summary>
internal static class ManCommand
{
    public static readonly Command Row = new(
        "man",
        "the man page, in roff",
        "Prints the man page. make install puts it where man looks for it."
    )
    {
        Options = [.. GeneratedOutput.Options],
        ExitCodes = ["0 printed", "3 the file cannot be written"],
        Examples = ["crio-credential-provider generate man | man -l -"],
        Run = GeneratedOutput.Of((_, _) => ManPage.Text),
    };
}
