using System.Globalization;
using System.Text;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>Makes text from outside fit for a log line: no control or format characters, and not longer than a line should be.</summary>
internal static class OneLine
{
    /// <summary>Characters kept of a value before it is cut.</summary>
    public const int MaximumLength = 256;

    public static string Of(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, MaximumLength) + 1);
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, MaximumLength)))
        {
            line.Append(IsHarmless(character) ? character : '?');
        }

        return text.Length > MaximumLength ? line.Append('…').ToString() : line.ToString();
    }

    /// <summary>Format characters can turn the order of a line's text around, or hide in it.</summary>
    private static bool IsHarmless(char character) => char.GetUnicodeCategory(character)
        is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
