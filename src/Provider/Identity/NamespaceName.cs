// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Identity;

/// <summary>
/// Namespace names are DNS-1123 labels (apimachinery validation IsDNS1123Label). The check also prevents a name from
/// the unverified token from escaping the directory, because it rejects slashes and dots.
/// </summary>
internal static class NamespaceName
{
    public const int MaximumLength = 63;

    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaximumLength || name[0] == '-' || name[^1] == '-')
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }
}
