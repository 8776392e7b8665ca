// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Matching;

/// <summary>
/// What matching reports to people: decisions and notices. They do not affect the result, so both are limited:
/// thousands of invalid secrets in a namespace must neither flood the journal nor fill the memory.
/// </summary>
/// <param name="keepMisses">Whether decisions include keys that match nothing.</param>
internal sealed class MatchRecord(bool keepMisses)
{
    /// <summary>Maximum number of notices about single secrets and entries per run.</summary>
    public const int MaximumNotices = 50;

    /// <summary>Maximum number of matches in the decisions; a key without a match uses one too.</summary>
    public const int MaximumFits = 10_000;

    private readonly List<SecretDecision> decisions = [];
    private readonly List<Notice> notices = [];
    private int fitCount;
    private int secretNotices; // including those that are left out

    /// <summary>Whether another decision can be kept.</summary>
    public bool HasRoom => fitCount < MaximumFits;

    public IReadOnlyList<Notice> Notices => notices;

    /// <summary>Sorted by the name of the secret.</summary>
    public IReadOnlyList<SecretDecision> Decisions =>
        [.. decisions.OrderBy(decision => decision.SecretName, StringComparer.Ordinal)];

    /// <summary>Keeps a notice about one secret or entry, up to the limit. One more says that others are left
    /// out.</summary>
    public void Notice(Reason reason, string message)
    {
        secretNotices++;
        if (secretNotices <= MaximumNotices)
        {
            notices.Add(new Notice(reason, message));
        }
        else if (secretNotices == MaximumNotices + 1)
        {
            NoticeOfRun(
                Reasons.SecretSkipped,
                $"Further warnings about the namespace's secrets are left out: there are more than {MaximumNotices}"
            );
        }
    }

    /// <summary>Keeps a notice about all secrets together, which is never left out.</summary>
    public void NoticeOfRun(Reason reason, string message) => notices.Add(new Notice(reason, message));

    /// <summary>Keeps the decisions about one secret, up to the limit.</summary>
    public void Add(string secretName, IEnumerable<KeyDecision> all)
    {
        List<KeyDecision>? keys = null;
        foreach (var decision in all)
        {
            if ((keepMisses || decision.Fits.Count > 0) && HasRoom)
            {
                fitCount += Math.Max(1, decision.Fits.Count);
                (keys ??= []).Add(decision);
            }
        }

        if (keys is not null || keepMisses)
        {
            decisions.Add(new SecretDecision(secretName, keys ?? []));
        }
    }
}
