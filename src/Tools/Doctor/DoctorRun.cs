// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor.Checks;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>Runs the checks one after the other, so that what ends one of them does not cost the others.</summary>
internal static class DoctorRun
{
    /// <param name="view">The node.</param>
    /// <param name="wanted">The ids of the checks; empty for all.</param>
    /// <param name="isStrict">Whether a warning counts as a failure.</param>
    /// <param name="limit">When checks that have not ended are left open; null: they end by themselves.</param>
    public static async Task<DoctorReport> ReportAsync(
        NodeView view,
        IReadOnlyList<string> wanted,
        bool isStrict,
        TimeSpan? limit
    )
    {
        List<CheckReport> checks = [];
        var notANode = wanted.Count == 0 ? NodeSigns.WhyNone(view) : null;
        if (notANode is null)
        {
            using var end = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan);
            foreach (
                var check in CheckTable.Checks.Where(c =>
                    wanted.Count == 0 || wanted.Contains(c.Id, StringComparer.OrdinalIgnoreCase)
                )
            )
            {
                var result = await RunAsync(check, view, limit ?? Timeout.InfiniteTimeSpan, end.Token);

                // A check asked for by name must not end as skipped and look like a pass.
                var isOpen = result.IsUndetermined || (wanted.Count > 0 && result.Outcome == CheckOutcome.Skipped);
                checks.Add(new CheckReport(check.Id, check.Title, result with { IsUndetermined = isOpen }));
            }
        }

        return new DoctorReport(
            checks,
            OneLine.Printable(view.Files.Root),
            OrNull(() => view.Files.ReadText("/etc/hostname") is { } name ? OneLine.Of(name.Trim()) : null),
            view.Node.Clock(),
            OrNull(() => view.KubeletVersion?.Version.ToString()),
            OrNull(() => view.CrioVersion?.Version.ToString())
        )
        {
            NotANode = notANode,
            ExitCode = notANode is null ? ExitCodeOf(checks, isStrict) : ExitCode.Undetermined,
        };
    }

    private static async Task<CheckResult> RunAsync(Check check, NodeView view, TimeSpan limit, CancellationToken end)
    {
        try
        {
            return Printable(await Task.Run(() => check.RunAsync(view), end).WaitAsync(end));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return CheckResult.Skipped($"it did not end within {limit.TotalSeconds} s") with { IsUndetermined = true };
        }
        catch (CheckSkippedException e)
        {
            return Printable(CheckResult.Skipped(e.Message) with { IsUndetermined = e.IsUndetermined, Fix = e.Fix });
        }
        catch (FactUnknownException e)
        {
            return Printable(CheckResult.Skipped(e.Message) with { IsUndetermined = true, NeedsRoot = e.NeedsRoot });
        }
        catch (ProviderException e)
        {
            return Printable(
                CheckResult.Skipped(e.Problem) with
                {
                    IsUndetermined = true,
                    Fix = e.Hint.Length == 0 ? [] : [Fix.Note(e.Hint)],
                }
            );
        }
        catch (Exception e)
        {
            // A defect, which must not cost the other checks. Its text could quote what it failed at: only its kind is
            // printed.
            return CheckResult.Skipped($"unexpected {e.GetType().Name} in the program: please report it") with
            {
                IsUndetermined = true,
            };
        }
    }

    /// <summary>A fact for the head of the report; what is wrong with it is a check's part.</summary>
    private static string? OrNull(Func<string?> find)
    {
        try
        {
            return find();
        }
        catch (Exception e) when (e is FactUnknownException or CheckSkippedException)
        {
            return null;
        }
    }

    /// <summary>What a report quotes may be anybody's: no character of it may turn a terminal's lines around.</summary>
    private static CheckResult Printable(CheckResult result) =>
        result with
        {
            Summary = OneLine.Printable(result.Summary),
            Seen = [.. result.Seen.Select(OneLine.Printable)],
            Problems = [.. result.Problems.Select(OneLine.Printable)],
            Fix = [.. result.Fix.Select(fix => fix.Rewritten(OneLine.Printable))],
        };

    /// <summary>A finding is more than an open question.</summary>
    private static int ExitCodeOf(IReadOnlyList<CheckReport> checks, bool isStrict) =>
        checks.Any(c => c.Result.Outcome == CheckOutcome.Fail || (isStrict && c.Result.Outcome == CheckOutcome.Warn))
            ? ExitCode.Finding
        : checks.Any(c => c.Result.IsUndetermined) ? ExitCode.Undetermined
        : ExitCode.Fine;
}
