// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.CommandLine;

/// <summary><c>version</c>: prints the same as <c>--version</c> and <c>--version-json</c>.</summary>
internal static class VersionCommand
{
    public static readonly Command Row = new(
        "version",
        "print version and build facts",
        "Prints the version and the facts of the build."
    )
    {
        Options = [CommonOptions.Output],
        Run = (input, node) =>
            Task.FromResult(
                node.Print(input.Text(CommonOptions.Output.Flag) == "json" ? VersionText.Json : VersionText.Text)
            ),
    };
}
