// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Generate;

namespace CrioCredentialProvider.Tests.CommandLine;

public sealed class ProgramHelpTests
{
    [Theory]
    [InlineData("generat", "", "unknown command \"generat\"; did you mean \"generate\"?")]
    [InlineData(
        "generate kubelet-confg",
        "generate",
        "unknown command \"kubelet-confg\"; did you mean \"kubelet-config\"?"
    )]
    [InlineData("generate zsh", "generate", "unknown command \"zsh\"")]
    [InlineData("generate --profile kubeadm", "generate", "unknown command \"--profile\"")]
    [InlineData(
        "generate",
        "generate",
        "command \"generate\" needs one of: kubelet-config, rbac, systemd-drop-in, machine-config, completion, man"
    )]
    [InlineData("help generate zsh", "help", "unknown command \"zsh\"")]
    public async Task An_unknown_command_is_one_line_with_the_nearest_word(string line, string help, string problem) =>
        Assert.Equal(CommandResult.Misused(help, problem), await InProcess.RunAsync("", line.Split(' ')));
}
