// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Journal;

/// <summary>
/// Logs which secrets and keys match. A few matches are logged at info; further matches and everything that did not
/// match are logged at debug, so that a thousand mirrors or secrets do not cost thousands of journal entries per pull.
/// </summary>
internal static class MatchSentences
{
    private const int MaximumHitsAtInfo = 50;

    public static void Write(RunJournal journal, MatchResult match, string image)
    {
        var room = MaximumHitsAtInfo;
        foreach (var secret in match.Decisions)
        {
            var fits = secret.Keys.Any(key => key.Fits.Count > 0);
            journal.Write(
                Sentences.ParsingSecret(secret.SecretName, fits && room > 0 ? Priority.Info : Priority.Debug)
            );
            foreach (var key in secret.Keys)
            {
                if (key.Problem is not null)
                {
                    continue;
                }

                var priority = key.Fits.Count > 0 && room > 0 ? Priority.Info : Priority.Debug;
                journal.Write(Sentences.FoundAuth(secret.SecretName, key.Key, priority));
                for (var i = 0; i < key.Fits.Count; i++)
                {
                    var fit = key.Fits[i];
                    if (IsAlreadyLogged(key.Fits, i))
                    {
                        continue;
                    }

                    priority = room-- > 0 ? Priority.Info : Priority.Debug;
                    if (!journal.Keeps(priority))
                    {
                        return;
                    }

                    if (fit.Source.Kind == PullSourceKind.Mirror)
                    {
                        journal.Write(Sentences.CheckingMirror(fit.Source.Location, fit.Registry, priority));
                        journal.Write(
                            Sentences.UsingMirrorAuth(fit.Source.Location, fit.Registry, secret.SecretName, priority)
                        );
                    }
                    else
                    {
                        journal.Write(Sentences.UsingRegistryAuth(fit.Registry, image, secret.SecretName, priority));
                    }
                }
            }
        }
    }

    /// <summary>Two names that a short name may resolve to can share a mirror, which is then logged once.</summary>
    private static bool IsAlreadyLogged(IReadOnlyList<FittingSource> fits, int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (
                fits[i].Registry == fits[index].Registry
                && fits[i].Source.Kind == fits[index].Source.Kind
                && fits[i].Source.Location == fits[index].Source.Location
            )
            {
                return true;
            }
        }

        return false;
    }
}
