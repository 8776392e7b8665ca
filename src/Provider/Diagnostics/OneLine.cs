// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>Makes external text safe for a log line: removes control and format characters, and limits the
/// length.</summary>
internal static class OneLine
{
    /// <summary>Maximum length of a value in characters; the rest is cut off.</summary>
    public const int MaximumLength = 256;

    public static string Of(string text) =>
        text.Length > MaximumLength ? Printable(text[..MaximumLength]) + '…' : Printable(text);

    /// <summary>
    /// <see cref="Of"/> for a value that should be a name, but may be a URL with user and password: the part in front
    /// of the host is dropped. A digest is kept.
    /// </summary>
    public static string WithoutUser(string text) =>
        Of(
            text.LastIndexOf('@') is >= 0 and var at && !text.AsSpan(at).StartsWith("@sha", StringComparison.Ordinal)
                ? $"***{text[at..]}"
                : text
        );

    /// <summary>Like <see cref="Of"/>, but without a limit, for reports that people read at a terminal.</summary>
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

    /// <summary>Whether no character would be replaced.</summary>
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

    /// <summary>An unpaired surrogate is read as the replacement character. Format characters can reorder the text of a
    /// line, or hide in it.</summary>
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
