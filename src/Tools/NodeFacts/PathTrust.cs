// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>Somebody else than root can change or replace what is at the end of a path.</summary>
/// <param name="Step">Where on the path.</param>
/// <param name="Problem">Who can, as the end of a sentence about the step.</param>
/// <param name="IsOwner">Whether the owner is the problem, and not the mode.</param>
internal sealed record PathWeakness(FileFacts Step, string Problem, bool IsOwner);

/// <summary>Whether root alone can change what a path leads to: each directory and link target on the way
/// counts.</summary>
internal static class PathTrust
{
    public static IEnumerable<PathWeakness> Weaknesses(FileWay way)
    {
        for (var i = 0; i < way.Steps.Count; i++)
        {
            var step = way.Steps[i];
            if (step.Owner != 0)
            {
                yield return new PathWeakness(step, $"belongs to user {step.Owner}", IsOwner: true);
            }

            // The mode of a link means nothing. Below a sticky directory only the owner of an entry, or of the
            // directory, can replace it; an entry of another user is reported itself.
            var isProtected =
                step.Kind == FileKind.SymbolicLink || (step.IsSticky && step.Owner == 0 && i + 1 < way.Steps.Count);
            if (step.IsOthersWritable && !isProtected)
            {
                yield return new PathWeakness(
                    step,
                    $"can be written by others than root (mode {FileFacts.ModeText(step.Mode)})",
                    IsOwner: false
                );
            }
        }
    }
}
