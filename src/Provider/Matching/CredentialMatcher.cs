// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Matching;

/// <summary>
/// Selects from a namespace's secrets, one at a time, the credentials that match an image's pull sources, and keeps the
/// winner for each registry key. Its memory is bounded, regardless of the namespace's content.
/// </summary>
/// <param name="sources">Where CRI-O will pull from.</param>
/// <param name="keepMisses">Whether decisions include keys that match nothing, which only people need.</param>
internal sealed class CredentialMatcher(PullSources sources, bool keepMisses)
{
    private readonly SourceIndex index = new(sources.Sources);
    private MatchRecord record = new(keepMisses);
    private Winners? winners;
    private KeyFilter? wants;
    private RoomBelow below = new();
    private int unreadable;

    private Winners Best => winners ??= new Winners(index.RankOf);

    /// <summary>Discards everything because the listing starts over.</summary>
    public void Clear() => (winners, record, below) = (null, new MatchRecord(keepMisses), new RoomBelow());

    public void Add(in PullSecret secret)
    {
        if (secret.DockerConfigJson is not { } document)
        {
            record.Notice(
                Reasons.SecretSkipped,
                $"Skipping secret \"{secret.Name}\": it has no key \".dockerconfigjson\""
            );
            return;
        }

        if (!keepMisses && index.HasOthersOnly(document.Span))
        {
            return;
        }

        unreadable = 0;
        try
        {
            var entries = DockerConfigReader.Read(document.Span, wants ??= Wants, out var problem);
            if (problem is not null)
            {
                record.Notice(Reasons.SecretSkipped, $"Skipping secret \"{secret.Name}\": {problem}");
            }

            if (entries.Count > 0 || keepMisses)
            {
                Decide(secret.Name, entries);
            }
        }
        catch (FormatException e)
        {
            record.Notice(Reasons.SecretSkipped, $"Skipping secret \"{secret.Name}\": {e.Message}");
        }
    }

    public MatchResult Complete()
    {
        if (Best.HasDropped)
        {
            record.NoticeOfRun(
                Reasons.EntrySkipped,
                "Skipping credentials for the last pull sources: an auth file has room for "
                    + $"{Winners.MaximumSize} bytes of credentials"
            );
        }

        if (index.HasIgnoredGlobs)
        {
            record.NoticeOfRun(
                Reasons.EntrySkipped,
                "Skipping keys with globs: they are too many or too long for so many mirrors"
            );
        }

        List<AppliedCredential> credentials = [];
        foreach (var (registry, _, candidate) in Best.All.OrderBy(winner => winner.Registry, StringComparer.Ordinal))
        {
            credentials.Add(new AppliedCredential(registry, candidate.Credential, candidate.SecretName, candidate.Key));
        }

        return new MatchResult(credentials, record.Decisions, record.Notices);
    }

    private void Decide(string secretName, IReadOnlyList<DockerConfigEntry> entries) =>
        record.Add(secretName, entries.Select(entry => Decide(secretName, entry)).OfType<KeyDecision>());

    private KeyDecision? Decide(string secretName, DockerConfigEntry entry)
    {
        if (!UnusableKey.IsUsable(entry.Key, out var key))
        {
            var why = UnusableKey.Explain(entry.Key);
            record.Notice(Reasons.EntrySkipped, $"Skipping an entry of secret \"{secretName}\": {why}");
            return Missed("", "", why);
        }

        var fits = index.FitsOf(key);
        if (fits.Count == 0)
        {
            return keepMisses ? new KeyDecision(OneLine.Of(entry.Key), key.ToString(), fits) : null;
        }

        var text = OneLine.Of(entry.Key);
        if (entry.Credential is not { } credential)
        {
            if (entry.Problem is not null)
            {
                record.Notice(
                    Reasons.EntrySkipped,
                    $"Skipping entry \"{text}\" of secret \"{secretName}\": {entry.Problem}"
                );
            }

            return Missed(text, key.ToString(), entry.Problem ?? "it has no credential");
        }

        if (!HasRoom(fits, credential))
        {
            return null;
        }

        if (BlankEnds.Find(credential) is { } slip)
        {
            record.Notice(
                Reasons.CredentialEndsInBlank,
                $"Entry \"{text}\" of secret \"{secretName}\" is used as it is, but {slip}"
            );
        }

        foreach (var fit in fits)
        {
            Take(fit.Registry, new Candidate(credential, secretName, text, key.IsGlob));
        }

        return new KeyDecision(text, key.ToString(), fits);
    }

    private bool Wants(ReadOnlySpan<byte> text)
    {
        if (!keepMisses && index.IsElsewhere(text))
        {
            return false;
        }

        var key = GoJson.Text(text);
        if (!UnusableKey.IsUsable(key, out var parsed))
        {
            return unreadable++ < MatchRecord.MaximumNotices;
        }

        return (keepMisses && record.HasRoom)
            || index.ReachOf(parsed) switch
            {
                KeyReach.LookedUp => true,
                KeyReach.BelowMirror => below.IsLeft,
                _ => false,
            };
    }

    /// <summary>Whether this credential may be kept: always if CRI-O looks for it, up to a limit if it is below a
    /// mirror's location.</summary>
    private bool HasRoom(IReadOnlyList<FittingSource> fits, Credential credential)
    {
        if (fits.Any(fit => index.RankOf(fit.Registry) is not null))
        {
            return true;
        }

        var isLeft = below.Take(fits[0].Registry.Length + credential.Size, out var isFirstWithout);
        if (isFirstWithout)
        {
            record.NoticeOfRun(Reasons.EntrySkipped, RoomBelow.NoneLeft);
        }

        return isLeft;
    }

    private KeyDecision? Missed(string key, string registry, string problem) =>
        keepMisses ? new KeyDecision(key, registry, []) { Problem = problem } : null;

    private void Take(string registry, Candidate candidate)
    {
        if (Best.Take(registry, candidate) is var (winner, loser))
        {
            record.Notice(
                Reasons.EntryOverridden,
                $"Credentials for \"{registry}\" in secret \"{loser.SecretName}\" are overridden by secret "
                    + $"\"{winner.SecretName}\""
            );
        }
    }
}
