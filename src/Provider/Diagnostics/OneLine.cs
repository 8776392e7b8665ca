// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>Makes text from outside fit for a log line: no control or format characters, and not longer than a line
/// should be.</summary>
internal static class OneLine
{
    /// <summary>Characters kept of a value before it is cut.</summary>
    public const int MaximumLength = 256;

    public static string Of(string text) =>
        text.Length > MaximumLength ? Printable(text[..MaximumLength]) + '…' : Printable(text);

    /// <summary>
    /// <see cref="Of"/> for what should be a name, and could be a URL with user and password that somebody has put
    /// there: what precedes the host is left out. A digest stays as it is.
    /// </summary>
    public static string WithoutUser(string text) =>
        Of(
            text.LastIndexOf('@') is >= 0 and var at && !text.AsSpan(at).StartsWith("@sha", StringComparison.Ordinal)
                ? $"***{text[at..]}"
                : text
        );

    /// <summary>Like <see cref="Of"/>, without a limit, for reports that are read at a terminal.</summary>
    public static string Printable(string text)
    {
        if (IsHarmless(text))
        {
            return text;
        }

        var line = new StringBuilder(text.Length);
        foreach (var character in text.EnumerateRunes())
        {
            line.Append(IsHarmless(character) ? character.ToString() : "?");
        }

        return line.ToString();
    }

    /// <summary>Whether nothing of it would be replaced.</summary>
    public static bool IsHarmless(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyExceptInRange(' ', '~'))
        {
            return true;
        }

        foreach (var character in text.EnumerateRunes())
        {
            if (!IsHarmless(character))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Half a surrogate pair reads as the replacement character. Format characters can turn the order of a
    /// line's text around, or hide in it.</summary>
    private static bool IsHarmless(Rune character) =>
        character != Rune.ReplacementChar
        && Rune.GetUnicodeCategory(character)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );
}
