// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Journal;

namespace CrioCredentialProvider.Tests.Journal;

/// <summary>
/// A file's name may contain anything but a slash. A user who can create files must not be able to write log lines.
/// </summary>
public sealed class OneLineMessageTests
{
    private const string Name = "10-a\n6 Wrote auth file\u001b[2J\u202e.conf";
    private const string Printed = "10-a?6 Wrote auth file?[2J?.conf";

    [Fact]
    public void A_journal_message_is_one_line_whatever_a_file_is_called()
    {
        var (sent, copied) = ("", "");
        var journal = new RunJournal(
            datagram => sent = Encoding.UTF8.GetString(datagram.Span),
            "run",
            Priority.Info,
            line => copied = line
        );
        journal.Write(Sentences.MatchingMirrors(Name));
        Assert.StartsWith($"MESSAGE=Matching mirrors for registry config: {Printed}\n", sent, StringComparison.Ordinal);
        Assert.Equal($"Matching mirrors for registry config: {Printed}", copied);
    }

    [Fact]
    public void The_line_of_a_failure_is_one_line_whatever_a_file_is_called() =>
        Assert.Equal(
            $"\"{Printed}\" cannot be read: why; hint [CP301]",
            new Outcome.Failed(Reasons.RegistriesConfUnreadable, $"\"{Name}\" cannot be read: why", "hint").Line
        );
}
