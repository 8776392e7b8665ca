// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.AuthFile;

/// <summary>Removes files that CRI-O took for a pull, and did not remove because it was killed.</summary>
/// <param name="directory">CRI-O's directory, in which it keeps them in another.</param>
/// <param name="marks">The marks of its files.</param>
/// <param name="clocks">What time it is.</param>
/// <param name="warn">Takes what cannot be looked at or removed.</param>
internal sealed class InUseRemover(AuthDirectory directory, AuthFileMarks marks, Clocks clocks, Action<Notice> warn)
{
    /// <summary>A run needs nothing of this directory: what is wrong with it is a warning.</summary>
    /// <param name="removed">Takes the paths of removed files.</param>
    public void Sweep(List<string> removed)
    {
        try
        {
            using var inUse = directory.Inner(AuthFileName.InUse);
            if (inUse is not null)
            {
                removed.AddRange(RemoveAbandoned(inUse));
            }
        }
        catch (ProviderException e)
        {
            warn(new Notice(e.Reason, Outcome.Failed.Of(e).Line));
        }
    }

    /// <summary>Files that CRI-O took, and that it did not remove because it was killed.</summary>
    private IEnumerable<string> RemoveAbandoned(AuthDirectory inUse)
    {
        DateTimeOffset? crioStart = null;
        var hasLooked = false;
        foreach (var name in inUse.Names())
        {
            if (!AuthFileName.IsInUse(name))
            {
                continue;
            }

            using var file = UntakenFile.Open(inUse, marks, name);
            if (file is null || file.Age(clocks) is var age && age < LeftoverRules.LongestWithoutIntent)
            {
                continue;
            }

            if (!hasLooked)
            {
                hasLooked = true;
                crioStart = CrioProcessReader.StartOfOldest(clocks);
            }

            if (
                LeftoverRules.IsAbandoned(age, crioStart is { } start && file.WasNamedBefore(start, clocks))
                && inUse.TryRemove(name, warn)
            )
            {
                yield return $"{inUse.Path}/{name}";
            }
        }
    }
}
