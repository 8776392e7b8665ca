// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.PullRecords;

namespace CrioCredentialProvider.AuthFile;

/// <summary>When a file in CRI-O's directory belongs to nobody any more, as functions of what is known about
/// it.</summary>
internal static class LeftoverRules
{
    /// <summary>For a file without an intent. A pull's intent comes within a second, and the sweep need not be in a
    /// hurry.</summary>
    public static readonly TimeSpan LongestWithoutIntent = TimeSpan.FromSeconds(60);

    /// <summary>A kubelet that pulls one image at a time may need this long until a file's turn comes.</summary>
    public static readonly TimeSpan LongestUntaken = TimeSpan.FromHours(1);

    /// <summary>No pull lasts longer: CRI-O was killed.</summary>
    public static readonly TimeSpan LongestPull = TimeSpan.FromHours(24);

    /// <summary>A temporary file whose writer died is known by its lock; the age covers the moment before it is
    /// locked.</summary>
    public static readonly TimeSpan YoungestTemporary = TimeSpan.FromSeconds(1);

    /// <summary>Whether CRI-O will not take this file any more.</summary>
    /// <param name="age">Since it was written or claimed.</param>
    /// <param name="intent">Whether the kubelet is pulling the file's image.</param>
    public static bool IsOrphan(TimeSpan age, PullIntent intent) =>
        age >= (intent == PullIntent.Absent ? LongestWithoutIntent : LongestUntaken);

    /// <summary>Whether no pull uses this file any more, though CRI-O took it.</summary>
    /// <param name="age">Since it was written.</param>
    /// <param name="takenBeforeCrio">Whether it was taken before the CRI-O process that runs now was started.</param>
    public static bool IsAbandoned(TimeSpan age, bool takenBeforeCrio) =>
        age >= (takenBeforeCrio ? LongestWithoutIntent : LongestPull);
}
