using System.Text;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>Makes text from outside fit for a log line: no control characters, and not longer than a line should be.</summary>
internal static class OneLine
{
    /// <summary>Characters kept of a value before it is cut.</summary>
    public const int MaximumLength = 256;

    public static string Of(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, MaximumLength) + 1);
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, MaximumLength)))
        {
            line.Append(char.IsControl(character) || character is '\u2028' or '\u2029' ? '?' : character);
        }

        return text.Length > MaximumLength ? line.Append('…').ToString() : line.ToString();
    }
}
