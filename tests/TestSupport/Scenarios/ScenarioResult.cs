// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// What a scenario expects, or the result of a run: the text of each section that describes a result.
/// </summary>
internal sealed record ScenarioResult(IReadOnlyDictionary<string, string> Sections)
{
    public static readonly string[] Names = ["exit code", "stdout", "stderr", "journal", "api requests"];

    /// <summary>
    /// Null if both are equal; otherwise the name of the scenario, and both texts of each section that differs.
    /// </summary>
    public static string? Difference(string scenario, ScenarioResult expected, ScenarioResult actual)
    {
        var report = new StringBuilder();
        foreach (var name in expected.Sections.Keys.Union(actual.Sections.Keys))
        {
            var (wanted, got) = (expected.Sections.GetValueOrDefault(name), actual.Sections.GetValueOrDefault(name));
            if (wanted != got)
            {
                report
                    .Append($"scenario {scenario}: \"{name}\" differs{FirstLine(wanted, got)}\n")
                    .Append($"--- expected{(wanted is null ? ": no such file" : "\n" + wanted)}\n")
                    .Append($"--- actual{(got is null ? ": no such file" : "\n" + got)}\n");
            }
        }

        return report.Length == 0 ? null : report.ToString();
    }

    private static string FirstLine(string? wanted, string? got)
    {
        var (a, b) = ((wanted ?? "").Split('\n'), (got ?? "").Split('\n'));
        var line = a.Zip(b).TakeWhile(pair => pair.First == pair.Second).Count();
        return wanted is null || got is null ? "" : $", first in line {line + 1}";
    }
}
