// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Journal;

namespace CrioCredentialProvider.AuthFile;

/// <summary>The journal entries about a pull's turn.</summary>
internal static class TurnSentences
{
    private const string HandedOverId = "8d5b4c1c7bd94a3f9a33a1d2c9b40208";

    /// <summary>How this pull got its turn; logged at info only if another pull loses its file.</summary>
    public static JournalEntry HandedOver(HandOverTurn turn, string path)
    {
        var waited = $"after {turn.Waited.TotalMilliseconds:0} ms";
        return (turn.Action, turn.Cause) switch
        {
            (TurnAction.Claim, _) => Turn(
                Priority.Info,
                turn,
                path,
                $"Using auth file {path} again {waited}: CRI-O did not take it, and it contains these credentials"
            ),
            (_, TurnCause.OutOfTime) => Turn(
                Priority.Info,
                turn,
                path,
                $"Replacing auth file {path} {waited}: CRI-O has not taken it yet"
            ),
            (_, TurnCause.Orphaned) => Turn(
                Priority.Debug,
                turn,
                path,
                $"Replacing auth file {path} {waited}: CRI-O did not take it in time"
            ),
            _ => Turn(
                Priority.Debug,
                turn,
                path,
                $"Auth file {path} is free {waited}{(turn.IsLocked ? "" : ", without a lock")}"
            ),
        };
    }

    /// <summary>What a run that wrote no file did with another pull's file at its end.</summary>
    public static JournalEntry EndedWithoutFile(HandOverTurn turn, string path)
    {
        var waited = $"after {turn.Waited.TotalMilliseconds:0} ms";
        return turn.Action switch
        {
            TurnAction.Remove => Sentences.RemovedLeftover(path),
            _ when turn.Cause == TurnCause.Free => Turn(
                Priority.Debug,
                turn,
                path,
                $"Auth file {path} was taken {waited}"
            ),
            _ => Turn(Priority.Info, turn, path, $"Leaving auth file {path} {waited}: it may belong to another pull"),
        };
    }

    private static JournalEntry Turn(Priority priority, HandOverTurn turn, string path, string message) =>
        new(
            priority,
            HandedOverId,
            message,
            [
                ("AUTH_FILE", path),
                ("WAITED_US", Sentences.Microseconds(turn.Waited)),
                ("FILE_WAITED_US", Sentences.Microseconds(turn.WaitedForFile)),
            ]
        );
}
