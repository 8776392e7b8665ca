using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>The report for people: a line for each check, what was seen, what to type, and the counts.</summary>
internal static class DoctorText
{
    private const int LabelWidth = 8;

    public static string Of(IReadOnlyList<CheckReport> reports, TextStyle style)
    {
        var text = new StringBuilder();
        foreach (var (check, result) in reports)
        {
            text.Append(Coloured(style, result.Outcome, Name(result.Outcome).PadRight(LabelWidth)))
                .Append(style.Strong(check.Id)).Append(' ').Append(check.Title).Append(": ").Append(result.Summary).Append('\n');
            foreach (var line in result.Seen.Where(line => line != result.Summary))
            {
                text.Append(' ', LabelWidth).Append(style.Faint(line)).Append('\n');
            }

            if (result.Fix.Count > 0)
            {
                text.Append(' ', LabelWidth).Append(result.Outcome == CheckOutcome.Skipped ? "try:\n" : "fix:\n");

                // A here-document must stand at the margin, or the shell does not find its end.
                var indent = result.Fix.Contains("EOF") ? 0 : LabelWidth + 2;
                foreach (var line in result.Fix)
                {
                    text.Append(' ', indent).Append(line).Append('\n');
                }
            }
        }

        text.Append('\n').AppendJoin(", ", Enum.GetValues<CheckOutcome>().Select(outcome => $"{Count(reports, outcome)} {Name(outcome)}"));
        var open = reports.Where(report => report.Result.IsUndetermined).Select(report => report.Check.Id).ToArray();
        return text.Append(open.Length > 0 ? $"; could not be found out: {string.Join(", ", open)}" : "").Append('\n').ToString();
    }

    public static string Name(CheckOutcome outcome) => outcome.ToString().ToLowerInvariant();

    public static int Count(IReadOnlyList<CheckReport> reports, CheckOutcome outcome) =>
        reports.Count(report => report.Result.Outcome == outcome);

    private static string Coloured(TextStyle style, CheckOutcome outcome, string text) => outcome switch
    {
        CheckOutcome.Ok => style.Good(text),
        CheckOutcome.Warn => style.Doubtful(text),
        CheckOutcome.Fail => style.Bad(text),
        _ => style.Faint(text),
    };
}
