using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>How a check ended. The names in lower case are what text and JSON show.</summary>
internal enum CheckOutcome
{
    /// <summary>Looked at, and as it should be.</summary>
    Ok,

    /// <summary>Works, but somebody should know.</summary>
    Warn,

    /// <summary>Pulls fail because of it, or go without credentials.</summary>
    Fail,

    /// <summary>Not looked at, with the reason: never a pass.</summary>
    Skipped,
}

/// <summary>What a check came to. Nothing in it is secret.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Summary">One line, without a full stop: for a skipped check, the reason.</param>
internal sealed record CheckResult(CheckOutcome Outcome, string Summary)
{
    /// <summary>What was looked at and what was found there, a line each.</summary>
    public IReadOnlyList<string> Seen { get; init; } = [];

    /// <summary>Lines to type, or to put into a file that the line in front of them names.</summary>
    public IReadOnlyList<string> Fix { get; init; } = [];

    /// <summary>
    /// Skipped because it could not be found out, and not because nobody asked: exit code 3. Whoever names a check on the
    /// command line asks.
    /// </summary>
    public bool IsUndetermined { get; init; }

    public static CheckResult Skipped(string reason) => new(CheckOutcome.Skipped, reason);
}

/// <summary>A check cannot go on, such as for want of what another check looks for. Ends it as skipped.</summary>
/// <param name="reason">One line, without a full stop.</param>
/// <param name="isUndetermined">Whether it was wanted, but could not be found out.</param>
/// <param name="fix">What to type so that it can go on.</param>
internal sealed class CheckSkippedException(string reason, bool isUndetermined, params string[] fix) : Exception(reason)
{
    public IReadOnlyList<string> Fix { get; } = fix;

    public bool IsUndetermined { get; } = isUndetermined;
}
