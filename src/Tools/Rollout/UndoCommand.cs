// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary><c>undo</c>: what the host's timer runs, and the boot after a change that was not confirmed.</summary>
internal static class UndoCommand
{
    public static readonly Command Row = new(
        "undo",
        "restore the files from before an unconfirmed change",
        """
        Undoes a change of install or uninstall that was stopped, or that waits for a restart of the
        kubelet: the old files come back, and the kubelet is restarted with them if it was restarted with
        the new ones. A confirmed change is not undone: uninstall does that. systemd runs this command
        when a change is not confirmed in time, and at the next boot.
        """
    )
    {
        Options = [RolloutOptions.AtBoot],
        ExitCodes =
        [
            "0 undone, or there was nothing to undo",
            "1 undone, but the kubelet is not well",
            "3 it could not be finished",
        ],
        Examples = ["crio-credential-provider undo"],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(CommandInput input, Node node)
    {
        if (!RolloutSession.IsRoot)
        {
            throw new ProviderException(
                Reasons.ChangeRefused,
                "undo needs root: it changes the kubelet's files",
                "run it as root"
            );
        }

        using var session = await RolloutSession.OpenAsync(node);
        var result = await session.Engine.UndoAsync(input.Has(RolloutOptions.AtBoot.Flag));
        var isWell = !result.Problem.Contains(ChangeUndo.StillUnwell, StringComparison.Ordinal);
        return node.Print(
            result.End switch
            {
                EngineEnd.NothingToDo => "nothing to undo\n",
                EngineEnd.Confirmed => "the change was confirmed already, and is finished now\n",
                _ => $"undone: {OneLine.Of(result.Problem)}\n",
            },
            isWell ? ExitCode.Fine : ExitCode.Finding
        );
    }
}
