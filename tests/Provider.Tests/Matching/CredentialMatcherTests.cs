// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Matching;

public sealed class CredentialMatcherTests
{
    public static TheoryData<string, string, string> Table =>
        new(MatchingCases.All.Select(row => (row.Sources, row.Key, row.Expected)));

    [Fact]
    public void The_table_has_at_least_sixty_cases() => Assert.True(MatchingCases.All.Length >= 60);

    [Theory]
    [MemberData(nameof(Table))]
    public void A_key_applies_as_the_table_says(string sources, string key, string expected)
    {
        var match = MatchingSupport.Match(
            MatchingSupport.Sources(sources),
            ("s", MatchingSupport.Config((key, "u", "p")))
        );
        Assert.Equal(expected == "-" ? [] : [expected], match.Credentials.Select(credential => credential.Registry));
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Every_credential_on_the_way_to_a_source_is_found_by_CRIOs_look_up(
        string sources,
        string key,
        string expected
    )
    {
        var places = MatchingSupport.Sources(sources);
        var match = MatchingSupport.Match(places, ("s", MatchingSupport.Config((key, "u", "p"))));
        var document = JsonNode.Parse(AuthFileMerger.Merge(match, GlobalAuthFile.Empty, places).ToJson())!;
        foreach (var source in places.Sources)
        {
            var isOnTheWay =
                expected != "-" && (source.Reference.Text + "/").StartsWith(expected + "/", StringComparison.Ordinal);
            Assert.Equal(isOnTheWay ? "u:p" : null, MatchingSupport.LookUp(document, source.Reference.Text));
        }
    }

    [Fact]
    public void The_later_secret_in_name_order_wins_whatever_the_order_of_the_list()
    {
        (string, string)[] secrets =
        [
            ("a", MatchingSupport.Config(("m.io", "u", "one"))),
            ("b", MatchingSupport.Config(("https://m.io/", "u", "two"))),
            ("c", MatchingSupport.Config(("m.io", "u", "three"))),
        ];
        foreach (
            var order in (int[][])
                [
                    [0, 1, 2],
                    [0, 2, 1],
                    [1, 0, 2],
                    [1, 2, 0],
                    [2, 0, 1],
                    [2, 1, 0],
                ]
        )
        {
            var match = MatchingSupport.Match(
                MatchingSupport.Sources(MatchingCases.Hub),
                [.. order.Select(i => secrets[i])]
            );
            var only = Assert.Single(match.Credentials);
            Assert.Equal(("c", "three"), (only.SecretName, only.Credential.Password.Text()));
            Assert.Equal(2, match.Notices.Count(notice => notice.Reason == Reasons.EntryOverridden));
            Assert.Equal(["a", "b", "c"], match.Decisions.Select(decision => decision.SecretName));
        }
    }

    [Fact]
    public void A_literal_key_beats_a_glob_of_a_later_secret()
    {
        var match = MatchingSupport.Match(
            MatchingSupport.Sources(MatchingCases.Hub),
            ("a", MatchingSupport.Config(("m.io", "u", "literal"))),
            ("z", MatchingSupport.Config(("m*.io", "u", "glob")))
        );
        Assert.Equal("literal", Assert.Single(match.Credentials).Credential.Password.Text());
        Assert.Equal(
            "Credentials for \"m.io\" in secret \"z\" are overridden by secret \"a\"",
            Assert.Single(match.Notices).Message
        );
    }

    [Theory]
    [InlineData("""{"auth":"dTpw"}""", "u", "p")]
    [InlineData("""{"auth":"dTpwYTpzcw"}""", "u", "pa:ss")]
    [InlineData("""{"username":"u","password":"p"}""", "u", "p")]
    [InlineData("""{"Username":"u","PASSWORD":"p"}""", "u", "p")]
    [InlineData("""{"auth":"dTpw","username":"other","password":"other"}""", "u", "p")]
    [InlineData("""{"auth":"","username":"u","password":"p","email":"e@x"}""", "u", "p")]
    [InlineData("""{"auth":"dTpwAA=="}""", "u", "p")]
    public void Every_way_to_write_a_credential_is_read(string entry, string username, string password)
    {
        var credential = Assert
            .Single(MatchingSupport.Match(MatchingSupport.Sources(MatchingCases.Hub), ("s", Auths(entry))).Credentials)
            .Credential;
        Assert.Equal((username, password), (credential.Username.Text(), credential.Password.Text()));
    }

    [Theory]
    [InlineData("""{"auth":"!"}""", "its \"auth\" is not base64")]
    [InlineData("""{"auth":"dQ=="}""", "its \"auth\" is not base64 of user:password")]
    [InlineData("""{"auth":"Og=="}""", "its user name and password are empty")]
    public void A_bad_entry_is_skipped_with_a_line_and_the_next_one_counts(string entry, string why)
    {
        var document = "{\"auths\":{\"m.io\":" + entry + ",\"m.io/hub\":{\"auth\":\"dTpw\"}}}";
        var match = MatchingSupport.Match(MatchingSupport.Sources(MatchingCases.Hub), ("s", document));
        Assert.Equal("m.io/hub", Assert.Single(match.Credentials).Registry);
        Assert.Equal(
            new Notice(Reasons.EntrySkipped, $"Skipping entry \"m.io\" of secret \"s\": {why}"),
            Assert.Single(match.Notices)
        );
    }

    [Theory]
    [InlineData("nonsense", "it is not one JSON document")]
    [InlineData("[]", "the document is not a JSON object")]
    [InlineData("""{"auths":[]}""", "\"auths\" is not a JSON object")]
    [InlineData("""{"auths":{"m.io":"x"}}""", "an entry is not a JSON object")]
    [InlineData("""{"auths":{"m.io":{"auth":1}}}""", "a field of an entry is not a string")]
    [InlineData("""{"auths":{"other.io":"x"}}""", "an entry is not a JSON object")]
    [InlineData("""{"auths":{"other.io":{"auth":1}}}""", "a field of an entry is not a string")]
    [InlineData("""{"auths":{"other.io":{"x":1,"auth":{}}}}""", "a field of an entry is not a string")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpw"}}} {}""", "it is not one JSON document")]
    public void A_bad_secret_is_skipped_with_a_line_and_the_next_one_counts(string document, string why)
    {
        var match = MatchingSupport.Match(
            MatchingSupport.Sources(MatchingCases.Hub),
            ("bad", document),
            ("good", MatchingSupport.Config(("m.io", "u", "p")))
        );
        Assert.Equal("good", Assert.Single(match.Credentials).SecretName);
        Assert.Equal(
            new Notice(Reasons.SecretSkipped, $"Skipping secret \"bad\": {why}"),
            Assert.Single(match.Notices)
        );
    }

