// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Journal;

/// <summary>One sentence for the journal.</summary>
/// <param name="Priority">How urgent it is.</param>
/// <param name="MessageId">Fixed 128-bit id of this kind of entry, 32 lower-case hex digits.</param>
/// <param name="Message">The sentence, one line, never a secret.</param>
/// <param name="Fields">
/// Structured fields of this entry in addition to those of the run; names without the common prefix.
/// </param>
internal readonly record struct JournalEntry(
    Priority Priority,
    string MessageId,
    string Message,
    (string Name, string Value)[] Fields
);
