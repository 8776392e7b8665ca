// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.AuthFile;

/// <summary>What a sweep did and saw.</summary>
/// <param name="Removed">The paths of the removed files.</param>
/// <param name="UntakenFiles">How many files of the namespace that was asked for are left untaken.</param>
/// <param name="UntakenBytes">Their size together.</param>
internal sealed record SweepResult(IReadOnlyList<string> Removed, int UntakenFiles, ulong UntakenBytes);
