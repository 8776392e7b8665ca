// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>The source of a node's journal.</summary>
/// <param name="Directory">A copied journal directory; null if there is none.</param>
/// <param name="File">A journal file, or the output of <c>journalctl -o json</c>; <c>-</c> is stdin; null if there is
/// none.</param>
internal sealed record JournalSource(string? Directory, string? File);

/// <summary>Reads the journal entries of this program and of CRI-O, through journalctl or from its output.</summary>
internal static class JournalLinesReader
{
    /// <summary>A user asks about recent pulls, and the journal may go back months.</summary>
    private const string Since = "-24h";

    /// <summary>The first bytes of a journal file (systemd, journal-def.h HEADER_SIGNATURE).</summary>
    private static ReadOnlySpan<byte> Signature => "LPKSHHRH"u8;

    private static readonly string[] Matches =
    [
        "SYSLOG_IDENTIFIER=" + BuildInfo.Program,
        "+",
        "_SYSTEMD_UNIT=crio.service",
    ];

    /// <exception cref="ProviderException">The journal cannot be read. The message says what to do.</exception>
    public static IEnumerable<JournalLine> Read(JournalSource source, Node node) =>
        source.File is { } file && !IsJournalFile(file)
            ? InputReader
                .ReadText(file, node, InputReader.ManifestBytes)
                .Split('\n')
                .Select(JournalLine.Parse)
                .OfType<JournalLine>()
            : ReadByJournalctl(
                source.File is not null ? ["--file=" + source.File]
                : source.Directory is { } directory ? ["--directory=" + directory]
                : ["--since=" + Since]
            );

    private static bool IsJournalFile(string path)
    {
        if (path == "-")
        {
            return false;
        }

        try
        {
            Span<byte> head = stackalloc byte[8];
            using var file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                bufferSize: 0
            );
            return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
                && head.SequenceEqual(Signature);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // InputReader reports why the file cannot be read.
            return false;
        }
    }

    private static List<JournalLine> ReadByJournalctl(string[] place)
    {
        var start = ChildProcess.Of(
            "journalctl",
            [.. place, "--output=json", "--all", "--quiet", "--no-pager", .. Matches]
        );
        start.StandardOutputEncoding = new UTF8Encoding(false);
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync();
            List<JournalLine> lines = [];
            while (process.StandardOutput.ReadLine() is { } line)
            {
                if (JournalLine.Parse(line) is { } parsed)
                {
                    lines.Add(parsed);
                }
            }

            process.WaitForExit();
            return process.ExitCode == 0 ? lines : throw Unreadable(FirstLine(errors.Result));
        }
        catch (Win32Exception)
        {
            throw Unreadable("journalctl is not installed here");
        }
    }

    private static string FirstLine(string text) =>
        text.Split('\n', 2)[0].Trim() is { Length: > 0 } line
            ? OneLine.Of(line)
            : "journalctl failed without a message";

    private static ProviderException Unreadable(string why) =>
        new(
            Reasons.InputUnusable,
            $"the journal cannot be read: {why}",
            "run it as root on the node, or copy /var/log/journal and give --journal-directory"
        );
}
