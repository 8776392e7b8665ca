// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Doctor.Report;

/// <summary>The result of a whole run of doctor.</summary>
/// <param name="Checks">In the order of their IDs.</param>
/// <param name="Root">The root directory of the node.</param>
/// <param name="HostName">The node's host name; null if no file contains it.</param>
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
    /// <summary>Why there was nothing to check; null if the checks ran.</summary>
    public string? NotANode { get; init; }

    public required int ExitCode { get; init; }

    /// <summary>The first failure, else the first warning; null if nothing was found.</summary>
    public CheckReport? First =>
        Checks.FirstOrDefault(c => c.Result.Outcome == CheckOutcome.Fail)
        ?? Checks.FirstOrDefault(c => c.Result.Outcome == CheckOutcome.Warn);

    public int Count(CheckOutcome outcome) => Checks.Count(c => c.Result.Outcome == outcome);

    /// <summary>The outcome's name in text and JSON.</summary>
    public static string Name(CheckOutcome outcome) => outcome.ToString().ToLowerInvariant();
}
