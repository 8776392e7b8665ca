// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor.Checks;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>Runs the checks one after the other. A check that throws does not end the others.</summary>
internal static class DoctorRun
{
    /// <param name="view">The node.</param>
    /// <param name="wanted">The IDs of the checks; empty for all.</param>
    /// <param name="isStrict">Whether a warning counts as a failure.</param>
    /// <param name="limit">The time after which unfinished checks are reported as undetermined; null for no
    /// limit.</param>
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
            var run = Task.Run(() => check.RunAsync(view), end);
            await ((Task)run).WaitAsync(end);
            return Printable(await run);
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
            // This is a bug, which must not end the other checks. The exception's message could quote what was parsed,
            // so only its type is printed.
            return CheckResult.Skipped($"unexpected {e.GetType().Name} in the program: please report it") with
            {
                IsUndetermined = true,
            };
        }
    }

    /// <summary>A fact for the head of the report. If it cannot be read, a check reports why.</summary>
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

    /// <summary>
    /// The report quotes text from files that may contain any characters, including those that reverse a terminal's
    /// text.
    /// </summary>
    private static CheckResult Printable(CheckResult result) =>
        result with
        {
            Summary = OneLine.Printable(result.Summary),
            Seen = [.. result.Seen.Select(OneLine.Printable)],
            Problems = [.. result.Problems.Select(OneLine.Printable)],
            Fix = [.. result.Fix.Select(fix => fix.Rewritten(OneLine.Printable))],
        };

    /// <summary>A finding takes precedence over an undetermined check.</summary>
    private static int ExitCodeOf(IReadOnlyList<CheckReport> checks, bool isStrict) =>
        checks.Any(c => c.Result.Outcome == CheckOutcome.Fail || (isStrict && c.Result.Outcome == CheckOutcome.Warn))
            ? ExitCode.Finding
        : checks.Any(c => c.Result.IsUndetermined) ? ExitCode.Undetermined
        : ExitCode.Fine;
}
