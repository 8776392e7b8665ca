// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.PullRecords;

namespace CrioCredentialProvider.AuthFile;

/// <summary>Decides when a file in CRI-O's directory is no longer in use, as functions of what is known about
/// it.</summary>
internal static class LeftoverRules
{
    /// <summary>For a file without an intent. A pull's intent appears within a second, and the sweep is not
    /// urgent.</summary>
    public static readonly TimeSpan LongestWithoutIntent = TimeSpan.FromSeconds(60);

    /// <summary>A kubelet that pulls one image at a time may need this long until a file's turn comes.</summary>
    public static readonly TimeSpan LongestUntaken = TimeSpan.FromHours(1);

    /// <summary>No pull takes longer, so CRI-O must have been killed.</summary>
    public static readonly TimeSpan LongestPull = TimeSpan.FromHours(24);

    /// <summary>A temporary file of a dead writer is recognized by its free lock; the age covers the moment before the
    /// writer locks it.</summary>
    public static readonly TimeSpan YoungestTemporary = TimeSpan.FromSeconds(1);

    /// <summary>Whether CRI-O will no longer take this file.</summary>
    /// <param name="age">Since it was written or claimed.</param>
    /// <param name="intent">Whether the kubelet is pulling the file's image.</param>
    public static bool IsOrphan(TimeSpan age, PullIntent intent) =>
        age >= (intent == PullIntent.Absent ? LongestWithoutIntent : LongestUntaken);

    /// <summary>Whether no pull uses this file any more, although CRI-O took it.</summary>
    /// <param name="age">Since it was written.</param>
    /// <param name="takenBeforeCrio">Whether it was taken before the running CRI-O process was started.</param>
    public static bool IsAbandoned(TimeSpan age, bool takenBeforeCrio) =>
        age >= (takenBeforeCrio ? LongestWithoutIntent : LongestPull);
}
