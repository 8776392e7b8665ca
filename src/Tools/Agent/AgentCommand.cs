// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary><c>agent</c>: what the DaemonSet runs on each node.</summary>
internal static class AgentCommand
{
    public static readonly Command Row = new(
        "agent",
        "install on this node and repair drift; runs in a DaemonSet",
        """
        Does what install does, or uninstall if the wanted state is absent, and then compares the node
        with the wanted state every 5 minutes. It serves /readyz, which succeeds when the change is
        confirmed, and /metrics. A DaemonSet that updates one pod after another stops at the first node
        that does not become ready.

        After the confirmation, the agent never restarts the kubelet again, not even when it is started
        again with the same --attempt. It restores files that were changed or removed. If that requires
        a restart, or if the wanted state has changed, it reports why in /readyz, metrics and events, and
        stays ready until its pod is replaced. A change that was undone is not tried again with the
        same --attempt. On SIGTERM it finishes the change in progress, then exits.
        """
    )
    {
        Options =
        [
            .. RolloutOptions.Wanted,
            RolloutOptions.RestartKubelet,
            RolloutOptions.TakeOver,
            AgentOptions.Attempt,
            AgentOptions.Listen,
            AgentOptions.CheckEvery,
        ],
        ExitCodes =
        [
            "0 stopped by SIGTERM or SIGINT",
            "3 it could not start, for example because of an invalid state file or address",
        ],
        Examples =
        [
            "crio-credential-provider agent --state /etc/wanted/state.yaml --restart-kubelet --attempt \"$POD_UID\"",
            "crio-credential-provider agent --match-images docker.io --restart-kubelet --listen 0.0.0.0:9809",
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(CommandInput input, Node node)
    {
        if (!RolloutSession.IsRoot)
        {
            throw new ProviderException(
                Reasons.ChangeRefused,
                "agent needs root: it reads and changes the kubelet's files",
                "run it as root"
            );
        }

        var wanted = InstallCommand.WantedBy(input, node);
        var leave = new AgentPolicy(
            input.Has(RolloutOptions.RestartKubelet.Flag),
            input.Has(RolloutOptions.TakeOver.Flag),
            input.Text(AgentOptions.Attempt.Flag) ?? ""
        );
        var run = new AgentRun(
            node,
            new NodeAgent(wanted, leave),
            new NodeDoctor(node, wanted),
            AgentOptions.CheckInterval(input)
        );
        await run.RunAsync(AgentOptions.ListenOn(input));
        return ExitCode.Fine;
    }
}
