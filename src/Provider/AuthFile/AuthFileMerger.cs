// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// Merges the namespace's credentials over the node's own. CRI-O asks helpers first and then uses the most specific
/// key; the merge makes it find the namespace's credential wherever there is one.
/// </summary>
internal static class AuthFileMerger
{
    public static AuthFileContent Merge(MatchResult match, GlobalAuthFile global, PullSources sources)
    {
        var content = MergeAll(match, global, sources);
        if (content.ToJson().Length <= AuthFileLimits.LargestFile)
        {
            return content;
        }

        var needed = OnlyNeeded(global, sources);
        content = MergeAll(match, needed, sources);
        return content.ToJson().Length <= AuthFileLimits.LargestFile
            ? WithNotice(match, needed, sources, "the node's own entries for other registries")
            : WithNotice(match, GlobalAuthFile.Empty, sources, "the node's own entries");
    }

    private static AuthFileContent WithNotice(
        MatchResult match,
        GlobalAuthFile global,
        PullSources sources,
        string leftOut
    ) =>
        MergeAll(
            match,
            global,
            sources,
            new Notice(
                Reasons.EntrySkipped,
                $"Skipping {leftOut}: with them, the auth file would be larger than {AuthFileLimits.LargestFile} "
                    + "bytes"
            )
        );

    private static AuthFileContent MergeAll(
        MatchResult match,
        GlobalAuthFile global,
        PullSources sources,
        params IReadOnlyList<Notice> notices
    )
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
            if (!served.Exists(source => source.Reference.Host == host))
            {
                helpers.Add(host, helper);
            }
        }

        foreach (var credential in match.Credentials)
        {
            entries[credential.Registry] = new AuthFileEntry(credential.Credential);
        }

        return new AuthFileContent(entries, helpers, global.OtherMembers) { Notices = notices };
    }

    /// <summary>
    /// The entries and helpers of the node's file that CRI-O could use for these sources: those of their hosts.
    /// </summary>
    private static GlobalAuthFile OnlyNeeded(GlobalAuthFile global, PullSources sources)
    {
        HashSet<string> hosts = new(sources.Sources.Select(source => source.Reference.Host), StringComparer.Ordinal);
        HashSet<string> names = new(hosts.Select(AuthFileLookup.HostOf), StringComparer.Ordinal);
        return GlobalAuthFile.Empty with
        {
            Entries = global
                .Entries.Where(entry =>
                    names.Contains(AuthFileLookup.HostOf(RepositoryName.HostOf(entry.Key).ToString()))
                    || names.Contains(AuthFileLookup.HostOf(entry.Key))
                )
                .ToDictionary(StringComparer.Ordinal),
            CredentialHelpers = global
                .CredentialHelpers.Where(helper => hosts.Contains(helper.Key))
                .ToDictionary(StringComparer.Ordinal),
        };
    }

    /// <summary>The sources for which the namespace has a credential, with its most specific key.</summary>
    private static List<(RepositoryName Reference, string Key)> ServedSources(
        Dictionary<string, AppliedCredential> own,
        PullSources sources
    )
    {
        List<(RepositoryName, string)> served = [];
        foreach (var source in sources.Sources)
        {
            if (source.Reference.SelfAndParents.FirstOrDefault(own.ContainsKey) is { } key)
            {
                served.Add((source.Reference, key));
            }
        }

        return served;
    }

    private static bool IsOverridden(
        string key,
        Dictionary<string, AppliedCredential> own,
        List<(RepositoryName Reference, string Key)> served
    )
    {
        // The same host in another spelling. A key with a path is kept, because CRI-O may apply "https://host/path" to
        // the whole host.
        if (RegistryKey.TryParse(key, out var parsed) && parsed.Path.Length == 0 && own.ContainsKey(parsed.Host))
        {
            return true;
        }

        foreach (var (reference, ownKey) in served)
        {
            // More specific than the namespace's key, and a parent of the source: CRI-O compares keys as written and
            // would use this one first.
            if (key.Length > ownKey.Length && RepositoryName.Covers(key, reference.Text))
            {
                return true;
            }
        }

        return false;
    }
}
