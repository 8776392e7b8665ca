// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Identity;

/// <summary>Secret names are DNS-1123 subdomains (k8s.io/apimachinery validation.IsDNS1123Subdomain).</summary>
internal static class SecretName
{
    private const int MaximumLength = 253;

    /// <summary>Only a valid name may become part of a request path or a log line.</summary>
    public static bool IsValid(string text) => IsValid(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="IsValid(string)"/>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        var previous = (byte)'.';
        foreach (var c in text)
        {
            // Each label starts and ends with a letter or digit.
            var isInLabel = previous != '.' && (c == '-' || (c == '.' && previous != '-'));
            if (c is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9')) && !isInLabel)
            {
                return false;
            }

            previous = c;
        }

        return text.Length <= MaximumLength && previous is not ((byte)'-' or (byte)'.');
    }
}
