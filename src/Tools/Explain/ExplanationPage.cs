// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>The text that explains a pull, as far as it is written.</summary>
/// <param name="explanation">What it explains.</param>
/// <param name="style">How words are marked on a terminal.</param>
internal sealed class ExplanationPage(Explanation explanation, TextStyle style)
{
    /// <summary>Lines of one kind that are printed: a namespace may have thousands of secrets.</summary>
    public const int MaximumLines = 30;

    public Explanation Explanation => explanation;

    public TextStyle Style => style;

    public StringBuilder Text { get; } = new();

    /// <summary>A line that begins with a word for what follows; empty for more of the same.</summary>
    public void Label(string label, string value) =>
        Text.Append(style.Faint(label.PadRight(11))).Append(value).Append('\n');

    /// <summary>The first line of a part.</summary>
    public void Head(string line) => Text.Append('\n').Append(line).Append('\n');

    public static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
