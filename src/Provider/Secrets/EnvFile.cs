// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Files of <c>NAME=VALUE</c> lines such as OpenShift's <c>apiserver-url.env</c>, with single and double quotes,
/// <c>export</c>, comments, and <c>NAME: VALUE</c> (the syntax of godotenv, without its variable expansion).
/// </summary>
internal static class EnvFile
{
    /// <summary>The last value of a name wins; lines of any other form are ignored.</summary>
    public static Dictionary<string, string> Parse(string text)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            var line = raw.TrimStart('\uFEFF').Trim();
            if (line.StartsWith("export ", StringComparison.Ordinal))
            {
                line = line[7..].TrimStart();
            }

            var separator = line.IndexOfAny('=', ':');
            if (separator > 0 && line[0] != '#')
            {
                values[line[..separator].TrimEnd().ToString()] = Value(line[(separator + 1)..].Trim()).ToString();
            }
        }

        return values;
    }

    private static ReadOnlySpan<char> Value(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty && text[0] is '\'' or '"')
        {
            var close = text[1..].IndexOf(text[0]);
            return close < 0 ? text : text.Slice(1, close);
        }

        var comment = text.IndexOf(" #", StringComparison.Ordinal);
        return (comment < 0 ? text : text[..comment]).TrimEnd();
    }
}
