using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Journal;

namespace CrioCredentialProvider.AuthFile;

/// <summary>The way of one pull's auth file into CRI-O's directory: in turn, and with older pulls' leftovers removed.</summary>
/// <param name="directoryPath">CRI-O's directory.</param>
/// <param name="fileName">The file's name there.</param>
/// <param name="handOverTimeout">The age up to which an untaken file is waited for; zero waits for none.</param>
/// <param name="clock">The node's clock.</param>
/// <param name="journal">Takes what was done.</param>
/// <param name="warn">Takes what is odd but no reason to fail.</param>
internal sealed class AuthFileDelivery(
    string directoryPath,
    string fileName,
    TimeSpan handOverTimeout,
    Func<DateTimeOffset> clock,
    RunJournal journal,
    Action<Notice> warn)
{
    /// <summary>Waiting turned off has no bound of its own: this one still tells a leftover from another pod's file.</summary>
    private static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(10);

    /// <summary>For a run that is removing a leftover: a thousand times what it needs, so that only a stuck one is passed by.</summary>
    private static readonly TimeSpan LongestRemoval = TimeSpan.FromSeconds(1);

    /// <summary>Writes the file when it is this pull's turn.</summary>
    /// <param name="content">What it will hold.</param>
    /// <param name="elapsed">How long the run has taken so far.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="ProviderException">Nothing was written.</exception>
    public string Deliver(AuthFileContent content, TimeSpan elapsed)
    {
        using var directory = AuthDirectory.OpenOrCreate(directoryPath, warn);
        using var locks = new AuthFileLocks(directory);
        if (handOverTimeout > TimeSpan.Zero)
        {
            var turn = HandOver.Await(
                directory, locks, fileName, handOverTimeout, HandOver.LongestAfter(elapsed), clock);
            journal.Write(Sentences.HandedOver(turn, $"{directory.Path}/{fileName}"));
        }
        else if (directory.Modified(fileName) is { } modified && (clock() - modified).Duration() > DefaultBound / 2)
        {
            // No turns, but a run that is just removing this leftover must not take the new file for it. Half the bound,
            // since that run may see the file a little older than this one does.
            _ = locks.Take(fileName, LongestRemoval);
        }

        var path = AuthFileWriter.Write(directory, fileName, content.ToJson());
        journal.Write(Sentences.WroteAuthFile(path, content.EntryCount));
        return path;
    }

    /// <summary>
    /// No revoked credential may outlive its secret: where this run wrote nothing, an older file for this pull is
    /// nobody's any more, and other old ones are removed in passing. What cannot be removed is a warning.
    /// </summary>
    public void RemoveLeftovers(bool wrote)
    {
        try
        {
            using var directory = AuthDirectory.OpenIfThere(directoryPath);
            if (directory is null)
            {
                return;
            }

            using var locks = new AuthFileLocks(directory);
            var bound = handOverTimeout > TimeSpan.Zero ? handOverTimeout : DefaultBound;
            if (!wrote && LeftoverRemover.RemoveIfOlderThan(directory, locks, fileName, bound, clock(), warn))
            {
                journal.Write(Sentences.RemovedLeftover($"{directory.Path}/{fileName}"));
            }

            foreach (var path in LeftoverRemover.Sweep(directory, locks, clock(), warn))
            {
                journal.Write(Sentences.RemovedLeftover(path));
            }
        }
        catch (ProviderException e)
        {
            warn(new Notice(e.Reason, new Outcome.Failed(e.Reason, e.Problem, e.Hint).Line));
        }
    }
}
