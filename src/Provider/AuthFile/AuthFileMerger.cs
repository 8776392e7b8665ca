using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// Merges the namespace's credentials over the node's own, so that CRI-O's look-up, which takes the most specific key
/// and asks helpers first, finds the namespace's wherever it has one.
/// </summary>
internal static class AuthFileMerger
{
    public static AuthFileContent Merge(MatchResult match, GlobalAuthFile global, PullSources sources)
    {
        SortedDictionary<string, AuthFileEntry> entries = new(StringComparer.Ordinal);
        SortedDictionary<string, string> helpers = new(StringComparer.Ordinal);
        var own = match.Credentials.ToDictionary(credential => credential.Registry, StringComparer.Ordinal);
        var served = ServedSources(own, sources);
        foreach (var (key, entry) in global.Entries)
        {
            if (!IsOverridden(key, own, served))
            {
                entries.Add(key, entry);
            }
        }

        foreach (var (host, helper) in global.CredentialHelpers)
        {
            if (!served.Exists(source => ImageReference.Domain(source.Reference).SequenceEqual(host)))
            {
                helpers.Add(host, helper);
            }
        }

        foreach (var credential in match.Credentials)
        {
            entries[credential.Registry] = new AuthFileEntry(credential.Credential);
        }

        return new AuthFileContent(entries, helpers, global.OtherMembers);
    }

    /// <summary>The sources for which the namespace has a credential, with the most specific key of it.</summary>
    private static List<(string Reference, string Key)> ServedSources(
        Dictionary<string, AppliedCredential> own, PullSources sources)
    {
        List<(string, string)> served = [];
        foreach (var source in sources.Sources)
        {
            for (var name = source.Reference; ;)
            {
                if (own.ContainsKey(name))
                {
                    served.Add((source.Reference, name));
                    break;
                }

                var slash = name.LastIndexOf('/');
                if (slash < 0)
                {
                    break;
                }

                name = name[..slash];
            }
        }

        return served;
    }

    private static bool IsOverridden(
        string key, Dictionary<string, AppliedCredential> own, List<(string Reference, string Key)> served)
    {
        // The same host by another spelling. With a path it is left: CRI-O may take "https://host/path" for the whole host.
        if (RegistryKey.TryParse(key, out var parsed) && parsed.Path.Length == 0 && own.ContainsKey(parsed.Host))
        {
            return true;
        }

        foreach (var (reference, ownKey) in served)
        {
            // More specific than ours, and on the way to the source: CRI-O, which compares the key as it is written,
            // would take it first.
            if (key.Length > ownKey.Length
                && reference.StartsWith(key, StringComparison.Ordinal)
                && (reference.Length == key.Length || reference[key.Length] == '/'))
            {
                return true;
            }
        }

        return false;
    }
}
