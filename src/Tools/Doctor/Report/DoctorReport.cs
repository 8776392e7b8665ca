// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Doctor.Report;

/// <summary>A whole run of doctor.</summary>
/// <param name="Checks">In the order of their ids.</param>
/// <param name="Root">Of the node that was looked at.</param>
/// <param name="HostName">Of the node; null when no file has it.</param>
/// <param name="Time">When the run ended.</param>
/// <param name="KubeletVersion">Null when it could not be determined.</param>
/// <param name="CrioVersion">Null when it could not be determined.</param>
internal sealed record DoctorReport(
    IReadOnlyList<CheckReport> Checks,
    string Root,
    string? HostName,
    DateTimeOffset Time,
    string? KubeletVersion,
    string? CrioVersion
)
{
    /// <summary>Why there was nothing to check; null when the checks ran.</summary>
    public string? NotANode { get; init; }

    public required int ExitCode { get; init; }

    /// <summary>What to look at first: the first failure, else the first warning; null when nothing was
    /// found.</summary>
    public CheckReport? First =>
        Checks.FirstOrDefault(c => c.Result.Outcome == CheckOutcome.Fail)
        ?? Checks.FirstOrDefault(c => c.Result.Outcome == CheckOutcome.Warn);

    public int Count(CheckOutcome outcome) => Checks.Count(c => c.Result.Outcome == outcome);

    /// <summary>As text and JSON show it.</summary>
    public static string Name(CheckOutcome outcome) => outcome.ToString().ToLowerInvariant();
}
