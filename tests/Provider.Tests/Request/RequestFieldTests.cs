// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Request;

namespace CrioCredentialProvider.Tests.Request;

public sealed class RequestFieldTests
{
    private const string Hint = "pass one CredentialProviderRequest, as the kubelet does";

    [Theory]
    [InlineData("kind")]
    [InlineData("apiVersion")]
    [InlineData("image")]
    [InlineData("serviceAccountToken")]
    public void A_field_that_occurs_twice_is_named(string field)
    {
        var e = Assert.Throws<ProviderException>(() => Parse($$"""{"{{field}}":"a","{{field}}":"b"}"""));
        Assert.Equal(
            (Reasons.RequestMalformed, $"the request on stdin is malformed: field \"{field}\" is set twice", Hint),
            (e.Reason, e.Problem, e.Hint)
        );
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_named()
    {
        var e = Assert.Throws<ProviderException>(() => RequestParser.Parse([.. "{\"kind\":\""u8, 0xFF, .. "\"}"u8]));
        Assert.Equal(
            (Reasons.RequestMalformed, "the request on stdin holds text that is not UTF-8", Hint),
            (e.Reason, e.Problem, e.Hint)
        );
    }

    [Theory]
    [InlineData(16, "RequestOfWrongKind")]
    [InlineData(17, "RequestMalformed")]
    public void A_request_is_nested_at_most_16_levels_deep(int levels, string reason)
    {
        var document = "{\"x\":" + new string('[', levels - 1) + new string(']', levels - 1) + "}";
        var expected = reason == "RequestMalformed" ? Reasons.RequestMalformed : Reasons.RequestOfWrongKind;
        Assert.Equal(expected, Assert.Throws<ProviderException>(() => Parse(document)).Reason);
    }

    private static CredentialRequest Parse(string document) => RequestParser.Parse(Encoding.UTF8.GetBytes(document));
}
