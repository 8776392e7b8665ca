// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Matching;

/// <summary>What the matcher says of secrets, entries and keys that count for nothing.</summary>
public sealed class MatchNoticeTests
{
    private const string Sources = "mirror:m.io/hub=m.io/hub/library/nginx registry:docker.io/library/nginx";
    private const string Store = "it has no credential, because the document has a ";
    private const string StoreHint =
        ": the password is in the key store of the machine that wrote it; create the secret with "
        + "\"kubectl create secret docker-registry\"";

    [Fact]
    public void A_secret_without_its_key_is_named()
    {
        var matcher = new CredentialMatcher(MatchingSupport.Sources(Sources), keepMisses: false);
        matcher.Add(new PullSecret("empty", null));
        Assert.Equal(
            [new Notice(Reasons.SecretSkipped, "Skipping secret \"empty\": it has no key \".dockerconfigjson\"")],
            matcher.Complete().Notices
        );
    }

    [Fact]
    public void Auths_in_auths_is_reported()
    {
        var result = Match(false, """{"auths":{"auths":{"m.io":{"auth":"dTpw"}},"m.io/hub":{"auth":"dTpw"}}}""");
        Assert.Equal(
            ["Skipping an entry of secret \"s\": \"auths\" is nested in \"auths\": remove one level"],
            result.Notices.Select(notice => notice.Message)
        );
        Assert.Equal("m.io/hub", Assert.Single(result.Credentials).Registry);
    }

    /// <summary>For people: each key, the registry that it names, and why it counts for nothing.</summary>
    [Theory]
    [InlineData("""{"m.io/hub":{"auth":"dTpw"}}""", "m.io/hub|m.io/hub|1|")]
    [InlineData("""{"https://other.io/v1/":{"auth":"dTpw"}}""", "https://other.io/v1/|other.io|0|")]
    [InlineData("""{"other.io":{"auth":"dTpw"}}""", "other.io|other.io|0|")]
    [InlineData("""{"m.io":{}}""", "m.io|m.io|0|it has no credential")]
    [InlineData("""{"m.io":{"auth":"!"}}""", "m.io|m.io|0|its \"auth\" is not base64")]
    [InlineData("""{"Auths":{}}""", "||0|\"auths\" is nested in \"auths\": remove one level")]
    [InlineData("""{"":{"auth":"dTpw"}}""", "||0|its key is empty")]
    public void With_misses_each_key_has_a_decision(string auths, string expected)
    {
        var decision = Assert.Single(Match(true, $"{{\"auths\":{auths}}}").Decisions);
        var key = Assert.Single(decision.Keys);
        Assert.Equal(
            ("s", expected),
            (decision.SecretName, $"{key.Key}|{key.Registry}|{key.Fits.Count}|{key.Problem}")
        );
    }

    [Theory]
    [InlineData("""{"other.io":{"auth":"dTpw"}}""")]
    [InlineData("""{"m.io":{}}""")]
    [InlineData("""{"":{"auth":"dTpw"}}""")]
    public void Without_misses_there_is_none(string auths) =>
        Assert.Empty(Match(false, $"{{\"auths\":{auths}}}").Decisions);

    [Theory]
    [InlineData("""{"auths":{"m.io":{}},"credsStore":"x"}""", Store + "\"credsStore\"" + StoreHint)]
    [InlineData("""{"credHelpers":{},"auths":{"m.io":{}},"a":1}""", Store + "\"credHelpers\"" + StoreHint)]
    [InlineData("""{"auths":{"m.io":{}},"credsStore":"x","credHelpers":{}}""", Store + "\"credsStore\"" + StoreHint)]
    [InlineData("""{"auths":{"m.io":{}},"HttpHeaders":{}}""", "it has no credential")]
    public void A_key_store_is_named_as_the_reason(string document, string problem) =>
        Assert.Equal(problem, Assert.Single(Assert.Single(Match(true, document).Decisions).Keys).Problem);

    [Fact]
    public void A_listing_that_starts_over_forgets_what_was_before()
    {
        var matcher = new CredentialMatcher(MatchingSupport.Sources(Sources), keepMisses: true);
        matcher.Add(Secret("""{"auths":{"m.io":{"auth":"dTpw"},"":{}}}"""));
        matcher.Clear();
        var result = matcher.Complete();
        Assert.Equal((0, 0, 0), (result.Credentials.Count, result.Decisions.Count, result.Notices.Count));
    }

