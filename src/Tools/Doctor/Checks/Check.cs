// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>One row of <see cref="CheckTable"/>.</summary>
/// <param name="Id">A stable ID, for example <c>CP004</c>; <c>docs/reference/doctor.md</c> has a heading for
/// each.</param>
/// <param name="Title">A few words, as in the heading of the documentation.</param>
/// <param name="RunAsync">Runs the check, which changes nothing on the node.</param>
internal sealed record Check(string Id, string Title, Func<NodeView, Task<CheckResult>> RunAsync)
{
    public Check(string id, string title, Func<NodeView, CheckResult> run)
        : this(id, title, view => Task.FromResult(run(view))) { }
}
