using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Generate;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.CommandLine;

/// <summary><c>generate</c>: what a node and a cluster need besides the binary, printed and never written.</summary>
internal static class GenerateCommand
{
    public static readonly Command Row = new(
        "generate",
        "print configuration, RBAC, completions or the man page",
        """
        Prints what a node or a cluster needs besides the binary. It writes no file and asks nobody: what
        it prints is made from its options and from registries.conf, and is the same each time.
        """)
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
        ExitCodes = ["0 printed", "1 no registry has a mirror", "3 a file cannot be used"],
    };
}
