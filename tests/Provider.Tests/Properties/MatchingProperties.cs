// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tests.Properties.Models;
using CrioCredentialProvider.TestSupport;
using CsCheck;

namespace CrioCredentialProvider.Tests.Properties;

public sealed class MatchingProperties
{
    /// <summary>Secrets by name in the order of the API's answer; each is a list of keys, and each key has its own
    /// password.</summary>
    internal sealed record Case(PullSources Sources, (string Name, string[] Keys)[] Secrets)
    {
        public override string ToString() =>
            $"{string.Join(" ", Sources.Sources.Select(s => $"{s.Kind}:{s.Location}={s.Reference}"))}; "
            + string.Join(
                "; ",
                Secrets.Select(secret => $"{secret.Name}: {string.Join(" ", secret.Keys.Select(key => $"\"{key}\""))}")
            );

        public MatchResult Match(bool keepMisses = false)
        {
            var matcher = new CredentialMatcher(Sources, keepMisses);
            foreach (var (name, keys) in Secrets)
            {
                matcher.Add(new PullSecret(name, Document(name, keys)));
            }

            return matcher.Complete();
        }

        /// <summary>All entries with what the model says of their keys, in ascending order of precedence.</summary>
        public IEnumerable<(string Registry, string Credential)> ModelledEntries() =>
            Secrets
                .SelectMany(secret =>
                    secret.Keys.Select((key, place) => (secret.Name, Key: KeyModel.Of(key), Place: place))
                )
                .Where(entry => entry.Key is not null)
                .SelectMany(entry => entry.Key!.AppliesTo(Sources).Select(registry => (entry, registry)))
                .OrderBy(pair => !pair.entry.Key!.IsGlob)
                .ThenBy(pair => pair.entry.Name, StringComparer.Ordinal)
                .ThenBy(pair => pair.entry.Place)
                .Select(pair => (pair.registry, Credential(pair.entry.Name, pair.entry.Place)));

        private static string Credential(string secret, int place) => $"u:{secret}-{place}";

        private static byte[] Document(string name, string[] keys) =>
            Encoding.UTF8.GetBytes(
                new JsonObject
                {
                    ["auths"] = new JsonObject(
                        keys.Select(
                            (key, place) =>
                                KeyValuePair.Create<string, JsonNode?>(
                                    key,
                                    new JsonObject
                                    {
                                        ["auth"] = Convert.ToBase64String(
                                            Encoding.UTF8.GetBytes(Credential(name, place))
                                        ),
                                    }
                                )
                        )
                    ),
                }.ToJsonString()
            );
    }

    private static readonly string[] SecretNames = ["secret-a", "secret-b", "secret-c", "secret-d"];

    internal static readonly Gen<Case> Cases =
        from sources in Names.Sources
        from keys in Names.KeyNear(sources).Array[0, 4].Array[1, 4]
        from order in Gen.Shuffle(SecretNames, keys.Length)
        select new Case(sources, [.. keys.Select((set, i) => (order[i], set.Distinct().ToArray()))]);

    /// <summary>One key against one source: the smallest case, the most often.</summary>
    private static readonly Gen<(PullSources Sources, string Key)> OneKeys =
        from sources in Names.Sources
        from key in Names.KeyNear(sources)
        select (sources, key);

    [Fact]
    public void A_key_is_written_for_exactly_the_registries_that_the_keyring_and_the_mirrors_allow() =>
        Property.Holds(
            OneKeys,
            one =>
                Assert.Equal(
                    KeyModel.Of(one.Key)?.AppliesTo(one.Sources).Order(StringComparer.Ordinal)
                        ?? Enumerable.Empty<string>(),
                    Applied(one).Select(applied => applied.Registry)
                ),
            Print,
            rounds: 20000
        );

    [Fact]
    public void An_applied_key_has_the_host_and_port_of_a_source_and_is_its_parent_or_below_its_mirror() =>
        Property.Holds(
            OneKeys,
            one =>
            {
                foreach (var applied in Applied(one))
                {
                    Assert.Contains(one.Sources.Sources, source =>
                        source.Reference.Host == applied.Registry.Split('/')[0]
                        && (
                            KeyModel.IsSameOrBelow(source.Reference.Text, applied.Registry)
                            || (
                                source.Kind == PullSourceKind.Mirror
                                && KeyModel.IsSameOrBelow(applied.Registry, source.Location)
                            )
                        )
                    );
                }
            },
            Print,
            rounds: 20000
        );

    [Fact]
    public void CRIO_finds_the_most_specific_credential_of_the_namespace_for_each_source() =>
        Property.Holds(Cases, given =>
        {
            var document = JsonNode.Parse(
                AuthFileMerger.Merge(given.Match(), GlobalAuthFile.Empty, given.Sources).ToJson()
            )!;
            foreach (var source in given.Sources.Sources)
            {
                var winners = given
                    .ModelledEntries()
                    .GroupBy(entry => entry.Registry)
                    .Select(group => group.Last())
                    .ToList();
                var onTheWay = winners
                    .Where(entry => KeyModel.IsSameOrBelow(source.Reference.Text, entry.Registry))
                    .OrderBy(entry => entry.Registry.Length)
                    .LastOrDefault();

                // Else CRI-O's last resort takes Docker Hub's credential for a host that is Docker Hub by another name.
                HashSet<string> expected = onTheWay.Credential is { } own
                    ? [own]
                    :
                    [
                        .. winners
                            .Where(entry =>
                                LookUpModel.Normal(entry.Registry) == LookUpModel.Normal(source.Reference.Host)
                            )
                            .Select(entry => entry.Credential),
                    ];
                Assert.Equal(expected.Count > 0 ? expected : [""], LookUpModel.Find(document, source.Reference.Text));
            }
        });

    [Fact]
    public void The_order_of_the_list_does_not_matter() =>
        Property.Holds(
            Cases.SelectMany(given =>
                Gen.Shuffle(given.Secrets).Select(shuffled => (given, other: given with { Secrets = shuffled }))
            ),
            pair => Assert.Equal(Written(pair.given), Written(pair.other)),
            pair => $"{pair.given} and {pair.other}"
        );

    [Fact]
    public void The_order_of_entries_matters_for_equal_keys_only() =>
        Property.Holds(
            from given in Cases
            let distinct = given with
            {
                Secrets =
                [
                    .. given.Secrets.Select(secret =>
                        (
                            secret.Name,
                            secret
                                .Keys.DistinctBy(key => KeyModel.Of(key) is { IsGlob: false } literal ? literal : null)
                                .ToArray()
                        )
                    ),
                ],
            }
            from at in Gen.Int[0, 5]
            select (distinct, at),
            pair =>
            {
                // The credential carries the place of its key: what is compared is which key won.
                var turned = pair.distinct with
                {
                    Secrets = [.. pair.distinct.Secrets.Select(secret => (secret.Name, Turn(secret.Keys, pair.at)))],
                };
                Assert.Equal(Winners(pair.distinct), Winners(turned));
            },
            pair => $"{pair.distinct} turned by {pair.at}"
        );

    [Fact]
    public void Text_before_an_at_sign_is_never_printed() =>
        Property.Holds(
            OneKeys,
            one =>
            {
                var match = new Case(one.Sources, [("secret-a", [one.Key])]).Match(keepMisses: true);
                Assert.All(match.Notices, notice =>
                    Assert.DoesNotContain("planted", notice.Message, StringComparison.Ordinal)
                );
                Assert.All(match.Decisions.SelectMany(decision => decision.Keys), key =>
                    Assert.DoesNotContain("planted", key.Key + key.Registry, StringComparison.Ordinal)
                );
            },
            Print
        );

    [Fact]
    public void The_generator_makes_hits_and_near_misses()
    {
        Assert.InRange(Property.Share(OneKeys, one => Applied(one).Any()), 0.2, 0.8);
        Assert.InRange(
            Property.Share(OneKeys, one => !Applied(one).Any() && IsNear(one, sharedCharacters: 4)),
            0.2,
            0.8
        );
        Assert.InRange(
            Property.Share(OneKeys, one => KeyModel.Of(one.Key) is { IsGlob: true } && Applied(one).Any()),
            0.01,
            0.5
        );
        Assert.InRange(
            Property.Share(OneKeys, one =>
                Applied(one)
                    .Any(a => !one.Sources.Sources.Any(s => KeyModel.IsSameOrBelow(s.Reference.Text, a.Registry)))
            ),
            0.02,
            0.5
        );
        Assert.InRange(
            Property.Share(Cases, given => given.Match().Notices.Any(n => n.Reason == Reasons.EntryOverridden)),
            0.05,
            0.9
        );
    }

    private static IEnumerable<AppliedCredential> Applied((PullSources Sources, string Key) one) =>
        new Case(one.Sources, [("secret-a", [one.Key])]).Match().Credentials;

    private static bool IsNear((PullSources Sources, string Key) one, int sharedCharacters) =>
        one.Sources.Sources.Any(source =>
            one.Key.Contains(source.Reference.Text[..sharedCharacters], StringComparison.Ordinal)
        );

    private static string Print((PullSources Sources, string Key) one) =>
        new Case(one.Sources, [("secret-a", [one.Key])]).ToString();

    private static string Written(Case given) =>
        Encoding.UTF8.GetString(AuthFileMerger.Merge(given.Match(), GlobalAuthFile.Empty, given.Sources).ToJson());

    private static List<(string Registry, string Secret, string Key)> Winners(Case given) =>
        [
            .. given
                .Match()
                .Credentials.Select(credential =>
                    (
                        credential.Registry,
                        credential.SecretName,
                        given.Secrets.Single(secret => secret.Name == credential.SecretName).Keys[
                            int.Parse(credential.Credential.Password.Text().Split('-')[^1])
                        ]
                    )
                ),
        ];

    private static string[] Turn(string[] keys, int at) =>
        keys.Length == 0 ? keys : [.. keys[(at % keys.Length)..], .. keys[..(at % keys.Length)]];
}