    /// <summary>This pull looks up nothing below a mirror: 256 KiB of it are kept, and there is one line.</summary>
    [Fact]
    public void What_this_pull_does_not_need_is_bounded_and_what_it_needs_is_not()
    {
        var matcher = new CredentialMatcher(MatchingSupport.Sources(Sources), keepMisses: false);
        var password = new string('p', 60_000);
        foreach (var i in Enumerable.Range(0, 7))
        {
            matcher.Add(Secret(MatchingSupport.Config(($"m.io/hub/below-{i}", "u", password)), $"s{i}"));
        }

        matcher.Add(Secret(MatchingSupport.Config(("m.io/hub/library/nginx", "u", password)), "z"));
        var result = matcher.Complete();
        Assert.Equal(
            ["m.io/hub/below-0", "m.io/hub/below-1", "m.io/hub/below-2", "m.io/hub/below-3", "m.io/hub/library/nginx"],
            result.Credentials.Select(credential => credential.Registry)
        );
        Assert.Equal(
            "Skipping entries below a mirror's location that this pull does not need: there are more than 262144 "
                + "characters of them",
            Assert.Single(result.Notices).Message
        );
    }

    /// <summary>However many warnings there are about single secrets, this one says why a pull may fail.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void Credentials_for_which_there_is_no_space_are_reported_once(int badSecrets)
    {
        const string Deep = "mirror:m.io=m.io/a/b/c/d/e/f/g registry:docker.io/library/nginx";
        var matcher = new CredentialMatcher(MatchingSupport.Sources(Deep), keepMisses: false);
        var keys = (string[])["docker.io", "m.io", "m.io/a", "m.io/a/b", "m.io/a/b/c", "m.io/a/b/c/d"];
        foreach (var i in Enumerable.Range(0, badSecrets))
        {
            matcher.Add(new PullSecret($"bad-{i}", null));
        }

        foreach (var key in keys.Concat(["m.io/a/b/c/d/e", "m.io/a/b/c/d/e/f"]))
        {
            matcher.Add(Secret(MatchingSupport.Config((key, "u", new string('p', 65_000))), key));
        }

        var result = matcher.Complete();
        Assert.Equal(7, result.Credentials.Count);
        Assert.DoesNotContain("docker.io", result.Credentials.Select(credential => credential.Registry));
        Assert.Contains(
            "Skipping credentials for the last pull sources: an auth file has room for 655360 bytes of credentials",
            result.Notices.Select(notice => notice.Message)
        );
    }

    /// <summary>A glob may match one host where CRI-O looks, and one where it does not.</summary>
    [Fact]
    public void A_glob_that_this_pull_needs_has_room_whatever_else_it_matches()
    {
        const string Two = "mirror:m.io/hub=m.io/hub/x registry:n.io/hub/below/app";
        var matcher = new CredentialMatcher(MatchingSupport.Sources(Two), keepMisses: false);
        var password = new string('p', 60_000);
        foreach (var i in Enumerable.Range(0, 5))
        {
            matcher.Add(Secret(MatchingSupport.Config(($"m.io/hub/below-{i}", "u", password)), $"s{i}"));
        }

        matcher.Add(Secret(MatchingSupport.Config(("*.io/hub/below", "u", "p")), "z"));
        Assert.Contains("n.io/hub/below", matcher.Complete().Credentials.Select(credential => credential.Registry));
    }

    [Fact]
    public void A_glob_counts_if_one_of_its_hosts_is_looked_up()
    {
        const string Two = "mirror:m.io/hub=m.io/hub/x registry:n.io/team/app";
        var match = MatchingSupport.Match(
            MatchingSupport.Sources(Two),
            ("s", MatchingSupport.Config(("*.io/team", "u", "p")))
        );
        Assert.Equal("n.io/team", Assert.Single(match.Credentials).Registry);
    }

    private static MatchResult Match(bool keepMisses, string document)
    {
        var matcher = new CredentialMatcher(MatchingSupport.Sources(Sources), keepMisses);
        matcher.Add(Secret(document));
        return matcher.Complete();
    }

    private static PullSecret Secret(string document, string name = "s") => new(name, Encoding.UTF8.GetBytes(document));
}
