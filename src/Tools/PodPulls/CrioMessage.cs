// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>
/// A message that CRI-O logged about an image, in logrus' text format: <c>time="..." level=info msg="..."</c>.
/// </summary>
/// <param name="Text">The message without time and level.</param>
internal sealed record CrioMessage(string Text)
{
    /// <summary>Reads <c>msg</c>. A line in another format is a message as a whole.</summary>
    public static CrioMessage Of(JournalLine line)
    {
        const string Start = "msg=\"";
        var at = line.Message.IndexOf(Start, StringComparison.Ordinal);
        if (at < 0)
        {
            return new CrioMessage(line.Message);
        }

        var text = new StringBuilder();
        for (var i = at + Start.Length; i < line.Message.Length && line.Message[i] != '"'; i++)
        {
            if (line.Message[i] != '\\' || i + 1 == line.Message.Length)
            {
                text.Append(line.Message[i]);
                continue;
            }

            i++;
            text.Append(
                line.Message[i] switch
                {
                    'n' => '\n',
                    't' => '\t',
                    var c => c,
                }
            );
        }

        return new CrioMessage(text.ToString());
    }

    public static bool IsCrio(JournalLine line) =>
        line.Fields.GetValueOrDefault("_SYSTEMD_UNIT") == "crio.service"
        || line.Fields.GetValueOrDefault("SYSLOG_IDENTIFIER") == "crio";
}
