using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>Finds what somebody may have meant: the known word with the fewest slips of the pen.</summary>
internal static class NearestWord
{
    /// <summary>The end of a line about an unknown word: what may have been meant, and where to look.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="known">What there is.</param>
    /// <param name="help">The command line that prints help, without the program's name.</param>
    public static string Hint(string word, IEnumerable<string> known, string help) =>
        (Of(word, known) ?? Completed(word, known)) is { } nearest ? $"; did you mean \"{nearest}\"? see {help}" : $"; see {help}";

    /// <returns>Null when no word is near: a third of its letters may be wrong, and at least one.</returns>
    public static string? Of(string word, IEnumerable<string> known)
    {
        string? nearest = null;
        var fewest = int.MaxValue;
        foreach (var candidate in known)
        {
            var slips = Slips(word, candidate);
            if (slips < fewest && slips <= Math.Max(1, candidate.Length / 3))
            {
                (nearest, fewest) = (candidate, slips);
            }
        }

        return nearest;
    }

    /// <summary>The one word that begins so, such as <c>--output</c> for kubectl's <c>-o</c>; null when none or several do.</summary>
    private static string? Completed(string word, IEnumerable<string> known)
    {
        var letters = word.TrimStart('-');
        string[] longer = [.. known.Where(candidate => candidate.TrimStart('-').StartsWith(letters, StringComparison.Ordinal))];
        return letters.Length > 0 && longer.Length == 1 ? longer[0] : null;
    }

    /// <summary>Letters to insert, drop, replace, or swap with their neighbour (optimal string alignment distance).</summary>
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
