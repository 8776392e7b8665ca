// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Tests.Properties.Models;
using CsCheck;

namespace CrioCredentialProvider.Tests.Properties;

public sealed class MergeProperties
{
    private sealed record Case(MatchingProperties.Case Namespace, GlobalAuthFile Global)
    {
        public JsonNode GlobalAlone =>
            Json(AuthFileMerger.Merge(new MatchResult([], [], []), Global, Namespace.Sources));

        public JsonNode Merged => Json(Content);

        public AuthFileContent Content => AuthFileMerger.Merge(Namespace.Match(), Global, Namespace.Sources);

        public override string ToString() =>
            $"{Namespace}; node: "
            + string.Join(
                " ",
                Global.Entries.Select(entry => $"\"{entry.Key}\"{(entry.Value.Credential is null ? "={}" : "")}")
            )
            + $"; helpers: {string.Join(" ", Global.CredentialHelpers.Keys)}";

        private static JsonNode Json(AuthFileContent content) => JsonNode.Parse(content.ToJson())!;
    }

    private static readonly Gen<Case> Cases =
        from own in MatchingProperties.Cases
        from keys in Gen.Select(Names.KeyNear(own.Sources), Gen.Frequency((4, true), (1, false))).Array[0, 6]
        from helpers in Names.Host.Array[0, 2]
        select new Case(
            own,
            new GlobalAuthFile(
                keys.DistinctBy(pair => pair.Item1)
                    .ToDictionary(
                        pair => pair.Item1,
                        pair => new AuthFileEntry(
                            pair.Item2 ? new Credential(Bytes("node"), Bytes(pair.Item1), null) : null
                        )
                    ),
                helpers.Distinct().ToDictionary(host => host, host => "h"),
                new Dictionary<string, byte[]>(),
                []
            )
        );

    [Fact]
    public void A_credential_of_the_namespace_is_found_over_any_file_of_the_node() =>
        Property.Holds(
            Cases,
            given =>
            {
                var merged = given.Merged;
                foreach (var source in given.Namespace.Sources.Sources)
                {
                    if (Own(given, source.Reference.Text) is { } own)
                    {
                        Assert.Equal([own], LookUpModel.Find(merged, source.Reference.Text));
                    }
                }
            },
            rounds: 10000
        );

    [Fact]
    public void Where_the_namespace_has_none_the_nodes_credential_is_found_as_before() =>
        Property.Holds(
            Cases,
            given =>
            {
                var (merged, alone) = (given.Merged, given.GlobalAlone);
                var served = given
                    .Namespace.Sources.Sources.Where(source => Own(given, source.Reference.Text) is not null)
                    .ToList();
                foreach (var source in given.Namespace.Sources.Sources.Except(served))
                {
                    // A helper is asked for a whole host, before any entry: it must go where the namespace has a
                    // credential on it. And Docker Hub's credential counts for all of its names.
                    if (!served.Exists(other => HostOf(other.Reference.Text) == HostOf(source.Reference.Text)))
                    {
                        Assert.Equal(
                            LookUpModel.Find(alone, source.Reference.Text),
                            LookUpModel.Find(merged, source.Reference.Text)
                        );
                    }
                }
            },
            rounds: 10000
        );

    /// <summary>
    /// Gone is only what stands in the way: a key between a source and the namespace's credential for it, the same host
    /// in another spelling, and the helper of such a host.
    /// </summary>
    [Fact]
    public void Nothing_else_of_the_nodes_file_is_lost() =>
        Property.Holds(
            Cases,
            given =>
            {
                var merged = given.Merged;
                var own = given.Namespace.ModelledEntries().Select(entry => entry.Registry).ToHashSet();
                var served = given
                    .Namespace.Sources.Sources.Where(source => Own(given, source.Reference.Text) is not null)
                    .ToList();
                foreach (var key in given.Global.Entries.Keys.Where(key => merged["auths"]![key] is null))
                {
                    Assert.True(
                        served.Exists(source => KeyModel.IsSameOrBelow(source.Reference.Text, key))
                            || (KeyModel.Of(key) is { Path: "" } host && own.Contains(host.Host)),
                        $"\"{key}\" is lost"
                    );
                }

                Assert.Equal(
                    given
                        .Global.CredentialHelpers.Keys.Where(host =>
                            !served.Exists(source => source.Reference.Host == host)
                        )
                        .Order(StringComparer.Ordinal),
                    merged["credHelpers"]?.AsObject().Select(helper => helper.Key).Order(StringComparer.Ordinal)
                        ?? Enumerable.Empty<string>()
                );
            },
            rounds: 10000
        );

    [Fact]
    public void A_file_serves_when_the_look_up_finds_something_for_a_source() =>
        Property.Holds(
            Cases,
            given =>
                Assert.Equal(
                    given.Namespace.Sources.Sources.Any(source =>
                        LookUpModel.Find(given.Merged, source.Reference.Text).Any(found => found.Length > 0)
                    ),
                    given.Content.Serves(given.Namespace.Sources)
                ),
            rounds: 5000
        );

    [Fact]
    public void The_generator_makes_files_that_would_shadow()
    {
        Assert.InRange(
            Property.Share(Cases, given =>
                given.Namespace.Sources.Sources.Any(s =>
                    Own(given, s.Reference.Text) is { } own
                    && !LookUpModel.Find(given.GlobalAlone, s.Reference.Text).Contains("")
                )
            ),
            0.1,
            0.9
        );
        Assert.InRange(
            Property.Share(Cases, given =>
                given.Namespace.Sources.Sources.Any(s => given.Global.CredentialHelpers.ContainsKey(s.Reference.Host))
            ),
            0.05,
            0.9
        );
    }

    private static SecretBytes Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string HostOf(string reference) => LookUpModel.Normal(reference.Split('/')[0]);

    /// <summary>The most specific credential of the namespace on the way to the reference, by the model.</summary>
    private static string? Own(Case given, string reference) =>
        given
            .Namespace.ModelledEntries()
            .Where(entry => KeyModel.IsSameOrBelow(reference, entry.Registry))
            .OrderBy(entry => entry.Registry.Length)
            .LastOrDefault()
            .Credential;
}
