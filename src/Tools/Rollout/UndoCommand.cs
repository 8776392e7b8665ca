// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary><c>undo</c>: the host's timer runs it, and so does the boot after an unconfirmed change.</summary>
internal static class UndoCommand
{
    public static readonly Command Row = new(
        "undo",
        "restore the files from before an unconfirmed change",
        """
        Undoes a change of install or uninstall that was interrupted, or that waits for a restart of the
        kubelet: restores the old files, and restarts the kubelet with them if it was restarted with
        the new ones. A confirmed change is not undone; use uninstall for that. systemd runs this command
        if a change is not confirmed in time, and at the next boot.
        """
    )
    {
        Options = [RolloutOptions.AtBoot],
        ExitCodes =
        [
            "0 undone, or there was nothing to undo",
            "1 undone, but the kubelet is unhealthy",
            "3 the undo could not be finished",
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
        var isHealthy = !result.Problem.Contains(ChangeUndo.StillUnhealthy, StringComparison.Ordinal);
        return node.Print(
            result.End switch
            {
                EngineEnd.NothingToDo => "nothing to undo\n",
                EngineEnd.Confirmed => "the change was already confirmed, and is now finished\n",
                _ => $"undone: {OneLine.Of(result.Problem)}\n",
            },
            isHealthy ? ExitCode.Fine : ExitCode.Finding
        );
    }
}
