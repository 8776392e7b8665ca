// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.AuthFile;

/// <summary>The directories and limits of the hand-over to CRI-O.</summary>
/// <param name="AuthDirectory">CRI-O's directory.</param>
/// <param name="RunDirectory">This program's own directory, for the locks.</param>
/// <param name="KubeletRoot">The kubelet's <c>--root-dir</c>; called only if there is a file to wait for.</param>
/// <param name="Timeout">
/// Without intents, how old an untaken file may get before the run stops waiting for it; zero disables waiting.
/// </param>
/// <param name="Clocks">Wall clock and boot clock.</param>
internal sealed record DeliverySettings(
    string AuthDirectory,
    string RunDirectory,
    Func<string> KubeletRoot,
    TimeSpan Timeout,
    Clocks Clocks
);

/// <summary>Delivers one pull's auth file to CRI-O's directory: takes its turn, and removes leftovers of older
/// pulls.</summary>
/// <param name="settings">Directories and limits.</param>
/// <param name="ns">The pod's namespace.</param>
/// <param name="image">The image of the request.</param>
/// <param name="account">The service account, as in the marks of its files.</param>
/// <param name="journal">Logs the steps.</param>
internal sealed class AuthFileDelivery(
    DeliverySettings settings,
    string ns,
    RepositoryName image,
    string account,
    RunJournal journal
) : IDisposable
{
    /// <summary>Distinguishes a leftover from another pod's file even if waiting is disabled.</summary>
    private static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for a run that is removing a leftover: a thousand times what it needs, so that only a
    /// stuck run is overtaken.</summary>
    private static readonly TimeSpan LongestRemoval = TimeSpan.FromSeconds(1);

    private readonly TurnOwner owner = new(AuthFileName.For(ns, image), image, account);

    private readonly TurnRules rules = new(settings.Timeout > TimeSpan.Zero ? settings.Timeout : DefaultBound)
    {
        MayWait = settings.Timeout > TimeSpan.Zero,
    };

    private HandOverDirectory? open;

    /// <summary>Writes the file when it is this pull's turn.</summary>
    /// <param name="content">The content of the file.</param>
    /// <param name="elapsed">How long the run has taken so far.</param>
    /// <returns>The path of the file.</returns>
    /// <exception cref="ProviderException">Nothing was written.</exception>
    public string Deliver(AuthFileContent content, TimeSpan elapsed)
    {
        var json = content.ToJson();
        AuthFileLimits.CheckSize(json.Length);
        open = HandOverDirectory.OpenOrCreate(settings, journal.Warn);
        var path = $"{open.Auth.Path}/{owner.FileName}";
        var swept = Sweep(open);
        AuthFileLimits.CheckNamespace(ns, swept, (ulong)json.Length);
        AuthFileLimits.CheckFreeSpace(open.Auth, (ulong)json.Length);
        if (rules.MayWait)
        {
            var turn = open.HandOver.Await(TurnPurpose.Write, owner, json, rules, elapsed);
            WarnOfIntents(open);
            journal.Write(TurnSentences.HandedOver(turn, path));
            if (turn.Action == TurnAction.Claim)
            {
                return path;
            }
        }
        else if (open.AgeOf(owner.FileName) > DefaultBound / 2)
        {
            // Turns are disabled, but a run that is removing this leftover must not remove the new file instead. Half
            // the bound is used because that run may compute a slightly higher age.
            _ = open.Locks.Take(owner.FileName, LongestRemoval);
        }

        AuthFileWriter.Write(open.Auth, owner.FileName, json, file =>
            open.Marks.Write(file, owner.FileName, new AuthFileMark(settings.Clocks.Boot(), IsClaimed: false, account))
        );
        journal.Write(Sentences.WroteAuthFile(path, content.EntryCount));
        return path;
    }

    /// <summary>
    /// A run that writes nothing takes its turn as well: its own pull follows, and must not use a file that was written
    /// for another pull, or a credential that this run no longer found. A file that cannot be removed is a warning.
    /// </summary>
    /// <param name="purpose">Why it writes nothing.</param>
    /// <param name="elapsed">How long the run has taken so far.</param>
    public void EndWithoutFile(TurnPurpose purpose, TimeSpan elapsed)
    {
        try
        {
            open ??= HandOverDirectory.OpenIfThere(settings);
            if (open is null)
            {
                return;
            }

            if (open.Auth.Status(owner.FileName) is not null)
            {
                var turn = open.HandOver.Await(purpose, owner, [], rules, elapsed);
                WarnOfIntents(open);
                journal.Write(TurnSentences.EndedWithoutFile(turn, $"{open.Auth.Path}/{owner.FileName}"));
            }

            Sweep(open);
        }
        catch (ProviderException e)
        {
            journal.Warn(new Notice(e.Reason, Outcome.Failed.Of(e).Line));
        }
    }

    /// <summary>The warning that the kubelet's intents could not be used.</summary>
    /// <param name="problem">The cause.</param>
    public static Notice IntentsUnused(string problem) =>
        new(
            Reasons.PullRecordsUnusable,
            $"The kubelet's pull intents are not used, and the age of auth files decides: {OneLine.Of(problem)}"
        );

    /// <summary>Releases the lock, so that the next run gets its turn.</summary>
    public void Dispose() => open?.Dispose();

    private SweepResult Sweep(HandOverDirectory directory)
    {
        var swept = directory.Remover(journal.Warn).Sweep(owner.FileName, ns);
        foreach (var entry in Sentences.RemovedLeftovers(directory.Auth.Path, swept.Removed))
        {
            journal.Write(entry);
        }

        return swept;
    }

    private void WarnOfIntents(HandOverDirectory directory)
    {
        if (directory.IntentProblem is { } problem)
        {
            journal.Warn(IntentsUnused(problem));
        }
    }
}
