// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Identity;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>apimachinery validation IsQualifiedName: an optional DNS subdomain and a slash, then a name.</summary>
internal static class QualifiedName
{
    /// <param name="key">In lower case.</param>
    public static bool IsValid(string key)
    {
        var parts = key.Split('/');
        var name = parts[^1];
        return parts.Length <= 2
            && (parts.Length == 1 || SecretName.IsValid(parts[0]))
            && name.Length is > 0 and <= 63
            && char.IsAsciiLetterOrDigit(name[0])
            && char.IsAsciiLetterOrDigit(name[^1])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
    }
}
