// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tests.Properties.Models;

/// <summary>
/// Go's <c>filepath.Match</c> by its documented grammar, as a list of elements that is matched by trying everything:
/// slow, and written without a look at the program's own matcher.
/// </summary>
internal static class GoPathMatch
{
    private abstract record Element;

    private sealed record Star : Element;

    private sealed record One(Func<char, bool> Takes) : Element;

    /// <summary>False also for a pattern that Go calls malformed.</summary>
    public static bool Matches(string pattern, string name) =>
        Parse(pattern) is { } elements && Matches(elements, name);

    private static bool Matches(ReadOnlySpan<Element> elements, ReadOnlySpan<char> name)
    {
        if (elements.IsEmpty)
        {
            return name.IsEmpty;
        }

        if (elements[0] is One one)
        {
            return !name.IsEmpty && one.Takes(name[0]) && Matches(elements[1..], name[1..]);
        }

        for (var taken = 0; taken <= name.Length; taken++)
        {
            if (Matches(elements[1..], name[taken..]))
            {
                return true;
            }
        }

        return false;
    }

    private static Element[]? Parse(string pattern)
    {
        List<Element> elements = [];
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*':
                    elements.Add(new Star());
                    break;
                case '?':
                    elements.Add(new One(_ => true));
                    break;
                case '[':
                    if (ParseClass(pattern, ref i) is not { } members)
                    {
                        return null;
                    }

                    elements.Add(new One(members));
                    break;
                default:
                    if (Character(pattern, ref i, isInClass: false) is not { } literal)
                    {
                        return null;
                    }

                    elements.Add(new One(c => c == literal));
                    break;
            }
        }

        return [.. elements];
    }

    /// <summary><c>'[' [ '^' ] { range } ']'</c>, at least one range, each a character or <c>lo '-' hi</c>.</summary>
    private static Func<char, bool>? ParseClass(string pattern, ref int i)
    {
        i++;
        var isNegated = i < pattern.Length && pattern[i] == '^';
        i += isNegated ? 1 : 0;
        List<(char Low, char High)> ranges = [];
        for (; i < pattern.Length && (pattern[i] != ']' || ranges.Count == 0); i++)
        {
            if (Character(pattern, ref i, isInClass: true) is not { } low)
            {
                return null;
            }

            var high = low;
            if (i + 1 < pattern.Length && pattern[i + 1] == '-')
            {
                i += 2;
                if (Character(pattern, ref i, isInClass: true) is not { } end)
                {
                    return null;
                }

                high = end;
            }

            ranges.Add((low, high));
        }

        return i >= pattern.Length ? null : c => ranges.Exists(range => range.Low <= c && c <= range.High) != isNegated;
    }

    /// <summary>One character, perhaps behind a backslash; in a class a bare <c>-</c> or <c>]</c> is none.</summary>
    private static char? Character(string pattern, ref int i, bool isInClass)
    {
        if (i < pattern.Length && pattern[i] == '\\')
        {
            i++;
            return i < pattern.Length ? pattern[i] : null;
        }

        return i >= pattern.Length || (isInClass && pattern[i] is '-' or ']') ? null : pattern[i];
    }
}
