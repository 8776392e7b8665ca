// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.CommandLine;

/// <summary>Text wrapped to a given width. A longer word gets its own line.</summary>
internal sealed class WrappedText(int width)
{
    /// <summary>The column at which explanations begin. If a term is longer, its explanation begins on the next
    /// line.</summary>
    private const int SecondColumn = 32;

    /// <summary>Below this width, there is no room for two columns.</summary>
    private const int TwoColumnWidth = 60;

    private readonly StringBuilder text = new();

    public void Line(string line = "") => text.Append(line).Append('\n');

    /// <summary>Running text: joins lines; a blank line separates paragraphs.</summary>
    public void Paragraphs(string paragraphs)
    {
        var isFirst = true;
        foreach (var paragraph in paragraphs.Split("\n\n"))
        {
            if (!isFirst)
            {
                Line();
            }

            isFirst = false;
            Wrap("", paragraph, indent: 0);
        }
    }

    /// <summary>Running text after a head; continuation lines are indented.</summary>
    public void Hanging(string head, string paragraph, int indent) => Wrap(head, paragraph, indent);

    /// <summary>A term and its explanation, in two columns if there is room.</summary>
    /// <param name="term">For example <c>--flag VALUE</c>.</param>
    /// <param name="explanation">Running text.</param>
    /// <param name="column">The column at which the explanation begins.</param>
    public void Term(string term, string explanation, int column = SecondColumn)
    {
        var head = "  " + term;
        if (width < TwoColumnWidth)
        {
            Line(head);
            Wrap("", explanation, indent: 8);
        }
        else if (head.Length + 2 > column)
        {
            Line(head);
            Wrap("", explanation, column);
        }
        else
        {
            Wrap(head.PadRight(column - 1), explanation, column);
        }
    }

    /// <summary>A command line to copy. If it is too long, it is continued on the next line with a backslash.</summary>
    public void Command(string command)
    {
        var line = new StringBuilder("  ");
        foreach (var word in command.Split(' '))
        {
            if (line.Length > 2 && line.Length + 1 + word.Length + 2 > width)
            {
                Line($"{line} \\");
                line.Clear().Append("      ");
            }
            else if (line.Length > 2)
            {
                line.Append(' ');
            }

            line.Append(word);
        }

        Line(line.ToString());
    }

    public override string ToString() => text.ToString();

    private void Wrap(string head, string paragraph, int indent)
    {
        var line = new StringBuilder(head.Length > 0 ? head : new string(' ', Math.Max(0, indent - 1)));
        var isEmpty = head.Length == 0;
        foreach (var word in paragraph.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && line.Length + 1 + word.Length > width)
            {
                Line(line.ToString());
                line.Clear().Append(' ', Math.Max(0, indent - 1));
            }

            if (line.Length > 0)
            {
                line.Append(' ');
            }

            line.Append(word);
            isEmpty = false;
        }

        Line(line.ToString());
    }
}
