// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Agent;

/// <summary>How the agent's last round ended. The metrics have these names in lower case.</summary>
internal enum AgentResult
{
    /// <summary>The first round is not over.</summary>
    Changing,

    /// <summary>The node is in the wanted state, and a kubelet that was restarted for it is well.</summary>
    Confirmed,

    /// <summary>The files are in place, and the kubelet has not been started with them.</summary>
    AwaitingRestart,

    /// <summary>
    /// The node is not in the wanted state any more, and only a restart of the kubelet brings it there.
    /// </summary>
    Drifted,

    /// <summary>The checks before the change found something: nothing was changed.</summary>
    Refused,

    /// <summary>The kubelet was not well with the change, or it was stopped: the old files are back.</summary>
    Undone,

    /// <summary>The node could not be examined, or a change could neither be finished nor undone.</summary>
    Failed,
}

/// <summary>What <c>/readyz</c>, the metrics and the events tell.</summary>
/// <param name="Result">How the last round ended.</param>
/// <param name="Reason">One line, without a secret.</param>
internal sealed record AgentStatus(AgentResult Result, string Reason)
{
    public static readonly AgentStatus Starting = new(AgentResult.Changing, "bringing the node to the wanted state");

    public bool IsAsWanted => Result == AgentResult.Confirmed;

    /// <summary>Whether the node was in the wanted state at the end of an earlier round of this pod.</summary>
    public bool WasConfirmed { get; init; }

    /// <summary>
    /// The DaemonSet controller goes on to the next node when this one is ready: only a confirmed change may be. Later
    /// findings take no pod's readiness away: in an update the controller deletes all old pods that are unavailable at
    /// once, whatever maxUnavailable says (kubernetes pkg/controller/daemon/update.go, rollingUpdate,
    /// allowedReplacementPods), and the new pods would restart all these kubelets together.
    /// </summary>
    public bool IsReady => IsAsWanted || WasConfirmed;

    /// <summary>For <c>/readyz</c> and the log.</summary>
    public string Line =>
        (
            IsAsWanted ? "ready: "
            : IsReady ? "ready, but not in the wanted state any more: "
            : "not ready: "
        ) + Reason;

    /// <summary>Paths that are not as they were confirmed, or not as they are wanted now.</summary>
    public IReadOnlyList<string> Drift { get; init; } = [];

    /// <summary>Paths that this round has brought back.</summary>
    public IReadOnlyList<string> Repaired { get; init; } = [];
}
