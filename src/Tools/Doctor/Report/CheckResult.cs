// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Doctor.Report;

/// <summary>The outcome of a check. Text and JSON show the names in lower case.</summary>
internal enum CheckOutcome
{
    /// <summary>No problem was found.</summary>
    Ok,

    /// <summary>Pulls work, but the administrator should know about the finding.</summary>
    Warn,

    /// <summary>Pulls fail or are anonymous because of the finding, or the kubelet does not start.</summary>
    Fail,

    /// <summary>The check did not run, for the given reason. Never a pass.</summary>
    Skipped,
}

/// <summary>The outcome of a check, with its reasons. It contains no secrets.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Summary">One line without a full stop; for a skipped check, the reason.</param>
internal sealed record CheckResult(CheckOutcome Outcome, string Summary)
{
    /// <summary>What the check read, one line each, including the problems.</summary>
    public IReadOnlyList<string> Seen { get; init; } = [];

    /// <summary>The problems, one line each.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>The steps that fix the problems.</summary>
    public IReadOnlyList<Fix> Fix { get; init; } = [];

    /// <summary>
    /// Whether the check was skipped because the result could not be determined, rather than because it was not
    /// requested. This leads to exit code 3. A check that the command line names is always requested.
    /// </summary>
    public bool IsUndetermined { get; init; }

    /// <summary>Whether the check was skipped because it requires root.</summary>
    public bool NeedsRoot { get; init; }

    public static CheckResult Skipped(string reason) => new(CheckOutcome.Skipped, reason);
}

/// <summary>A check with its outcome.</summary>
/// <param name="Id">For example, <c>CP004</c>.</param>
/// <param name="Title">A few words.</param>
/// <param name="Result">The outcome.</param>
internal sealed record CheckReport(string Id, string Title, CheckResult Result);

/// <summary>
/// Ends a check as skipped because it cannot continue, for example because it depends on another check's subject.
/// </summary>
/// <param name="reason">One line, without a full stop.</param>
/// <param name="isUndetermined">Whether the check was requested, but its result could not be determined.</param>
/// <param name="fix">Steps after which the check can continue.</param>
internal sealed class CheckSkippedException(string reason, bool isUndetermined, params Fix[] fix) : Exception(reason)
{
    public IReadOnlyList<Fix> Fix { get; } = fix;

    public bool IsUndetermined { get; } = isUndetermined;
}
