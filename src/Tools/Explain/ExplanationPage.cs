// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>The text of an explanation while it is being written.</summary>
/// <param name="explanation">The explanation to render.</param>
/// <param name="style">The terminal style.</param>
internal sealed class ExplanationPage(Explanation explanation, TextStyle style)
{
    /// <summary>How many lines of one kind are printed, because a namespace may have thousands of secrets.</summary>
    public const int MaximumLines = 30;

    public Explanation Explanation => explanation;

    public TextStyle Style => style;

    public StringBuilder Text { get; } = new();

    /// <summary>A line that begins with a label; the label is empty on a continuation line.</summary>
    public void Label(string label, string value) =>
        Text.Append(style.Faint(label.PadRight(11))).Append(value).Append('\n');

    /// <summary>The first line of a section.</summary>
    public void Head(string line) => Text.Append('\n').Append(line).Append('\n');

    public static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
