// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>How a run of the engine ended.</summary>
internal enum EngineEnd
{
    NothingToDo,
    Planned,
    Refused,
    Confirmed,
    AwaitingRestart,

    /// <summary>
    /// A check for drift found that the wanted state has changed, which requires a restart of the kubelet.
    /// </summary>
    NeedsRollout,
    Undone,
}

/// <param name="Problem">Why it was undone, or what is wrong; empty if nothing is.</param>
internal sealed record EngineResult(
    EngineEnd End,
    IReadOnlyList<Step> Steps,
    IReadOnlyList<Refusal> Refusals,
    string Problem = ""
)
{
    public bool IsGood => End is not (EngineEnd.Refused or EngineEnd.Undone);
}

/// <summary>What a change is allowed to do.</summary>
internal sealed record EngineOptions(string Action, bool MayRestart, bool MayTakeOver, bool IsPlanOnly)
{
    /// <summary>
    /// Names an unattended try: a change that was undone under the same name is not retried. Null if a person runs the
    /// command: then it is retried.
    /// </summary>
    public string? Attempt { get; init; }

    /// <summary>
    /// If set, the run only restores what was installed. It is the invocation ID of the kubelet that is known to have
    /// read the installed files; empty if the kubelet does not run. Null allows any change.
    /// </summary>
    public string? LoadedBy { get; init; }

    public bool IsRepair => LoadedBy is not null;
}
