// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Diagnostics;

/// <summary>Finds the known words that an unknown one may be a misspelling of.</summary>
internal static class NearestWord
{
    private const int MaximumSuggestions = 3;

    /// <summary>No flag, command or variable is longer, so a longer text has no near word.</summary>
    private const int MaximumLength = 64;

    /// <summary>The part of a message that suggests words, for example <c>; did you mean "--output"?</c>; empty if no
    /// word is near.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="known">The known words.</param>
    public static string Hint(string word, IEnumerable<string> known)
    {
        string[] all = word.Length > MaximumLength ? [] : [.. known];
        string[] near = Longer(word, all);
        if (near.Length is 0 or > MaximumSuggestions)
        {
            near = Of(word, all) is { } nearest ? [nearest] : Abbreviated(word, all);
        }

        return near.Length is 0 or > MaximumSuggestions
            ? ""
            : $"; did you mean {Alternatives.Of([.. near.Select(one => $"\"{one}\"")])}?";
    }

    /// <returns>Null if no word is near. Up to a third of a known word's letters may differ, or one if the word is
    /// short.</returns>
    public static string? Of(string word, IEnumerable<string> known)
    {
        var typed = Plain(word);
        string? nearest = null;
        var fewest = int.MaxValue;
        foreach (var candidate in known)
        {
            var slips = Slips(typed, Plain(candidate));
            if (slips < fewest && slips <= Math.Max(1, candidate.Length / 3))
            {
                (nearest, fewest) = (candidate, slips);
            }
        }

        return nearest;
    }

    /// <summary>The words that begin with the typed text, for example with <c>--registries</c>.</summary>
    private static string[] Longer(string word, string[] known)
    {
        var letters = Plain(word);
        return letters.Length == 0
            ? []
            : [.. known.Where(candidate => Plain(candidate).StartsWith(letters, StringComparison.Ordinal))];
    }

    /// <summary>The words that contain the typed letters in this order, for example <c>--service-account</c> for
    /// <c>--sa</c>.</summary>
    private static string[] Abbreviated(string word, string[] known)
    {
        var letters = Plain(word);
        return letters.Length == 0 ? [] : [.. known.Where(candidate => IsAbbreviation(letters, Plain(candidate)))];
    }

    private static bool IsAbbreviation(string letters, string candidate)
    {
        if (letters[0] != candidate[0])
        {
            return false;
        }

        var at = 0;
        foreach (var letter in letters)
        {
            at = candidate.IndexOf(letter, at) + 1;
            if (at == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Without leading dashes, in lower case, with dashes for underscores.</summary>
    private static string Plain(string word) => word.TrimStart('-').ToLowerInvariant().Replace('_', '-');

    /// <summary>The number of letters to insert, drop, replace, or swap with their neighbour (optimal string alignment
    /// distance).</summary>
    public static int Slips(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                var replaced = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[a.Length, b.Length];
    }
}
