// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>What came of it.</summary>
internal enum EngineEnd
{
    NothingToDo,
    Planned,
    Refused,
    Confirmed,
    AwaitingRestart,

    /// <summary>
    /// A look for drift found that another state is wanted now, which takes a restart of the kubelet.
    /// </summary>
    NeedsRollout,
    Undone,
}

/// <param name="Problem">Why it was undone, or what is wrong; empty when nothing is.</param>
internal sealed record EngineResult(
    EngineEnd End,
    IReadOnlyList<Step> Steps,
    IReadOnlyList<Refusal> Refusals,
    string Problem = ""
)
{
    public bool IsGood => End is not (EngineEnd.Refused or EngineEnd.Undone);
}

/// <summary>How a change may go.</summary>
internal sealed record EngineOptions(string Action, bool MayRestart, bool MayTakeOver, bool IsPlanOnly)
{
    /// <summary>
    /// A name for a try that a program makes on its own: a change that was undone under the same name is not tried
    /// again. Null: it is, since a person asks for it.
    /// </summary>
    public string? Attempt { get; init; }

    /// <summary>
    /// Only brings back what was installed. The kubelet's invocation that is known to have read the installed files;
    /// empty when it does not run. Null: any change is welcome.
    /// </summary>
    public string? LoadedBy { get; init; }

    public bool IsRepair => LoadedBy is not null;
}
