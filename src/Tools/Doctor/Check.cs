using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>One row of <see cref="CheckTable"/>.</summary>
/// <param name="Id">Stable, such as <c>CP004</c>; <c>docs/reference/doctor.md</c> has a heading for each.</param>
/// <param name="Title">A few words, as in the heading of the documentation.</param>
/// <param name="RunAsync">Looks, and changes nothing.</param>
internal sealed record Check(string Id, string Title, Func<NodeView, Task<CheckResult>> RunAsync)
{
    public Check(string id, string title, Func<NodeView, CheckResult> run)
        : this(id, title, view => Task.FromResult(run(view)))
    {
    }
}

/// <summary>A check and what it came to.</summary>
internal sealed record CheckReport(Check Check, CheckResult Result);
