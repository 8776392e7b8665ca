// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>Explains how the pull uses each key, from the records of the pipeline's steps.</summary>
internal sealed class ExplainedKeys
{
    private readonly PullDecision decision;
    private readonly KeyUse use;
    private readonly Dictionary<string, AppliedCredential> written;

    private ExplainedKeys(PullDecision decision, KeyUse use, Dictionary<string, AppliedCredential> written) =>
        (this.decision, this.use, this.written) = (decision, use, written);

    /// <param name="decision">The decision, with near misses.</param>
    /// <param name="places">What CRI-O finds for each location.</param>
    /// <returns>The keys of the secrets, and of the node's own file.</returns>
    public static (IReadOnlyList<ExplainedKey> Secrets, IReadOnlyList<ExplainedKey> Node) Of(
        PullDecision decision,
        IReadOnlyList<ExplainedPlace> places
    )
    {
        var use = new KeyUse(places);
        var written = decision.Match.Credentials.ToDictionary(
            credential => credential.Registry,
            StringComparer.Ordinal
        );
        var keys = new ExplainedKeys(decision, use, written);
        var nodeKeys = new ExplainedNodeKeys(decision.Content, use, written);
        return (
            [
                .. decision.Match.Decisions.SelectMany(secret =>
                    secret.Keys.SelectMany(key => keys.OfSecret(secret.SecretName, key))
                ),
            ],
            [
                .. decision
                    .Global.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)
                    .Select(entry => nodeKeys.OfEntry(entry.Key, entry.Value)),
                .. decision.Global.CredentialHelpers.Keys.Order(StringComparer.Ordinal).Select(nodeKeys.OfHelper),
            ]
        );
    }

    /// <summary>
    /// Returns one entry for each registry for which the key is written, because a glob can match several hosts.
    /// </summary>
    private IEnumerable<ExplainedKey> OfSecret(string secretName, KeyDecision key)
    {
        var origin = new CredentialOrigin(secretName, key.Key);
        if (key.Problem is not null)
        {
            yield return new ExplainedKey(origin, key.Registry, KeyResult.Unusable, null, key.Problem);
        }
        else if (key.Fits.Count == 0)
        {
            var miss = NearMiss.Of(key.Key, decision.Sources.Sources);
            yield return new ExplainedKey(
                origin,
                key.Registry,
                miss.IsNear ? KeyResult.NearMiss : KeyResult.OtherRegistry,
                Id(miss.Kind),
                miss.Text
            );
        }

        foreach (var registry in key.Fits.Select(fit => fit.Registry).Distinct())
        {
            yield return OfFitting(origin, registry);
        }
    }

    private ExplainedKey OfFitting(CredentialOrigin origin, string registry)
    {
        if (!written.TryGetValue(registry, out var winner))
        {
            return new ExplainedKey(
                origin,
                registry,
                KeyResult.Overridden,
                "no-room",
                "the auth file has no room for it"
            );
        }

        if ((winner.SecretName, winner.Key) == (origin.SecretName, origin.Key))
        {
            return use.By(registry, origin.SecretName) is { } used
                ? new ExplainedKey(origin, registry, KeyResult.Used, null, used)
                : new ExplainedKey(origin, registry, KeyResult.Written, null, WhyNotUsed(registry));
        }

        var (detail, why) =
            IsGlob(origin.Key) && !IsGlob(winner.Key) ? ("literal-before-glob", "a key without globs takes precedence")
            : winner.SecretName == origin.SecretName ? ("later-key", "the last of two keys for one registry is used")
            : ("later-secret", "the secret whose name sorts last is used");
        return new ExplainedKey(
            origin,
            registry,
            KeyResult.Overridden,
            detail,
            $"secret \"{winner.SecretName}\" has \"{winner.Key}\" for the same registry: {why}"
        );
    }

    private string WhyNotUsed(string registry)
    {
        return use.Covered(registry) is { Found: { } found }
                ? $"{KeyUse.Quoted(found)} takes precedence, because it is more specific"
            : decision.Sources.Sources.Any(source => RepositoryName.Covers(registry, source.Reference.Text))
                ? "it is for a place that CRI-O tries when a pod uses the short name"
            : "it is below a mirror's location, but is not a parent of this image";
    }

    private static bool IsGlob(string key) => RegistryKey.TryParse(key, out var parsed) && parsed.IsGlob;

    /// <summary>For example, <c>path-boundary</c>.</summary>
    public static string Id(NearMissKind kind) =>
        kind switch
        {
            NearMissKind.Scheme => "scheme",
            NearMissKind.PathBoundary => "path-boundary",
            NearMissKind.LibraryPath => "library-path",
            NearMissKind.LetterCase => "letter-case",
            NearMissKind.BelowSource => "below-source",
            NearMissKind.PathGlob => "path-glob",
            NearMissKind.Port => "port",
            NearMissKind.GlobLabels => "glob-labels",
            NearMissKind.HubName => "hub-name",
            NearMissKind.HostBoundary => "host-boundary",
            NearMissKind.SubDomain => "sub-domain",
            NearMissKind.SimilarHost => "similar-host",
            NearMissKind.OtherPath => "other-path",
            _ => "other-registry",
        };
}
