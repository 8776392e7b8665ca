// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Generate;

namespace CrioCredentialProvider.CommandLine;

/// <summary><c>completion SHELL</c>, which is also a subcommand of <c>generate</c>.</summary>
internal static class CompletionCommand
{
    public static readonly Command Row = new(
        "completion",
        "completions for a shell",
        """
        Prints a script that completes commands, options and their values. make install puts the three
        scripts where the shells look for them.
        """
    )
    {
        Arguments =
        [
            new CommandArgument("SHELL", "bash, zsh or fish", IsRequired: true) { Choices = ["bash", "zsh", "fish"] },
        ],
        Options = [.. GeneratedOutput.Options],
        ExitCodes = ["0 printed", "3 the file cannot be written"],
        Examples =
        [
            "source <(crio-credential-provider completion bash)",
            "crio-credential-provider completion zsh -o /usr/share/zsh/site-functions/_crio-credential-provider",
            "crio-credential-provider completion fish -o ~/.config/fish/completions/crio-credential-provider.fish",
        ],
        Run = GeneratedOutput.Of(
            (input, _) =>
                input.Arguments[0] switch
                {
                    "bash" => BashCompletion.Text,
                    "zsh" => ZshCompletion.Text,
                    _ => FishCompletion.Text,
                }
        ),
    };
}