    [Theory]
    [InlineData("""{"AUTHS":{"m.io":{"auth":"dTpw"}}}""", 1)]
    [InlineData("""{"auths":null}""", 0)]
    [InlineData("""{"auths":{"m.io":null}}""", 0)]
    [InlineData("""{"auths":{"m.io":null,"m.io/hub":{"auth":"dTpw"}}}""", 1)]
    [InlineData("""{"auths":{"other.io":null,"m.io":{"auth":"dTpw"}}}""", 1)]
    [InlineData("""{"auths":{"other.io":{"x":{"auth":1},"auth":null,"y":[]},"m.io":{"auth":"dTpw"}}}""", 1)]
    [InlineData("""{"auths":{"m.io":{"auth":"eDp5"},"m.io":{"auth":"dTpw"}},"HttpHeaders":{}}""", 1)]
    public void Documents_are_read_by_Gos_rules(string document, int credentials)
    {
        var match = MatchingSupport.Match(MatchingSupport.Sources(MatchingCases.Hub), ("s", document));
        Assert.Equal(credentials, match.Credentials.Count);
        Assert.All(match.Credentials, credential => Assert.Equal("u", credential.Credential.Username.Text()));
        Assert.Empty(match.Notices);
    }

    [Fact]
    public void An_identity_token_is_kept()
    {
        var places = MatchingSupport.Sources(MatchingCases.Hub);
        var match = MatchingSupport.Match(places, ("s", Auths("""{"auth":"dTpw","identitytoken":"refresh"}""")));
        Assert.Equal(
            """{"auths":{"m.io":{"auth":"dTpw","identitytoken":"refresh"}}}""",
            Compact(AuthFileMerger.Merge(match, GlobalAuthFile.Empty, places))
        );
    }

    [Fact]
    public void A_key_that_may_contain_a_password_is_not_printed()
    {
        var match = MatchingSupport.Match(
            MatchingSupport.Sources(MatchingCases.Hub),
            ("s", MatchingSupport.Config(("https://user:planted@m.io", "u", "p")))
        );
        Assert.Equal(
            "Skipping an entry of secret \"s\": its key names no registry",
            Assert.Single(match.Notices).Message
        );
    }

    /// <summary>Such a path is no image's, and would turn the journal's line around.</summary>
    [Theory]
    [InlineData("m.io/hub/a\u202Eb", "m.io/hub/a\\u{202E}b")]
    [InlineData("m.io/hub/a\u2028b", "m.io/hub/a\\u{2028}b")]
    [InlineData("m.io/hub/a\u200Bb", "m.io/hub/a\\u{200B}b")]
    public void A_key_with_characters_that_cannot_be_seen_names_no_registry(string key, string shown)
    {
        var match = MatchingSupport.Match(
            MatchingSupport.Sources(MatchingCases.Hub),
            ("s", MatchingSupport.Config((key, "u", "p")))
        );
        Assert.Equal(
            $"Skipping an entry of secret \"s\": its key \"{shown}\" has a character in it that cannot be seen",
            Assert.Single(match.Notices).Message
        );
        Assert.Empty(match.Credentials);
    }

