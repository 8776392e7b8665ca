// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Identity;

/// <summary>Names of secrets are DNS-1123 subdomains (k8s.io/apimachinery validation.IsDNS1123Subdomain).</summary>
internal static class SecretName
{
    private const int MaximumLength = 253;

    /// <summary>Nothing else may become part of a request's path or of a log line.</summary>
    public static bool IsValid(string text)
    {
        if (text.Length is 0 or > MaximumLength)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var isAtEdge = i == 0 || i == text.Length - 1 || text[i - 1] == '.' || text[i + 1] == '.';
            if (
                !char.IsAsciiLetterLower(text[i])
                && !char.IsAsciiDigit(text[i])
                && (text[i] is not ('-' or '.') || isAtEdge)
            )
            {
                return false;
            }
        }

        return true;
    }
}
