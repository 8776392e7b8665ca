// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Journal;

/// <summary>
/// The journal of one run: filters by level, adds the fields that the run's entries have in common, and copies each
/// message to the terminal if there is one.
/// </summary>
/// <param name="send">Sends one datagram.</param>
/// <param name="runId">Correlates the entries of one run.</param>
/// <param name="level">Entries below this priority are dropped.</param>
/// <param name="terminal">Receives a copy of each message; null if there is no terminal.</param>
internal sealed class RunJournal(
    Action<ReadOnlyMemory<byte>> send,
    string runId,
    Priority level,
    Action<string>? terminal
)
{
    /// <summary>The prefix of the program's own fields.</summary>
    public const string Prefix = "CRIO_CP_";

    private readonly List<Notice> notices = [];
    private readonly List<(string Name, string Value)> context = [];
    private readonly JournalDatagram datagram = new();

    /// <summary>Every warning so far, in order.</summary>
    public IReadOnlyList<Notice> Notices => notices;

    /// <summary>Whether entries of this priority are logged; check it before building many of them.</summary>
    public bool Keeps(Priority priority) => priority <= level;

    /// <summary>Adds a field to all later entries.</summary>
    public void AddContext(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            context.Add((name, value));
        }
    }

    /// <summary>Writes warnings, and keeps them in <see cref="Notices"/>.</summary>
    public void Warn(IReadOnlyList<Notice> warnings)
    {
        foreach (var warning in warnings)
        {
            Warn(warning);
        }
    }

    /// <summary>Writes a warning, and keeps it in <see cref="Notices"/>.</summary>
    public void Warn(Notice warning)
    {
        notices.Add(warning);
        Write(Sentences.Noticed(warning));
    }

    public void Write(JournalEntry entry)
    {
        if (!Keeps(entry.Priority))
        {
            return;
        }

        // File names come from the node's directories and may contain any character but a slash.
        var message = OneLine.Printable(entry.Message);
        datagram.Clear();
        datagram.Add("MESSAGE", message);
        datagram.Add("PRIORITY", ((int)entry.Priority).ToString());
        datagram.Add("SYSLOG_IDENTIFIER", BuildInfo.Program);
        datagram.Add("MESSAGE_ID", entry.MessageId);
        datagram.Add(Prefix + "RUN", runId);
        datagram.Add(Prefix + "VERSION", BuildInfo.Version);
        foreach (var (name, value) in context)
        {
            datagram.Add(Prefix + name, value);
        }

        foreach (var (name, value) in entry.Fields)
        {
            datagram.Add(Prefix + name, value);
        }

        send(datagram.Bytes);
        terminal?.Invoke(message);
    }
}
