// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>Explains how the pull uses each key of the node's own file.</summary>
/// <param name="content">The content of the auth file.</param>
/// <param name="use">Which locations use a key.</param>
/// <param name="written">The credentials from secrets in the auth file, by registry.</param>
internal sealed class ExplainedNodeKeys(
    AuthFileContent content,
    KeyUse use,
    Dictionary<string, AppliedCredential> written
)
{
    /// <summary>A key below <c>auths</c>.</summary>
    public ExplainedKey OfEntry(string key, AuthFileEntry entry)
    {
        var origin = new CredentialOrigin(null, Explanation.PrintableKey(key) ?? "");
        var registry = RegistryKey.TryParse(key, out var parsed) ? parsed.ToString() : "";
        if (!content.Entries.ContainsKey(key) || written.ContainsKey(key))
        {
            // AuthFileMerger omitted the key: a secret has a key for the same registry, in whatever form, or the node's
            // key is more specific than a secret's.
            return written.TryGetValue(registry, out var own)
                ? Overridden("same-registry", $"secret \"{own.SecretName}\" has \"{own.Key}\" for the same registry")
                : WouldHide(Nearest(key));
        }

        if (use.By(key, secretName: null) is { } used)
        {
            return new ExplainedKey(
                origin,
                registry,
                KeyResult.Used,
                entry.Credential is null ? "anonymous" : null,
                entry.Credential is null ? used + ", but it has no credentials" : used
            );
        }

        var place = use.Covered(registry);
        return place is null ? new ExplainedKey(origin, registry, KeyResult.Written, null, "it is for other registries")
            : place.Found is { Hit.Rule: LookupRule.Helper } ? Kept("helper", "a credential helper takes precedence")
            : key == registry || AuthFileLookup.HostOf(key) == AuthFileLookup.HostOf(place.Source.Reference.Host)
                ? Kept("less-specific", $"{KeyUse.Quoted(place.Found)} takes precedence")
            : Kept("not-found", $"CRI-O finds no key that is written like this: write \"{registry}\"");

        ExplainedKey WouldHide(AppliedCredential own) =>
            Overridden(
                "would-hide",
                $"it would hide \"{own.Registry}\" of secret \"{own.SecretName}\", which is less specific"
            );
        ExplainedKey Overridden(string detail, string reason) =>
            new(origin, registry, KeyResult.Overridden, detail, reason);
        ExplainedKey Kept(string detail, string reason) => new(origin, registry, KeyResult.NearMiss, detail, reason);
    }

    /// <summary>A host below <c>credHelpers</c>.</summary>
    public ExplainedKey OfHelper(string host)
    {
        var origin = new CredentialOrigin(null, Explanation.PrintableKey(host) ?? "");
        if (!content.CredentialHelpers.ContainsKey(host))
        {
            return new ExplainedKey(
                origin,
                origin.Key,
                KeyResult.Overridden,
                "would-hide",
                "CRI-O asks a helper first, and a secret has a credential for this host"
            )
            {
                IsHelper = true,
            };
        }

        var used = use.By(host, secretName: null, isHelper: true);
        return new ExplainedKey(
            origin,
            origin.Key,
            used is null ? KeyResult.Written : KeyResult.Used,
            null,
            used ?? "it is for other registries"
        )
        {
            IsHelper = true,
        };
    }

    /// <summary>The secret's credential that a more specific key of the node's file would hide.</summary>
    private AppliedCredential Nearest(string registry) =>
        written.Values.Where(own => RepositoryName.Covers(own.Registry, registry)).MaxBy(own => own.Registry.Length)!;
}
