// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>A component of a path that lets users other than root change or replace the file at the end.</summary>
/// <param name="Step">The component.</param>
/// <param name="Problem">Who can change it, as the end of a sentence about the component.</param>
/// <param name="IsOwner">Whether the problem is the owner rather than the mode.</param>
internal sealed record PathWeakness(FileFacts Step, string Problem, bool IsOwner);

/// <summary>
/// Checks that only root can change the file at a path, including each directory and link target on the way.
/// </summary>
internal static class PathTrust
{
    public static IEnumerable<PathWeakness> Weaknesses(ResolvedPath resolved)
    {
        for (var i = 0; i < resolved.Steps.Count; i++)
        {
            var step = resolved.Steps[i];
            if (step.Owner != 0)
            {
                yield return new PathWeakness(step, $"belongs to user {step.Owner}", IsOwner: true);
            }

            // The mode of a link has no effect. In a sticky directory, only the owner of an entry or of the directory
            // can replace the entry; entries that belong to other users are reported on their own.
            var isProtected =
                step.Kind == FileKind.SymbolicLink
                || (step.IsSticky && step.Owner == 0 && i + 1 < resolved.Steps.Count);
            if (step.IsOthersWritable && !isProtected)
            {
                yield return new PathWeakness(
                    step,
                    $"can be written by users other than root (mode {FileFacts.ModeText(step.Mode)})",
                    IsOwner: false
                );
            }
        }
    }
}
