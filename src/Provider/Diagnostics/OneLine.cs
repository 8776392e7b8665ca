// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>Makes external text safe for a log line: removes control and format characters, and limits the
/// length.</summary>
internal static class OneLine
{
    /// <summary>Maximum length of a value in characters; the rest is cut off.</summary>
    public const int MaximumLength = 256;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    public static string Of(string text) =>
        text.Length > MaximumLength ? Printable(text[..MaximumLength]) + '…' : Printable(text);

    /// <summary>
    /// <see cref="Of"/> for a value that should be a name, but may be a URL with user and password: the part in front
    /// of the host is dropped. A digest is kept.
    /// </summary>
    public static string WithoutUser(string text) => Of(EndOfUser(text) is >= 0 and var at ? $"***{text[at..]}" : text);

    /// <summary>Whether <see cref="WithoutUser"/> drops a part of the text.</summary>
    public static bool HasUser(string text) => EndOfUser(text) >= 0;

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

    /// <summary>The index of the last <c>@</c> that does not begin a digest; -1 if there is none.</summary>
    private static int EndOfUser(ReadOnlySpan<char> text)
    {
        var at = text.LastIndexOf('@');
        return at >= 0 && IsDigest(text[(at + 1)..]) ? text[..at].LastIndexOf('@') : at;
    }

    /// <summary>
    /// Whether the text is a digest (distribution/reference <c>DigestRegexp</c>, opencontainers/go-digest), or only its
    /// algorithm, with which a prefix of registries.conf can end.
    /// </summary>
    private static bool IsDigest(ReadOnlySpan<char> text)
    {
        const int MinimumLength = 32;
        var colon = text.IndexOf(':');
        var digits = text[(colon + 1)..];
        return colon < 0
            ? IsAlgorithm(text)
            : IsAlgorithm(text[..colon]) && digits.Length >= MinimumLength && !digits.ContainsAnyExcept(HexDigits);
    }

    private static bool IsAlgorithm(ReadOnlySpan<char> text) => text is "sha256" or "sha384" or "sha512";

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
