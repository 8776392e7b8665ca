// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.CommandLine;

/// <summary>A page in roff's man macros (groff_man(7)), limited to what mandoc can read too.</summary>
internal sealed class Roff
{
    private readonly StringBuilder text = new();

    /// <summary>Whether the position is directly below a heading, where a paragraph macro is redundant.</summary>
    private bool isAtHead;

    /// <param name="date"><c>YYYY-MM-DD</c>. Man page viewers parse it, so nothing in it is escaped.</param>
    public void Title(string name, int section, string date, string source) =>
        text.Append($".TH \"{Escaped(name.ToUpperInvariant())}\" \"{section}\" \"{date}\" \"{Escaped(source)}\"\n");

    public void Section(string title)
    {
        text.Append($".SH {title}\n");
        isAtHead = true;
    }

    public void Subsection(string title) => text.Append($".SS \"{Escaped(title)}\"\n");

    public void Paragraph() => text.Append(".PP\n");

    /// <summary>Running text, line by line.</summary>
    public void Lines(string lines)
    {
        isAtHead = false;
        foreach (var line in lines.Split('\n'))
        {
            text.Append(line.Length == 0 ? ".PP" : Line(line)).Append('\n');
        }
    }

    /// <summary>A term, with its explanation indented below it.</summary>
    /// <param name="term">Printed in bold.</param>
    /// <param name="value">Printed after the term in italics; empty for none.</param>
    /// <param name="explanation">Running text, line by line.</param>
    public void Term(string term, string value, params IEnumerable<string> explanation)
    {
        text.Append(".TP\n\\fB").Append(Escaped(term)).Append("\\fR");
        text.Append(value.Length > 0 ? $" \\fI{Escaped(value)}\\fR\n" : "\n");
        foreach (var line in explanation)
        {
            text.Append(Line(line)).Append('\n');
        }
    }

    /// <summary>Lines that are not filled, such as commands.</summary>
    public void Verbatim(params IEnumerable<string> lines)
    {
        if (!isAtHead)
        {
            Paragraph();
        }

        text.Append(".RS 4\n.nf\n");
        foreach (var line in lines)
        {
            text.Append(Line(line)).Append('\n');
        }

        text.Append(".fi\n.RE\n");
    }

    public override string ToString() => text.ToString();

    private static string Line(string line) =>
        line.StartsWith('.') || line.StartsWith('\'') ? "\\&" + Escaped(line) : Escaped(line);

    /// <summary>roff prints a plain hyphen as a typographic one, so a hyphen that people may copy must be written as a
    /// minus sign. A quote would end a macro's argument.</summary>
    private static string Escaped(string line) =>
        line.Replace("\\", "\\e", StringComparison.Ordinal)
            .Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("\"", "\\(dq", StringComparison.Ordinal)
            .Replace("'", "\\(aq", StringComparison.Ordinal)
            .Replace("`", "\\(ga", StringComparison.Ordinal)
            .Replace("^", "\\(ha", StringComparison.Ordinal)
            .Replace("~", "\\(ti", StringComparison.Ordinal);
}
