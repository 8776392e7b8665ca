// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Agent;

/// <summary>How the agent's last round ended. The metrics use these names in snake case.</summary>
internal enum AgentResult
{
    /// <summary>The first round has not ended.</summary>
    Changing,

    /// <summary>The node is in the wanted state; if the kubelet was restarted for it, it is healthy.</summary>
    Confirmed,

    /// <summary>The files are in place, but the kubelet has not been restarted since.</summary>
    AwaitingRestart,

    /// <summary>
    /// The node is no longer in the wanted state, and getting there requires a restart of the kubelet.
    /// </summary>
    Drifted,

    /// <summary>A check before the change failed; nothing was changed.</summary>
    Refused,

    /// <summary>
    /// The kubelet was unhealthy with the change, or the change was interrupted; the old files are restored.
    /// </summary>
    Undone,

    /// <summary>The node could not be examined, or a change could neither be finished nor undone.</summary>
    Failed,
}

/// <summary>What <c>/readyz</c>, the metrics and the events report.</summary>
/// <param name="Result">How the last round ended.</param>
/// <param name="Reason">One line; never contains a secret.</param>
internal sealed record AgentStatus(AgentResult Result, string Reason)
{
    public static readonly AgentStatus Starting = new(AgentResult.Changing, "bringing the node to the wanted state");

    public bool IsAsWanted => Result == AgentResult.Confirmed;

    /// <summary>Whether an earlier round of this pod found or brought the node to the wanted state.</summary>
    public bool WasConfirmed { get; init; }

    /// <summary>
    /// The DaemonSet controller continues with the next node when this pod is ready, so a pod becomes ready only with a
    /// confirmed change. Later findings never make it unready: in an update, the controller deletes all unavailable old
    /// pods at once, regardless of maxUnavailable (kubernetes pkg/controller/daemon/update.go, rollingUpdate,
    /// allowedReplacementPods), and the new pods would restart all those kubelets at the same time.
    /// </summary>
    public bool IsReady => IsAsWanted || WasConfirmed;

    /// <summary>For <c>/readyz</c> and the log.</summary>
    public string Line =>
        (
            IsAsWanted ? "ready: "
            : IsReady ? "ready, but no longer in the wanted state: "
            : "not ready: "
        ) + Reason;

    /// <summary>Paths that differ from the confirmed state, or from the current wanted state.</summary>
    public IReadOnlyList<string> Drift { get; init; } = [];

    /// <summary>Paths that this round restored.</summary>
    public IReadOnlyList<string> Repaired { get; init; } = [];
}
