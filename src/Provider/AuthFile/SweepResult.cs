// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.AuthFile;

/// <summary>What a sweep removed and found.</summary>
/// <param name="Removed">The paths of the removed files.</param>
/// <param name="UntakenFiles">How many untaken files of the given namespace remain.</param>
/// <param name="UntakenBytes">Their total size.</param>
internal sealed record SweepResult(IReadOnlyList<string> Removed, int UntakenFiles, ulong UntakenBytes);
