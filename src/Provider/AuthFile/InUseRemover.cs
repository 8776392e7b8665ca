// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.AuthFile;

/// <summary>Removes files that CRI-O took for a pull, but did not remove because it was killed.</summary>
/// <param name="directory">CRI-O's directory; the files are in a subdirectory of it.</param>
/// <param name="marks">The marks of its files.</param>
/// <param name="clocks">Wall clock and boot clock.</param>
/// <param name="warn">Receives what cannot be read or removed.</param>
internal sealed class InUseRemover(AuthDirectory directory, AuthFileMarks marks, Clocks clocks, Action<Notice> warn)
{
    /// <summary>A run does not need this subdirectory, so any problem with it is a warning.</summary>
    /// <param name="removed">Receives the paths of removed files.</param>
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

    /// <summary>Yields the paths of the files that it removed.</summary>
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
