// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Tools.Doctor.Report;

/// <summary>
/// The report for node-problem-detector's custom plugins: one line, which becomes the message of a node condition and
/// which the plugin monitor cuts off after 80 bytes.
/// </summary>
internal static class DoctorLine
{
    public const int MaximumBytes = 80;

    public static string Of(DoctorReport report)
    {
        var line =
            report.NotANode is not null ? "not a node with kubelet and CRI-O"
            : report.First is { } first && report.ExitCode == 1 ? $"{first.Id} {first.Title}: {Rest(report, first)}"
            : report.Checks.FirstOrDefault(c => c.Result.IsUndetermined) is { } open
                ? $"{open.Id} {open.Title}: {open.Result.Summary}"
            : report.First is { } warning ? $"ok; warning {warning.Id}: {warning.Result.Summary}"
            : $"ok: {report.Count(CheckOutcome.Ok)} checks passed";
        return Cut(line) + "\n";
    }

    private static string Rest(DoctorReport report, CheckReport first)
    {
        string[] others =
        [
            .. report.Checks.Where(c => c != first && c.Result.Outcome == CheckOutcome.Fail).Select(c => c.Id),
        ];
        return others.Length == 0 ? first.Result.Summary : $"and {string.Join(", ", others)}: {first.Result.Summary}";
    }

    /// <summary>Cuts between characters. The limit includes the line break.</summary>
    private static string Cut(string line)
    {
        var bytes = 0;
        var kept = new StringBuilder();
        foreach (var rune in line.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes >= MaximumBytes)
            {
                break;
            }

            kept.Append(rune.ToString());
        }

        return kept.ToString();
    }
}
