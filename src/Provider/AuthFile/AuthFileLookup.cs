// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.AuthFile;

/// <summary>Why CRI-O's look-up takes a key, in the order in which it tries these.</summary>
internal enum LookupRule
{
    /// <summary>A <c>credHelpers</c> entry for the host goes before all keys.</summary>
    Helper,

    /// <summary>The key is the reference itself.</summary>
    Exact,

    /// <summary>The key is the nearest parent of the reference, down to the host.</summary>
    Parent,

    /// <summary>Without its scheme and path, or by another name of Docker Hub, the key is the host.</summary>
    Host,
}

/// <summary>What CRI-O's look-up finds.</summary>
/// <param name="Rule">Why it finds this.</param>
/// <param name="Key">The key below <c>auths</c>, or the host below <c>credHelpers</c>.</param>
/// <param name="Entry">Null for a helper.</param>
internal readonly record struct AuthFileHit(LookupRule Rule, string Key, AuthFileEntry? Entry)
{
    /// <summary>False for an entry that says "no credentials here": the pull is anonymous then.</summary>
    public bool IsUseful => Rule == LookupRule.Helper || Entry?.Credential is not null;
}

/// <summary>How CRI-O finds credentials in an auth file (containers/image config.go findCredentialsInFile).</summary>
internal static class AuthFileLookup
{
    /// <param name="content">The file.</param>
    /// <param name="reference">A physical reference.</param>
    /// <returns>Null when nothing in the file is for this reference.</returns>
    public static AuthFileHit? Find(AuthFileContent content, RepositoryName reference)
    {
        if (content.CredentialHelpers.ContainsKey(reference.Host))
        {
            return new AuthFileHit(LookupRule.Helper, reference.Host, null);
        }

        // The first key that exists decides, even one without credentials.
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
    /// The keys that <see cref="LookupRule.Host"/> may take, in ordinal order. Of several CRI-O takes any, in the order
    /// of a Go map.
    /// </summary>
    public static IEnumerable<string> KeysOfHost(AuthFileContent content, string host)
    {
        var wanted = HostOf(host);
        return content.Entries.Keys.Where(key => HostOf(key) == wanted);
    }

    /// <summary>What remains of a key without scheme and path (normalizeAuthFileKey).</summary>
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
