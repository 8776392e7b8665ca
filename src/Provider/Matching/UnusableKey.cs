// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Matching;

/// <summary>
/// Explains why a key of a docker config does not name a registry. It quotes the key with invisible characters escaped,
/// unless a part of the key could be a secret: before an <c>@</c>, in a query or in a fragment, or padded base64.
/// </summary>
internal static class UnusableKey
{
    /// <summary>Whether a key in <c>auths</c> names a registry.</summary>
    /// <param name="key">As written.</param>
    /// <param name="parsed">The registry.</param>
    public static bool IsUsable(string key, out RegistryKey parsed) =>
        RegistryKey.TryParse(key, out parsed) && !IsNestedAuths(key);

    /// <param name="key">As written; <see cref="IsUsable"/> rejects it.</param>
    /// <returns>A clause that follows "Skipping an entry of …:".</returns>
    public static string Explain(string key)
    {
        if (IsNestedAuths(key))
        {
            return "\"auths\" is nested in \"auths\": remove one level";
        }

        if (key.Length == 0)
        {
            return "its key is empty";
        }

        if (key.Length > RegistryKey.MaximumLength)
        {
            return $"its key is longer than {RegistryKey.MaximumLength} characters";
        }

        // A key that ends in "=" may be the base64 of user:password, if somebody exchanged key and value.
        return key.AsSpan().ContainsAny('@', '?', '#') || key.AsSpan().TrimEnd().EndsWith('=')
            ? "its key names no registry"
            : $"its key \"{Visible(key)}\" {Cause(key)}";
    }

    /// <summary>A whole docker config was put below <c>auths</c>. No registry has that name.</summary>
    private static bool IsNestedAuths(string key) => key.Equals("auths", StringComparison.OrdinalIgnoreCase);

    private static string Cause(string key)
    {
        if (key[^1] is '\r' or '\n')
        {
            return "ends in a line break (echo without -n?)";
        }

        if (key.AsSpan().ContainsAny("\r\n"))
        {
            return "has a line break in it";
        }

        if (key[0] is ' ' or '\t')
        {
            return "starts with a blank";
        }

        if (key[^1] is ' ' or '\t')
        {
            return "ends in a blank";
        }

        if (key.AsSpan().ContainsAny(" \t"))
        {
            return "has a blank in it";
        }

        if (
            key.Contains("${", StringComparison.Ordinal)
            || key.Contains("$(", StringComparison.Ordinal)
            || key.Contains("{{", StringComparison.Ordinal)
            || key[0] == '$'
        )
        {
            return "has a variable in it that nothing replaced";
        }

        return key.AsSpan().ContainsAny('"', '\'') ? "has quotes in it"
            : !OneLine.IsHarmless(key) ? "has a character in it that cannot be seen"
            : "names no registry";
    }

    /// <summary>The key with invisible characters escaped, truncated if it is too long for a line.</summary>
    private static string Visible(string key)
    {
        const int MaximumLength = OneLine.MaximumLength;
        var text = new StringBuilder(key.Length);
        foreach (var rune in key.EnumerateRunes())
        {
            if (text.Length >= MaximumLength)
            {
                return text.Append('…').ToString();
            }

            text.Append(
                rune.Value switch
                {
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    '"' => "\\\"",
                    _ when OneLine.IsHarmless(rune.ToString()) => rune.ToString(),
                    _ => string.Create(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X4}}}"),
                }
            );
        }

        return text.ToString();
    }
}
