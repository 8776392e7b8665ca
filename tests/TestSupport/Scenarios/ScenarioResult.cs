// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.TestSupport;

/// <summary>What a scenario expects, or what a run came to: the text of each section that says so.</summary>
internal sealed record ScenarioResult(IReadOnlyDictionary<string, string> Sections)
{
    public static readonly string[] Names = ["exit code", "stdout", "stderr", "journal", "api requests"];

    /// <summary>Null when both are the same; else the name of the scenario, and each section that differs, both
    /// ways.</summary>
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
