// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Generate;

namespace CrioCredentialProvider.CommandLine;

/// <summary><c>generate</c>: prints what a node and a cluster need besides the binary, or writes it to a
/// file.</summary>
internal static class GenerateCommand
{
    public static readonly Command Row = new(
        "generate",
        "print configuration, RBAC, completions or the man page",
        """
        Prints what a node or a cluster needs besides the binary, or writes it to the file that -o names.
        The output depends only on the options and on registries.conf; no server is contacted. The file is
        written completely or not at all, and an existing file is replaced only with --force.
        """
    )
    {
        Subcommands =
        [
            KubeletConfigCommand.Row,
            RbacCommand.Row,
            SystemdDropInCommand.Row,
            MachineConfigCommand.Row,
            CompletionCommand.Row,
            ManCommand.Row,
        ],
        ExitCodes = ["0 printed", "1 no registry has a mirror", "3 a file cannot be used or written"],
    };
}
