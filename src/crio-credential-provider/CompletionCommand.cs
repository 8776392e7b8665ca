using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Generate;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.CommandLine;

/// <summary><c>generate completion SHELL</c>.</summary>
internal static class CompletionCommand
{
    public static readonly Command Row = new(
        "completion",
        "completions for a shell",
        """
        Prints a script that completes commands, options and their values. make install puts the three
        scripts where the shells look for them.
        """)
    {
        Arguments =
        [
            new CommandArgument("SHELL", "bash, zsh or fish", IsRequired: true) { Choices = ["bash", "zsh", "fish"] },
        ],
        ExitCodes = ["0 printed"],
        Examples =
        [
            "source <(crio-credential-provider generate completion bash)",
            "crio-credential-provider generate completion zsh > /usr/share/zsh/site-functions/_crio-credential-provider",
            "crio-credential-provider generate completion fish > ~/.config/fish/completions/crio-credential-provider.fish",
        ],
        Run = (input, node) => Task.FromResult(input.Arguments[0] switch
        {
            "bash" => node.Print(BashCompletion.Text),
            "zsh" => node.Print(ZshCompletion.Text),
            _ => node.Print(FishCompletion.Text),
        }),
    };
}
