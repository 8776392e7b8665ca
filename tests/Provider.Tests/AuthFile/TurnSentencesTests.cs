// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Journal;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>What the journal says about each way in which a turn can end.</summary>
public sealed class TurnSentencesTests
{
    private const string Path = "/run/crio/auth/f.json";

    [Theory]
    [InlineData("Write", "Free", true, "Debug", "Auth file {0} is free after 1235 ms")]
    [InlineData("Write", "Free", false, "Debug", "Auth file {0} is free after 1235 ms, without a lock")]
    [InlineData(
        "Replace",
        "Orphaned",
        true,
        "Debug",
        "Replacing auth file {0} after 1235 ms: CRI-O did not take it in time"
    )]
    [InlineData(
        "Replace",
        "OutOfTime",
        false,
        "Info",
        "Replacing auth file {0} after 1235 ms: CRI-O has not taken it yet"
    )]
    [InlineData(
        "Claim",
        "Orphaned",
        true,
        "Info",
        "Using auth file {0} again after 1235 ms: CRI-O did not take it, and it contains these credentials"
    )]
    public void A_run_that_writes_says_how_its_turn_came(
        string action,
        string cause,
        bool isLocked,
        string priority,
        string message
    ) => AssertTurn(priority, message, TurnSentences.HandedOver(Turn(action, cause, isLocked), Path));

    [Theory]
    [InlineData("Leave", "Free", "Debug", "Auth file {0} was taken after 1235 ms")]
    [InlineData("Leave", "Orphaned", "Info", "Leaving auth file {0} after 1235 ms: it may belong to another pull")]
    [InlineData("Leave", "OutOfTime", "Info", "Leaving auth file {0} after 1235 ms: it may belong to another pull")]
    public void A_run_that_writes_nothing_says_what_became_of_the_file(
        string action,
        string cause,
        string priority,
        string message
    ) => AssertTurn(priority, message, TurnSentences.EndedWithoutFile(Turn(action, cause, isLocked: true), Path));

    [Theory]
    [InlineData("Orphaned")]
    [InlineData("OutOfTime")]
    public void A_file_that_was_removed_is_reported_like_every_leftover(string cause)
    {
        var entry = TurnSentences.EndedWithoutFile(Turn("Remove", cause, isLocked: true), Path);
        Assert.Equal(
            (Priority.Info, $"Removed auth file {Path} of an earlier pull", "8d5b4c1c7bd94a3f9a33a1d2c9b40204"),
            (entry.Priority, entry.Message, entry.MessageId)
        );
    }

    private static HandOverTurn Turn(string action, string cause, bool isLocked) =>
        new(
            Enum.Parse<TurnAction>(action),
            Enum.Parse<TurnCause>(cause),
            TimeSpan.FromMicroseconds(1_234_567),
            TimeSpan.FromMicroseconds(765_432),
            isLocked
        );

    private static void AssertTurn(string priority, string message, JournalEntry entry)
    {
        Assert.Equal(
            (Enum.Parse<Priority>(priority), message.Replace("{0}", Path, StringComparison.Ordinal)),
            (entry.Priority, entry.Message)
        );
        Assert.Equal("8d5b4c1c7bd94a3f9a33a1d2c9b40208", entry.MessageId);
        Assert.Equal([("AUTH_FILE", Path), ("WAITED_US", "1234567"), ("FILE_WAITED_US", "765432")], entry.Fields);
    }
}
