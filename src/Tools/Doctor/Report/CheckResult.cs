// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Doctor.Report;

/// <summary>How a check ended. The names in lower case are what text and JSON show.</summary>
internal enum CheckOutcome
{
    /// <summary>Looked at, and as it should be.</summary>
    Ok,

    /// <summary>Works, but somebody should know.</summary>
    Warn,

    /// <summary>Pulls fail because of it, or go without credentials, or the kubelet does not start.</summary>
    Fail,

    /// <summary>Not looked at, with the reason: never a pass.</summary>
    Skipped,
}

/// <summary>How a check ended and why. Nothing in it is secret.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Summary">One line, without a full stop: for a skipped check, the reason.</param>
internal sealed record CheckResult(CheckOutcome Outcome, string Summary)
{
    /// <summary>What was looked at and what was found there, a line each; the problems among them.</summary>
    public IReadOnlyList<string> Seen { get; init; } = [];

    /// <summary>What is wrong, a line each.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What to do.</summary>
    public IReadOnlyList<Fix> Fix { get; init; } = [];

    /// <summary>
    /// Skipped because it could not be determined, and not because nobody asked: exit code 3. Whoever names a check on
    /// the command line asks.
    /// </summary>
    public bool IsUndetermined { get; init; }

    /// <summary>Skipped because only root may look.</summary>
    public bool NeedsRoot { get; init; }

    public static CheckResult Skipped(string reason) => new(CheckOutcome.Skipped, reason);
}

/// <summary>A check and how it ended.</summary>
/// <param name="Id">Such as <c>CP004</c>.</param>
/// <param name="Title">A few words.</param>
/// <param name="Result">How it ended.</param>
internal sealed record CheckReport(string Id, string Title, CheckResult Result);

/// <summary>A check cannot continue, for example because it needs what another check looks for. Ends it as
/// skipped.</summary>
/// <param name="reason">One line, without a full stop.</param>
/// <param name="isUndetermined">Whether it was wanted, but could not be found out.</param>
/// <param name="fix">What to type so that it can continue.</param>
internal sealed class CheckSkippedException(string reason, bool isUndetermined, params Fix[] fix) : Exception(reason)
{
    public IReadOnlyList<Fix> Fix { get; } = fix;

    public bool IsUndetermined { get; } = isUndetermined;
}
