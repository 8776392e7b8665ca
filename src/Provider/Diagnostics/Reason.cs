// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Diagnostics;

/// <summary>
/// Why a run wrote nothing, failed, or warned. The id is stable: scripts match on it, the journal has it as
/// <c>CRIO_CP_CODE</c>, and <c>docs/reference/messages.md</c> has a heading for each.
/// </summary>
/// <param name="Id">
/// For example <c>CP401</c>; the hundreds digit is the step of the pipeline. CP001 to CP099 are doctor's.
/// </param>
/// <param name="Title">A few words, as in the heading of the documentation.</param>
internal sealed record Reason(string Id, string Title);
