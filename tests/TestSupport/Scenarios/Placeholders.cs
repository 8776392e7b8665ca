// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// Replaces placeholders with values that are known only at run time: <c>{{folder}}</c>, <c>{{port}}</c>,
/// <c>{{ca}}</c>, and tokens that the API accepts.
/// </summary>
internal sealed class Placeholders(
    string folder,
    int port,
    string certificateAuthorityPem,
    Func<string, string, string?, string> issue
)
{
    private readonly Dictionary<string, string> tokens = [];

    /// <summary>All tokens that were inserted. None of them may appear in the output.</summary>
    public IReadOnlyCollection<string> Tokens => tokens.Values;

    /// <exception cref="FormatException">An unknown or unclosed placeholder.</exception>
    public string Fill(string text)
    {
        var filled = new StringBuilder();
        var rest = text.AsSpan();
        while (rest.IndexOf("{{") is >= 0 and var open)
        {
            filled.Append(rest[..open]);
            var close = rest[open..].IndexOf("}}");
            var name = close < 0 ? rest[open..].ToString() : rest[(open + 2)..(open + close)].ToString();
            filled.Append(
                name.Split(' ') switch
                {
                    ["folder"] => folder,
                    ["port"] => port.ToString(),
                    ["ca"] => Convert.ToBase64String(Encoding.UTF8.GetBytes(certificateAuthorityPem)),
                    ["token", var account] => Token(account, null),
                    ["token", var account, var audience] => Token(account, audience),
                    _ => throw new FormatException($"there is no placeholder \"{name}\""),
                }
            );
            rest = rest[(open + close + 2)..];
        }

        return filled.Append(rest).ToString();
    }

    private string Token(string account, string? audience)
    {
        if (account.Split('/') is not [var ns, var serviceAccount])
        {
            throw new FormatException($"\"{account}\" is not NAMESPACE/SERVICE-ACCOUNT");
        }

        var key = $"{account} {audience}";
        return tokens.TryGetValue(key, out var token) ? token : tokens[key] = issue(ns, serviceAccount, audience);
    }
}
