using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>Collects what a check finds; the worst of it is the check's outcome, and the first of the worst its summary.</summary>
internal sealed class Findings
{
    private readonly List<string> seen = [];
    private readonly List<string[]> fixes = [];
    private CheckOutcome worst = CheckOutcome.Ok;
    private string? summary;
    private int count;

    public bool AreNone => worst == CheckOutcome.Ok;

    /// <summary>A fact that is neither good nor bad.</summary>
    public void See(string line) => seen.Add(line);

    public void Warn(string problem, params IEnumerable<string> fixLines) => Add(CheckOutcome.Warn, problem, fixLines);

    public void Fail(string problem, params IEnumerable<string> fixLines) => Add(CheckOutcome.Fail, problem, fixLines);

    /// <param name="allIsWell">The summary when nothing was found.</param>
    public CheckResult ToResult(string allIsWell) =>
        new(worst, summary is null ? allIsWell : count > 1 ? $"{summary} (and {count - 1} more)" : summary)
        {
            Seen = seen,
            Fix = [.. fixes.SelectMany(lines => lines)],
        };

    private void Add(CheckOutcome outcome, string problem, IEnumerable<string> fixLines)
    {
        if (outcome > worst)
        {
            (worst, summary) = (outcome, problem);
        }

        count++;
        seen.Add(problem);
        string[] lines = [.. fixLines];

        // One command may mend several findings; the lines of a manifest are not taken apart.
        if (!fixes.Exists(other => other.AsSpan().SequenceEqual(lines)))
        {
            fixes.Add(lines);
        }
    }
}
