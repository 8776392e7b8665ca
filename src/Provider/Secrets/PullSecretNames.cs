// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;

namespace CrioCredentialProvider.Secrets;

/// <summary>Secrets to get by name.</summary>
/// <param name="Names">In ordinal order, without duplicates; if empty, no secret may be read.</param>
/// <param name="Notices">About names that are not used.</param>
internal sealed record PullSecretNames(IReadOnlyList<string> Names, IReadOnlyList<Notice> Notices)
{
    /// <summary>The limit, because each name costs a request per pull.</summary>
    public const int Maximum = 32;

    /// <param name="candidates">The names as configured, not validated.</param>
    /// <param name="source">Where they are configured, for messages.</param>
    public static PullSecretNames From(IEnumerable<string> candidates, string source)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        List<Notice> notices = [];
        foreach (var candidate in candidates)
        {
            if (!SecretName.IsValid(candidate))
            {
                Ignore($"\"{OneLine.WithoutUser(candidate)}\" in {source} is not a valid name of a secret");
            }
            else if (names.Count == Maximum && !names.Contains(candidate))
            {
                Ignore($"Secret \"{candidate}\" is ignored: {source} names more than {Maximum} secrets");
            }
            else
            {
                names.Add(candidate);
            }
        }

        return new PullSecretNames([.. names], notices);

        void Ignore(string message)
        {
            if (notices.Count < Maximum)
            {
                notices.Add(new Notice(Reasons.NamedSecretMissing, message));
            }
        }
    }
}
