// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Doctor.Report;

/// <summary>
/// The report as text: one line for each check, details of those that are not ok, what to look at first, and the
/// totals. With <c>--verbose</c>, the details of every check.
/// </summary>
internal sealed class DoctorText
{
    private const int LabelWidth = 8;

    private readonly StringBuilder text = new();
    private readonly TextStyle style;
    private readonly bool isVerbose;

    private DoctorText(TextStyle style, bool isVerbose) => (this.style, this.isVerbose) = (style, isVerbose);

    public static string Of(DoctorReport report, TextStyle style, bool isVerbose)
    {
        if (report.NotANode is { } reason)
        {
            return reason + "\n";
        }

        var writer = new DoctorText(style, isVerbose);
        writer.AddChecks(report.Checks);
        writer.AddEnd(report);
        return writer.text.ToString();
    }

    private void AddChecks(IReadOnlyList<CheckReport> checks)
    {
        // All checks that require root share one line.
        CheckReport[] forRoot = [.. checks.Where(c => c.Result.NeedsRoot)];
        var isOneLine = forRoot.Length > 1 && !isVerbose;
        foreach (var check in checks.Where(c => !isOneLine || !c.Result.NeedsRoot))
        {
            AddCheck(check);
        }

        if (isOneLine)
        {
            var ids = string.Join(", ", forRoot.Select(c => c.Id));
            AddLabel(CheckOutcome.Skipped)
                .Append(style.Strong(ids))
                .Append(": only root can read the files; run doctor as root\n");
        }
    }

    private void AddCheck(CheckReport check)
    {
        var (result, isOk) = (check.Result, check.Result.Outcome == CheckOutcome.Ok);
        AddLabel(result.Outcome).Append(style.Strong(check.Id)).Append(' ').Append(check.Title);
        text.Append(isOk && !isVerbose ? "" : ": " + result.Summary).Append('\n');
        var isAsked = isVerbose || result.IsUndetermined || result.Outcome is CheckOutcome.Warn or CheckOutcome.Fail;
        if (!isAsked)
        {
            return;
        }

        foreach (
            var line in (isVerbose ? result.Seen : result.Problems).Where(line =>
                !result.Summary.StartsWith(line, StringComparison.Ordinal)
            )
        )
        {
            text.Append(' ', LabelWidth).Append(style.Faint(line)).Append('\n');
        }

        AddFix(result);
    }

    private void AddFix(CheckResult result)
    {
        string[] lines = [.. result.Fix.SelectMany(fix => fix.Lines)];
        if (lines.Length == 0)
        {
            return;
        }

        text.Append(' ', LabelWidth).Append(result.Outcome == CheckOutcome.Skipped ? "try:\n" : "fix:\n");

        // The end marker of a here-document must start in the first column.
        var indent = lines.Contains("EOF") ? 0 : LabelWidth + 2;
        foreach (var line in lines)
        {
            text.Append(' ', indent).Append(line).Append('\n');
        }
    }

    private void AddEnd(DoctorReport report)
    {
        var counts = Enum.GetValues<CheckOutcome>().Select(o => $"{report.Count(o)} {DoctorReport.Name(o)}");
        var open = report.Checks.Where(c => c.Result.IsUndetermined).Select(c => c.Id).ToArray();
        text.Append('\n');
        if (report.First is { } first && report.Checks.Count > 1)
        {
            text.Append("start with ")
                .Append(style.Strong(first.Id))
                .Append(": ")
                .Append(first.Result.Summary)
                .Append('\n');
        }

        text.AppendJoin(", ", counts);
        text.Append(open.Length > 0 ? $"; not determined: {string.Join(", ", open)}" : "").Append('\n');
    }

    private StringBuilder AddLabel(CheckOutcome outcome)
    {
        var label = DoctorReport.Name(outcome).PadRight(LabelWidth);
        return text.Append(
            outcome switch
            {
                CheckOutcome.Ok => style.Good(label),
                CheckOutcome.Warn => style.Doubtful(label),
                CheckOutcome.Fail => style.Bad(label),
                _ => style.Faint(label),
            }
        );
    }
}
