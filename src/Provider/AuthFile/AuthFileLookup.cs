// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.AuthFile;

/// <summary>Why CRI-O uses a key, in the order in which it tries these rules.</summary>
internal enum LookupRule
{
    /// <summary>A <c>credHelpers</c> entry for the host takes precedence over all keys.</summary>
    Helper,

    /// <summary>The key is the reference itself.</summary>
    Exact,

    /// <summary>The key is the nearest parent of the reference, down to the host.</summary>
    Parent,

    /// <summary>The key without scheme and path, or by another name of Docker Hub, is the host.</summary>
    Host,
}

/// <summary>The result of CRI-O's look-up.</summary>
/// <param name="Rule">Why this key was used.</param>
/// <param name="Key">The key in <c>auths</c>, or the host in <c>credHelpers</c>.</param>
/// <param name="Entry">Null for a helper.</param>
internal readonly record struct AuthFileHit(LookupRule Rule, string Key, AuthFileEntry? Entry)
{
    /// <summary>False for an entry that means "no credentials here", which makes the pull anonymous.</summary>
    public bool IsUseful => Rule == LookupRule.Helper || Entry?.Credential is not null;
}

/// <summary>How CRI-O finds credentials in an auth file (containers/image config.go findCredentialsInFile).</summary>
internal static class AuthFileLookup
{
    /// <param name="content">The content of the file.</param>
    /// <param name="reference">A physical reference.</param>
    /// <returns>Null if nothing in the file matches this reference.</returns>
    public static AuthFileHit? Find(AuthFileContent content, RepositoryName reference)
    {
        if (content.CredentialHelpers.ContainsKey(reference.Host))
        {
            return new AuthFileHit(LookupRule.Helper, reference.Host, null);
        }

        // The first key that exists wins, even one without credentials.
        foreach (var name in reference.SelfAndParents)
        {
            if (content.Entries.TryGetValue(name, out var entry))
            {
                var rule = name.Length == reference.Text.Length ? LookupRule.Exact : LookupRule.Parent;
                return new AuthFileHit(rule, name, entry);
            }
        }

        AuthFileHit? found = null;
        foreach (var key in KeysOfHost(content, reference.Host))
        {
            var hit = new AuthFileHit(LookupRule.Host, key, content.Entries[key]);
            if (hit.IsUseful)
            {
                return hit;
            }

            found ??= hit;
        }

        return found;
    }

    /// <summary>
    /// The keys that <see cref="LookupRule.Host"/> may use, in ordinal order. If there are several, CRI-O uses
    /// whichever the iteration over a Go map returns first.
    /// </summary>
    public static IEnumerable<string> KeysOfHost(AuthFileContent content, string host)
    {
        var wanted = HostOf(host);
        return content.Entries.Keys.Where(key => HostOf(key) == wanted);
    }

    /// <summary>The key without scheme and path (normalizeAuthFileKey).</summary>
    public static string HostOf(string key)
    {
        var rest = key.StartsWith("http://", StringComparison.Ordinal) ? key[7..] : key;
        rest = rest.StartsWith("https://", StringComparison.Ordinal) ? rest[8..] : rest;
        if (rest.Length != key.Length)
        {
            rest = RepositoryName.HostOf(rest).ToString();
        }

        return rest is DockerHub.Name or DockerHub.Server ? DockerHub.Index : rest;
    }
}
