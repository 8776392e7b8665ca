// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Identity;

/// <summary>
/// The names of namespaces: DNS-1123 labels (apimachinery validation IsDNS1123Label). The check also keeps a name from
/// the unverified token out of the directory tree: no slash and no dot passes.
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
