// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.AuthFile;

/// <summary>Where the hand-over to CRI-O takes place.</summary>
/// <param name="AuthDirectory">CRI-O's directory.</param>
/// <param name="RunDirectory">This program's own, for the locks.</param>
/// <param name="KubeletRoot">The kubelet's <c>--root-dir</c>; asked only if there is a file to wait for.</param>
/// <param name="Timeout">The age up to which an untaken file is waited for without intents; zero waits for
/// none.</param>
/// <param name="Clocks">What time it is.</param>
internal sealed record DeliverySettings(
    string AuthDirectory,
    string RunDirectory,
    Func<string> KubeletRoot,
    TimeSpan Timeout,
    Clocks Clocks
);

/// <summary>The way of one pull's auth file into CRI-O's directory: in turn, and with older pulls' leftovers
/// removed.</summary>
/// <param name="settings">Where, and for how long.</param>
/// <param name="ns">The pod's namespace.</param>
/// <param name="image">The image of the request.</param>
/// <param name="account">The service account, as in its marks.</param>
/// <param name="journal">Takes what was done.</param>
internal sealed class AuthFileDelivery(
    DeliverySettings settings,
    string ns,
    RepositoryName image,
    string account,
    RunJournal journal
) : IDisposable
{
    /// <summary>If waiting is off, this bound still distinguishes a leftover from another pod's file.</summary>
    private static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(10);

    /// <summary>For a run that is removing a leftover: a thousand times what it needs, so that only a stuck one is
    /// overtaken.</summary>
    private static readonly TimeSpan LongestRemoval = TimeSpan.FromSeconds(1);

    private readonly TurnOwner owner = new(AuthFileName.For(ns, image), image, account);

    private readonly TurnRules rules = new(settings.Timeout > TimeSpan.Zero ? settings.Timeout : DefaultBound)
    {
        MayWait = settings.Timeout > TimeSpan.Zero,
    };

    private HandOverDirectory? open;

    /// <summary>Writes the file when it is this pull's turn.</summary>
    /// <param name="content">What it will hold.</param>
    /// <param name="elapsed">How long the run has taken so far.</param>
    /// <returns>Its path.</returns>
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
            // No turns, but a run that is just removing this leftover must not take the new file for it. Half the
            // bound, since that run may see the file a little older than this one does.
            _ = open.Locks.Take(owner.FileName, LongestRemoval);
        }

        AuthFileWriter.Write(open.Auth, owner.FileName, json, file =>
            open.Marks.Write(file, owner.FileName, new AuthFileMark(settings.Clocks.Boot(), IsClaimed: false, account))
        );
        journal.Write(Sentences.WroteAuthFile(path, content.EntryCount));
        return path;
    }

    /// <summary>
    /// A run that writes nothing takes its turn as well: its own pull follows, and must not take what another run wrote
    /// for another pull, nor what this run no longer saw. What cannot be removed is a warning.
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

    /// <summary>The warning that the kubelet's intents could not decide.</summary>
    /// <param name="problem">Why not.</param>
    public static Notice IntentsUnused(string problem) =>
        new(
            Reasons.PullRecordsUnusable,
            $"The kubelet's pull intents are not used, and the age of auth files decides: {OneLine.Of(problem)}"
        );

    /// <summary>Lets go of the lock: the next run's turn begins.</summary>
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