    [Theory]
    // The namespace's credential wins over the same registry, more specific keys, and helpers; the rest survives.
    [InlineData(
        """{"auths":{"m.io":{"auth":"Z2xvYjpnbG9i"},"other.io":{"auth":"Z2xvYjpnbG9i"}}}""",
        """{"auths":{"m.io":{"auth":"dTpw"},"other.io":{"auth":"Z2xvYjpnbG9i"}}}"""
    )]
    [InlineData(
        """{"auths":{"m.io/hub":{"auth":"Z2xvYjpnbG9i"},"m.io/hub/library/nginx":{},"m.io/other":{"auth":"Z2xvYjpnbG9i"}}}""",
        """{"auths":{"m.io":{"auth":"dTpw"},"m.io/other":{"auth":"Z2xvYjpnbG9i"}}}"""
    )]
    [InlineData(
        """{"auths":{"https://m.io/v2/":{"auth":"Z2xvYjpnbG9i"}},"credHelpers":{"m.io":"h","docker.io":"hub"},"credsStore":"x"}""",
        """{"auths":{"m.io":{"auth":"dTpw"}},"credHelpers":{"docker.io":"hub"},"credsStore":"x"}"""
    )]
    [InlineData(
        """{"auths":{"https://m.io/hub":{"auth":"Z2xvYjpnbG9i"},"m.io/hubba":{"auth":"Z2xvYjpnbG9i"}}}""",
        """{"auths":{"https://m.io/hub":{"auth":"Z2xvYjpnbG9i"},"m.io":{"auth":"dTpw"},"m.io/hubba":{"auth":"Z2xvYjpnbG9i"}}}"""
    )]
    [InlineData(
        """{"auths":{"other.io":{"auth":"Z2xvYjpnbG9iYQ"},"bare.io":{"username":"u","password":"p"}}}""",
        """{"auths":{"bare.io":{"auth":"dTpw"},"m.io":{"auth":"dTpw"},"other.io":{"auth":"Z2xvYjpnbG9iYQ=="}}}"""
    )]
    public void The_nodes_own_credentials_are_merged_under_the_namespaces(string global, string expected)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, global);
        var places = MatchingSupport.Sources(MatchingCases.Hub);
        var match = MatchingSupport.Match(places, ("s", MatchingSupport.Config(("m.io", "u", "p"))));
        Assert.Equal(expected, Compact(AuthFileMerger.Merge(match, GlobalAuthFileReader.Read(path), places)));
        File.Delete(path);
    }

    [Fact]
    public void A_repository_below_v2_is_not_an_API_path_in_the_nodes_file()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, """{"auths":{"m.io/v2/team":{"auth":"Z2xvYjpnbG9i"}}}""");
        var places = MatchingSupport.Sources("registry:m.io/v2/team/app");
        var merged = AuthFileMerger.Merge(
            MatchingSupport.Match(places, ("s", MatchingSupport.Config(("m.io", "u", "p")))),
            GlobalAuthFileReader.Read(path),
            places
        );
        Assert.Equal("u:p", MatchingSupport.LookUp(JsonNode.Parse(merged.ToJson())!, "m.io/v2/team/app"));
        File.Delete(path);
    }

    [Theory]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpw"}}}""", true)]
    [InlineData("""{"auths":{"https://m.io/v1/":{"auth":"dTpw"}}}""", true)]
    [InlineData("""{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"}}}""", true)]
    [InlineData("""{"credHelpers":{"m.io":"h"}}""", true)]
    [InlineData("""{"auths":{"other.io":{"auth":"dTpw"}}}""", false)]
    [InlineData("""{"auths":{"m.io":{}}}""", false)]
    [InlineData("""{}""", false)]
    public void A_file_is_worth_writing_when_CRIO_finds_something_in_it(string global, bool serves)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, global);
        var places = MatchingSupport.Sources(MatchingCases.Hub);
        Assert.Equal(
            serves,
            AuthFileMerger.Merge(MatchingSupport.Match(places), GlobalAuthFileReader.Read(path), places).Serves(places)
        );
        File.Delete(path);
    }

    [Fact]
    public void A_thousand_secrets_against_a_thousand_mirrors_stay_linear()
    {
        var places = new PullSources(
            [
                .. Enumerable
                    .Range(0, 1000)
                    .Select(i => new PullSource(
                        PullSourceKind.Mirror,
                        $"m{i}.io/x",
                        RepositoryName.OfLocation($"m{i}.io/x/a/b")
                    )),
            ],
            null,
            false
        );
        var matcher = new CredentialMatcher(places, keepMisses: false);
        var document = Encoding.UTF8.GetBytes(MatchingSupport.Config(("none.io/x/a", "u", "p")));
        matcher.Add(new PullSecret("warm", document));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            matcher.Add(new PullSecret("s" + i, document));
        }

        // Not a single object for a comparison: a thousand of them each would be a hundred times as much.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3_000_000);
        Assert.Empty(matcher.Complete().Decisions);
    }

    private static string Auths(string entry) => "{\"auths\":{\"m.io\":" + entry + "}}";

    private static string Compact(AuthFileContent content) =>
        JsonNode.Parse(content.ToJson())!.ToJsonString(new JsonSerializerOptions { WriteIndented = false });
}
