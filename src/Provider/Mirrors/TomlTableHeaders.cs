// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// Finds a <c>[table]</c> that a document defines twice, because Tomlyn's pull parser joins the two without an event.
/// It only checks unquoted names, and only documents without multi-line strings, in which a line that looks like a
/// header may be part of a string.
/// </summary>
internal static class TomlTableHeaders
{
    /// <exception cref="ProviderException">A table is defined twice.</exception>
    public static void RefuseRepeated(string path, ReadOnlySpan<char> text, TomlMap root)
    {
        if (text.Contains("\"\"\"", StringComparison.Ordinal) || text.Contains("'''", StringComparison.Ordinal))
        {
            return;
        }

        HashSet<string>? seen = null;
        Dictionary<string, int> elements = new(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in text.EnumerateLines())
        {
            number++;
            var header = line.TrimStart(" \t");
            if (header.IsEmpty || header[0] != '[' || !IsHeader(header, out var name, out var isArray))
            {
                continue;
            }

            if (isArray)
            {
                elements[name] = elements.GetValueOrDefault(name) + 1;
            }
            else if (
                root.Members.ContainsKey(name.Split('.')[0])
                && !(seen ??= new(StringComparer.Ordinal)).Add(WithElements(name, elements))
            )
            {
                throw TomlDocument.Invalid(
                    path,
                    number,
                    line.Length - header.Length + 2,
                    $"table \"{OneLine.WithoutUser(name)}\" is defined twice"
                );
            }
        }
    }

    /// <summary>
    /// Each further element of an array of tables starts a new scope for names: <c>a.b</c> becomes <c>a#2.b.</c>.
    /// </summary>
    private static string WithElements(string name, Dictionary<string, int> elements)
    {
        var full = new StringBuilder(name.Length + 8);
        var end = 0;
        foreach (var part in name.Split('.'))
        {
            full.Append(part);
            end += part.Length;
            if (elements.TryGetValue(name[..end], out var element))
            {
                full.Append('#').Append(element.ToString(CultureInfo.InvariantCulture));
            }

            full.Append('.');
            end++;
        }

        return full.ToString();
    }

    /// <summary>Whether only a comment follows the bracket; otherwise the line is a value of an array.</summary>
    private static bool IsHeader(ReadOnlySpan<char> text, out string name, out bool isArray)
    {
        isArray = text.StartsWith("[[", StringComparison.Ordinal);
        var inside = text[(isArray ? 2 : 1)..];
        var end = inside.IndexOf(isArray ? "]]" : "]", StringComparison.Ordinal);
        name =
            end < 0 || inside[..end].ContainsAny('"', '\'')
                ? ""
                : inside[..end]
                    .ToString()
                    .Replace(" ", "", StringComparison.Ordinal)
                    .Replace("\t", "", StringComparison.Ordinal);
        return name.Length > 0 && inside[(end + (isArray ? 2 : 1))..].TrimStart(" \t") is [] or ['#', ..];
    }
}
