// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>Tells of each key what became of it, from the records that the steps of the pipeline left.</summary>
internal sealed class ExplainedKeys
{
    private readonly PullDecision decision;
    private readonly IReadOnlyList<ExplainedPlace> places;
    private readonly Dictionary<string, AppliedCredential> written;

    private ExplainedKeys(PullDecision decision, IReadOnlyList<ExplainedPlace> places)
    {
        (this.decision, this.places) = (decision, places);
        written = decision.Match.Credentials.ToDictionary(credential => credential.Registry, StringComparer.Ordinal);
    }

    /// <param name="decision">With misses.</param>
    /// <param name="places">What CRI-O finds for each.</param>
    /// <returns>The keys of the secrets, and of the node's own file.</returns>
    public static (IReadOnlyList<ExplainedKey> Secrets, IReadOnlyList<ExplainedKey> Node) Of(
        PullDecision decision,
        IReadOnlyList<ExplainedPlace> places
    )
    {
        var keys = new ExplainedKeys(decision, places);
        return (
            [
                .. decision.Match.Decisions.SelectMany(secret =>
                    secret.Keys.SelectMany(key => keys.OfSecret(secret.SecretName, key))
                ),
            ],
            [
                .. decision
                    .Global.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)
                    .Select(entry => keys.OfNode(entry.Key, entry.Value)),
                .. decision.Global.CredentialHelpers.Keys.Order(StringComparer.Ordinal).Select(keys.OfHelper),
            ]
        );
    }

    /// <summary>One for each registry that it is written for: a glob can fit several hosts.</summary>
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
            return UsedBy(registry, origin.SecretName) is { } used
                ? new ExplainedKey(origin, registry, KeyResult.Used, null, used)
                : new ExplainedKey(origin, registry, KeyResult.Written, null, WhyNotUsed(registry));
        }

        var (detail, why) =
            IsGlob(origin.Key) && !IsGlob(winner.Key)
                ? ("literal-before-glob", "a key without a glob goes before one with")
            : winner.SecretName == origin.SecretName ? ("later-key", "of two keys for one registry the later counts")
            : ("later-secret", "of two secrets for one registry the later in name order counts");
        return new ExplainedKey(
            origin,
            registry,
            KeyResult.Overridden,
            detail,
            $"secret \"{winner.SecretName}\" has \"{winner.Key}\" for the same registry: {why}"
        );
    }

    private ExplainedKey OfNode(string key, AuthFileEntry entry)
    {
        var origin = new CredentialOrigin(null, Explanation.Tell(key) ?? "");
        var registry = RegistryKey.TryParse(key, out var parsed) ? parsed.ToString() : "";
        if (!decision.Content.Entries.ContainsKey(key) || written.ContainsKey(key))
        {
            // Left out by AuthFileMerger: the same registry, however it is written, or more specific than a secret's.
            return written.TryGetValue(registry, out var own)
                ? Overridden("same-registry", $"secret \"{own.SecretName}\" has \"{own.Key}\" for the same registry")
                : WouldHide(Nearest(key));
        }

        if (UsedBy(key, secretName: null) is { } used)
        {
            return new ExplainedKey(
                origin,
                registry,
                KeyResult.Used,
                entry.Credential is null ? "anonymous" : null,
                entry.Credential is null ? used + ", but it has no credentials" : used
            );
        }

        var place = places.FirstOrDefault(place =>
            registry.Length > 0 && RepositoryName.Covers(registry, place.Source.Reference.Text)
        );
        return place is null ? new ExplainedKey(origin, registry, KeyResult.Written, null, "it is for other registries")
            : place.Found is { Hit.Rule: LookupRule.Helper } ? Kept("helper", "a credential helper takes precedence")
            : key == registry || AuthFileLookup.HostOf(key) == AuthFileLookup.HostOf(place.Source.Reference.Host)
                ? Kept("less-specific", $"{Quoted(place.Found)} takes precedence")
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

    private ExplainedKey OfHelper(string host)
    {
        var origin = new CredentialOrigin(null, Explanation.Tell(host) ?? "");
        if (!decision.Content.CredentialHelpers.ContainsKey(host))
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

        var used = UsedBy(host, secretName: null, isHelper: true);
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

    /// <summary>Names the places that find this key; null when none does.</summary>
    private string? UsedBy(string key, string? secretName, bool isHelper = false)
    {
        int[] numbers =
        [
            .. places
                .Where(place =>
                    place.Found is { } found
                    && found.Hit.Key == key
                    && found.Origin.SecretName == secretName
                    && found.Hit.Rule == LookupRule.Helper == isHelper
                )
                .Select(place => place.Number),
        ];
        return numbers.Length == 0 ? null : $"used by {string.Join(", ", numbers)}";
    }

    private string WhyNotUsed(string registry)
    {
        var place = places.FirstOrDefault(place => RepositoryName.Covers(registry, place.Source.Reference.Text));
        return place is { Found: { } found } ? $"{Quoted(found)} takes precedence, because it is more specific"
            : decision.Sources.Sources.Any(source => RepositoryName.Covers(registry, source.Reference.Text))
                ? "it is for a place that CRI-O tries when a pod uses the short name"
            : "it is below a mirror's location, but is not a parent of this image";
    }

    /// <summary>The secret's credential that a key of the node's file, more specific, would hide.</summary>
    private AppliedCredential Nearest(string registry) =>
        written.Values.Where(own => RepositoryName.Covers(own.Registry, registry)).MaxBy(own => own.Registry.Length)!;

    private static string Quoted(FoundCredential? found) =>
        found is not null && Explanation.Tell(found.Hit.Key) is { } key ? $"\"{key}\"" : "another key";

    private static bool IsGlob(string key) => RegistryKey.TryParse(key, out var parsed) && parsed.IsGlob;

    /// <summary>Such as <c>path-boundary</c>.</summary>
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
