// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using CrioCredentialProvider.Identity;

namespace CrioCredentialProvider.Tests.Identity;

public sealed class TokenClaimsTests
{
    [Theory]
    [InlineData(
        """{"kubernetes.io":{"namespace":"a"},"kubernetes.io":{"pod":{"name":"p"}}}""",
        "the claim occurs twice"
    )]
    [InlineData("""{"kubernetes.io":{"namespace":"a","namespace":"b"}}""", "the namespace occurs twice")]
    [InlineData("""{"kubernetes.io":["namespace"]}""", "the claim is not an object")]
    [InlineData("""{"kubernetes.io":null}""", "the claim is not an object")]
    [InlineData("""["kubernetes.io"]""", "not an object")]
    public void Claims_that_two_readers_could_read_differently_are_rejected(string claims, string why) =>
        Assert.Equal(why, Assert.Throws<FormatException>(() => Read(claims)).Message);

    [Theory]
    [InlineData("""{"aud":"one"}""", "one")]
    [InlineData("""{"aud":["one","two"]}""", "one two")]
    [InlineData("""{"aud":["one",["skipped"],{"x":["skipped"]},2,null,"two"]}""", "one two")]
    [InlineData("""{"aud":{"x":["skipped"]}}""", "")]
    [InlineData("""{"aud":[["skipped"]],"iss":"i"}""", "")]
    [InlineData("""{"aud":["1","2","3","4","5","6","7","8","9","10"]}""", "1 2 3 4 5 6 7 8")]
    [InlineData("""{"aud":"a\nb"}""", "a?b")]
    public void Audiences_are_a_text_or_a_list_of_texts(string claims, string expected) =>
        Assert.Equal(expected, string.Join(' ', Read(claims).Audiences));

    /// <summary>What follows an ignored value is read all the same: a reader that stops inside it would miss the
    /// namespace.</summary>
    [Theory]
    [InlineData("\"aud\":{\"kubernetes.io\":{\"namespace\":\"wrong\"}}")]
    [InlineData("\"aud\":[{\"kubernetes.io\":{\"namespace\":\"wrong\"}}]")]
    [InlineData("\"iss\":{\"kubernetes.io\":{\"namespace\":\"wrong\"}}")]
    [InlineData("\"iss\":[[{\"kubernetes.io\":{\"namespace\":\"wrong\"}}]]")]
    [InlineData("\"other\":{\"kubernetes.io\":{\"namespace\":\"wrong\"}}")]
    public void Values_of_other_types_are_skipped_as_a_whole(string before)
    {
        var claims = Read("{" + before + ",\"kubernetes.io\":{\"namespace\":\"right\"},\"iss\":\"issuer\"}");
        Assert.Equal(("right", "issuer"), (claims.Namespace, claims.Issuer));
    }

    [Theory]
    [InlineData("{\"uid\":{\"name\":\"wrong\"},\"name\":\"right\"}", "right")]
    [InlineData("{\"other\":{\"name\":\"wrong\"},\"name\":\"right\"}", "right")]
    [InlineData("{\"name\":{\"name\":\"wrong\"},\"name\":\"right\"}", "right")]
    [InlineData("{\"name\":[\"wrong\"]}", null)]
    [InlineData("[{\"name\":\"wrong\"}]", null)]
    [InlineData("\"wrong\"", null)]
    [InlineData("{}", null)]
    public void A_pod_or_service_account_is_an_object_with_a_name(string value, string? expected)
    {
        var claims = Read(
            "{\"kubernetes.io\":{\"pod\":"
                + value
                + ",\"serviceaccount\":"
                + value
                + ",\"other\":{\"namespace\":\"wrong\"},\"namespace\":\"ns\"},\"iss\":\"i\"}"
        );
        Assert.Equal(
            (expected, expected, "ns", "i"),
            (claims.Pod, claims.ServiceAccount, claims.Namespace, claims.Issuer)
        );
    }

    [Theory]
    [InlineData("{\"name\":\"a\",\"uid\":\"1-2\",\"other\":\"3-4\"}", "1-2")]
    [InlineData("{\"name\":\"a\",\"other\":\"3-4\"}", null)]
    [InlineData("{\"uid\":[\"1-2\"]}", null)]
    public void The_uid_of_a_pod_or_service_account_is_its_own(string value, string? expected)
    {
        var claims = Read($"{{\"kubernetes.io\":{{\"pod\":{value},\"serviceaccount\":{value}}}}}");
        Assert.Equal((expected, expected), (claims.PodUid, claims.ServiceAccountUid));
    }

    [Fact]
    public void A_namespace_that_is_not_a_text_is_an_empty_one() =>
        Assert.Equal("", Read("""{"kubernetes.io":{"namespace":{"namespace":"wrong"},"pod":{}}}""").Namespace);

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void Claims_are_nested_at_most_16_levels_deep(int levels, bool isRead)
    {
        var claims = "{\"x\":" + new string('[', levels - 1) + new string(']', levels - 1) + "}";
        Assert.Equal(isRead, Record.Exception(() => Read(claims)) is not JsonException);
    }

    [Fact]
    public void Nothing_may_follow_the_claims() => Assert.ThrowsAny<JsonException>(() => Read("{} {}"));

    private static TokenClaims Read(string claims) => TokenClaims.Read(Encoding.UTF8.GetBytes(claims));
}
