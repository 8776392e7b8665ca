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

    /// <summary>Without its scheme and what follows the host, or by another name of Docker Hub, the key is the host.</summary>
    Host,
}

/// <summary>What CRI-O's look-up ends at.</summary>
/// <param name="Rule">Why there.</param>
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
    /// <param name="reference">A physical reference, without tag and digest.</param>
    /// <returns>Null when nothing in the file is for this reference.</returns>
    public static AuthFileHit? Find(AuthFileContent content, string reference)
    {
        var host = ImageReference.Domain(reference).ToString();
        if (content.CredentialHelpers.ContainsKey(host))
        {
            return new AuthFileHit(LookupRule.Helper, host, null);
        }

        // The first key that exists decides, even one without credentials.
        for (var name = reference; ; name = name[..name.LastIndexOf('/')])
        {
            if (content.Entries.TryGetValue(name, out var entry))
            {
                return new AuthFileHit(name.Length == reference.Length ? LookupRule.Exact : LookupRule.Parent, name, entry);
            }

            if (name.Length == host.Length)
            {
                break;
            }
        }

        AuthFileHit? found = null;
        foreach (var key in KeysOfHost(content, host))
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
    /// The keys that <see cref="LookupRule.Host"/> may take, in ordinal order. Of several CRI-O takes any, by the order of
    /// a Go map.
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
            rest = ImageReference.Domain(rest).ToString();
        }

        return rest is DockerHub.Name or DockerHub.Server ? DockerHub.Index : rest;
    }
}
