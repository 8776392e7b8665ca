// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Request;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Identity;

public sealed class TokenParserTests
{
    [Fact]
    public void The_captured_token_identifies_the_pulls_account()
    {
        var identity = TokenParser.Parse(RequestParser.Parse(Requests.Captured("request-plain.json")).Token!);
        Assert.Equal(("default", "default", "test-pod"), (identity.Namespace, identity.ServiceAccount, identity.Pod));
        Assert.Equal(["https://kubernetes.default.svc"], identity.Audiences);
        Assert.Equal("https://kubernetes.default.svc", identity.Issuer);
        Assert.Equal(
            ("64d1a61f-e200-47fd-9b41-e46170b53ade", "ffa72eb8-5013-4a4a-93eb-f85ee123cfce"),
            (identity.PodUid, identity.ServiceAccountUid)
        );
    }

    [Theory]
    [InlineData("""{"kubernetes.io":{"namespace":"a"}}""", "a")]
    [InlineData("""{"aud":"one","kubernetes.io":{"namespace":"team-a-1"}}""", "team-a-1")]
    [InlineData("""{"kubernetes.io":{"pod":null,"serviceaccount":1,"namespace":"b"},"aud":[1,{"x":[]}]}""", "b")]
    public void Only_the_namespace_is_needed(string claims, string expected) =>
        Assert.Equal(expected, Parse(Requests.Token(claims)).Namespace);

    [Fact]
    public void A_namespace_of_63_characters_is_taken_and_of_64_refused()
    {
        Assert.Equal(63, Parse(Requests.Token(Claims(new string('a', 63)))).Namespace.Length);
        Assert.Equal(Reasons.NamespaceUnusable, Fails(Requests.Token(Claims(new string('a', 64)))).Reason);
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("a/b")]
    [InlineData("A")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a\\n")]
    [InlineData("..")]
    public void A_namespace_that_is_not_a_DNS_label_is_rejected(string ns) =>
        Assert.Equal(Reasons.NamespaceUnusable, Fails(Requests.Token(Claims(ns))).Reason);

    /// <summary>The name stands in a command line that people copy from the message.</summary>
    [Theory]
    [InlineData("puller", "puller")]
    [InlineData("system.puller-1", "system.puller-1")]
    [InlineData("default; rm -rf /", null)]
    [InlineData("$(reboot)", null)]
    [InlineData("a\n", null)]
    [InlineData("", null)]
    public void A_service_account_or_pod_with_a_name_that_Kubernetes_never_gives_has_none(string name, string? expected)
    {
        var text = $"{{\"name\":\"{name.Replace("\n", "\\n", StringComparison.Ordinal)}\"}}";
        var identity = Parse(
            Requests.Token($"{{\"kubernetes.io\":{{\"namespace\":\"a\",\"serviceaccount\":{text},\"pod\":{text}}}}}")
        );
        Assert.Equal((expected, expected), (identity.ServiceAccount, identity.Pod));
    }

    [Fact]
    public void Of_thousands_of_audiences_the_first_eight_are_reported()
    {
        var audiences = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"a{i}\""));
        var identity = Parse(Requests.Token($"{{\"aud\":[{audiences}],\"kubernetes.io\":{{\"namespace\":\"a\"}}}}"));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"a{i}"), identity.Audiences);
    }

    [Fact]
    public void The_refused_namespace_is_quoted_on_one_line()
    {
        var e = Fails(Requests.Token(Claims("../../x\\n")));
        Assert.Equal(
            "the service account token's namespace \"../../x?\" is not a DNS-1123 label of at most 63 characters",
            e.Problem
        );
        Assert.Equal("no API server issues such a token: find out who called", e.Hint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("a.e30.c\r\nX-Injected: 1")]
    [InlineData("a.e30=.c")]
    [InlineData("a b.e30.c")]
    [InlineData("ä.e30.c")]
    public void A_token_of_another_form_never_becomes_a_header(string token)
    {
        var e = Fails(token);
        Assert.Equal(Reasons.TokenMalformed, e.Reason);
        Assert.Equal("the service account token is not a JWT of three parts", e.Problem);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}x")]
    [InlineData("""{"kubernetes.io":"planted"}""")]
    [InlineData("""{"kubernetes.io":{"namespace":"a"},"kubernetes.io":{"namespace":"b"}}""")]
    [InlineData("""{"kubernetes.io":{"namespace":"a","namespace":"b"}}""")]
    public void Claims_of_another_form_are_refused_without_being_quoted(string claims)
    {
        var e = Fails(Requests.Token(claims));
        Assert.Equal("the service account token's claims are not base64url of a JSON object", e.Problem);
        Assert.DoesNotContain("planted", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"kubernetes.io":{}}""")]
    [InlineData("""{"kubernetes.io":{"namespace":""}}""")]
    [InlineData("""{"kubernetes.io":{"namespace":null}}""")]
    [InlineData("""{"kubernetes.io":{"Namespace":"a"}}""")]
    [InlineData("""{"kubernetes":{"namespace":"a"}}""")]
    public void A_token_without_the_namespace_claim_is_refused(string claims)
    {
        var e = Fails(Requests.Token(claims));
        Assert.Equal("the service account token has no claim \"kubernetes.io\".\"namespace\"", e.Problem);
    }

    private static string Claims(string ns) => $$$"""{"kubernetes.io":{"namespace":"{{{ns}}}"}}""";

    private static PodIdentity Parse(string token) => TokenParser.Parse(new Secret(token));

    private static ProviderException Fails(string token) => Assert.Throws<ProviderException>(() => Parse(token));
}
