// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Journal;

/// <summary>Logs what registries.conf says about an image.</summary>
internal static class MirrorSentences
{
    public static void Write(RunJournal journal, RegistriesConf conf)
    {
        if (conf.Found)
        {
            journal.Write(Sentences.MatchingMirrors(conf.MainPath));
        }

        if (conf.MissingMain is { } missing)
        {
            journal.Warn(new Notice(Reasons.RegistriesConfNotThere, missing));
        }

        if (conf.ShortNameProblem is { } problem)
        {
            journal.Write(Sentences.ShortNamesIgnored(problem));
        }
    }

    public static void Write(RunJournal journal, PullSources sources, string image)
    {
        var mirrors = string.Join(", ", sources.MirrorLocations);
        journal.Write(
            mirrors.Length > 0
                ? Sentences.GotMirrors(image, mirrors)
                : Sentences.RemappedTo(image, sources.Sources[^1].Location)
        );
        if (sources.DecidedBy is { } origin)
        {
            journal.Write(Sentences.DecidedBy(image, origin));
        }
    }
}
