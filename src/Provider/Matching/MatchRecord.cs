// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Matching;

/// <summary>
/// What matching reports to people: decisions and notices. They change nothing, so both are bounded; a namespace of
/// thousands of bad secrets must not flood the journal, nor fill the memory.
/// </summary>
/// <param name="keepMisses">Whether keys that fit nothing are kept.</param>
internal sealed class MatchRecord(bool keepMisses)
{
    /// <summary>Notices kept of one run.</summary>
    public const int MaximumNotices = 50;

    /// <summary>Fits kept as decisions; a key without any counts as one.</summary>
    public const int MaximumFits = 10_000;

    private readonly List<SecretDecision> decisions = [];
    private readonly List<Notice> notices = [];
    private int fitCount;

    /// <summary>Whether there is room for another decision.</summary>
    public bool HasRoom => fitCount < MaximumFits;

    public IReadOnlyList<Notice> Notices => notices;

    /// <summary>In name order of the secrets.</summary>
    public IReadOnlyList<SecretDecision> Decisions =>
        [.. decisions.OrderBy(decision => decision.SecretName, StringComparer.Ordinal)];

    public void Notice(Reason reason, string message)
    {
        if (notices.Count < MaximumNotices)
        {
            notices.Add(new Notice(reason, message));
        }
    }

    /// <summary>Keeps what was decided for one secret, as far as there is room.</summary>
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
