// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Doctor.Report;

/// <summary>
/// Collects a check's findings. The worst finding is the outcome of the check, and the first of the worst is its
/// summary.
/// </summary>
internal sealed class Findings
{
    /// <summary>
    /// How many lines and fixes a report keeps for each check: a directory may contain thousands of files, and a
    /// registries.conf thousands of registries.
    /// </summary>
    private const int MaximumLines = 500;

    private readonly List<string> seen = [];
    private int left;
    private int problemCount;
    private readonly List<string> problems = [];
    private readonly List<Fix[]> fixes = [];
    private CheckOutcome worst = CheckOutcome.Ok;
    private string? summary;

    public bool IsEmpty => worst == CheckOutcome.Ok;

    /// <summary>Adds a line that is not a problem.</summary>
    public void Note(string line)
    {
        if (seen.Count < MaximumLines)
        {
            seen.Add(line);
        }
        else
        {
            left++;
        }
    }

    public void Warn(string problem, params IEnumerable<Fix> fix) => Add(CheckOutcome.Warn, problem, fix);

    public void Fail(string problem, params IEnumerable<Fix> fix) => Add(CheckOutcome.Fail, problem, fix);

    /// <param name="okSummary">The summary if nothing was found.</param>
    public CheckResult ToResult(string okSummary)
    {
        var more = problemCount > 1 ? $" (and {problemCount - 1} more)" : "";
        return new(worst, summary is null ? okSummary : summary + more)
        {
            Seen = left == 0 ? seen : [.. seen, $"and {left} more lines"],
            Problems = problems,
            Fix = [.. fixes.SelectMany(fix => fix)],
        };
    }

    private void Add(CheckOutcome outcome, string problem, IEnumerable<Fix> fix)
    {
        var isWorse = outcome > worst;
        if (isWorse)
        {
            (worst, summary) = (outcome, problem);
        }

        problemCount++;
        Note(problem);
        if (problems.Count >= MaximumLines && !isWorse)
        {
            return;
        }

        problems.Add(problem);
        Fix[] steps = [.. fix];

        // One command may fix several findings; the steps of one fix stay together.
        if (!fixes.Exists(other => other.AsSpan().SequenceEqual(steps)))
        {
            fixes.Add(steps);
        }
    }
}
