// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Request;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Request;

public sealed class RequestParserTests
{
    private const string Head =
        """{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1",""";
    private const string Remedy = "pass one CredentialProviderRequest, as the kubelet does";

    [Fact]
    public void The_captured_request_is_read()
    {
        var request = RequestParser.Parse(Requests.Captured("request-plain.json"));
        Assert.Equal("credentialprovider.kubelet.k8s.io/v1", request.ApiVersion);
        Assert.Equal("docker.io/library/nginx", request.Image.Text);
        Assert.StartsWith("eyJhbGciOiJSUzI1NiIs", request.Token!.Reveal(), StringComparison.Ordinal);
        Assert.Empty(request.Annotations);
    }

    [Fact]
    public void The_captured_annotations_are_unescaped()
    {
        var request = RequestParser.Parse(Requests.Captured("request-annotated.json"));
        Assert.Equal("héllo \"<&>\"", Assert.Single(request.Annotations, a => a.Key == "example.com/note").Value);
    }

    [Fact]
    public void Annotations_that_are_null_are_none() =>
        Assert.Empty(
            Parse(
                Head
                    + """
                    "image":"quay.io/a","serviceAccountAnnotations":null}
                    """
            ).Annotations
        );

    [Fact]
    public void A_static_pod_has_no_token() =>
        Assert.Null(RequestParser.Parse(Requests.Captured("request-static-pod-no-token.json")).Token);

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    public void A_null_or_empty_token_is_treated_as_missing(string token) =>
        Assert.Null(
            Parse(
                Head
                    + $$"""
                    "image":"quay.io/a","serviceAccountToken":{{token}}}
                    """
            ).Token
        );

    [Fact]
    public void A_field_of_a_later_kubelet_is_skipped() =>
        Assert.Equal(
            "quay.io/a",
            Parse(
                Head
                    + """
                    "later":{"image":[1,{"kind":2}]},"image":"quay.io/a"} 
                    """
            ).Image.Text
        );

    [Theory]
    [InlineData("credentialprovider.kubelet.k8s.io/v1beta1")]
    [InlineData("credentialprovider.kubelet.k8s.io/v1alpha1")]
    public void Older_versions_are_known(string apiVersion) =>
        Assert.Equal(apiVersion, RequestParser.Parse(Requests.For("quay.io/a", null, apiVersion)).ApiVersion);

    [Theory]
    [InlineData("", "not one JSON document (line 1, byte 1)")]
    [InlineData("   \n", "not one JSON document (line 2, byte 1)")]
    [InlineData("{", "not one JSON document (line 1, byte 2)")]
    [InlineData("\uFEFF{}", "not one JSON document (line 1, byte 1)")]
    [InlineData("{}{}", "not one JSON document (line 1, byte 3)")]
    [InlineData("{} x", "not one JSON document (line 1, byte 4)")]
    [InlineData("{'kind':1}", "not one JSON document (line 1, byte 2)")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("\"text\"", "not a JSON object")]
    public void Anything_but_one_JSON_object_is_malformed(string document, string what) =>
        AssertFails(document, Reasons.RequestMalformed, $"the request on stdin is {what}", Remedy);

    [Theory]
    [InlineData("""{"kind":1}""", "field \"kind\" is not a string")]
    [InlineData("""{"image":["a"]}""", "field \"image\" is not a string")]
    [InlineData("""{"image":"a","image":"b"}""", "field \"image\" is set twice")]
    [InlineData(
        """{"serviceAccountToken":"a","serviceAccountToken":"b"}""",
        "field \"serviceAccountToken\" is set twice"
    )]
    [InlineData(
        """{"serviceAccountAnnotations":{},"serviceAccountAnnotations":{}}""",
        "field \"serviceAccountAnnotations\" is set twice"
    )]
    [InlineData(
        """{"serviceAccountAnnotations":[]}""",
        "field \"serviceAccountAnnotations\" is not an object of strings"
    )]
    [InlineData(
        """{"serviceAccountAnnotations":{"a":1}}""",
        "field \"serviceAccountAnnotations\" is not an object of strings with different names"
    )]
    public void A_field_of_another_form_is_malformed(string document, string what) =>
        AssertFails(document, Reasons.RequestMalformed, $"the request on stdin is malformed: {what}", Remedy);

    [Fact]
    public void Text_that_is_not_UTF8_is_malformed()
    {
        byte[] document = [.. Encoding.UTF8.GetBytes("{\"image\":\"a"), 0xFF, .. Encoding.UTF8.GetBytes("\"}")];
        var e = Assert.Throws<ProviderException>(() => RequestParser.Parse(document));
        Assert.Equal(Reasons.RequestMalformed, e.Reason);
    }

    [Fact]
    public void A_truncated_request_is_malformed_and_its_token_is_not_printed()
    {
        var whole = Requests.Captured("request-plain.json");
        var e = Assert.Throws<ProviderException>(() => RequestParser.Parse(whole.AsSpan(0, whole.Length / 2)));
        Assert.Equal(Reasons.RequestMalformed, e.Reason);
        Assert.DoesNotContain("eyJ", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"apiVersion":"credentialprovider.kubelet.k8s.io/v1"}""",
        "the request's kind is \"\", not \"CredentialProviderRequest\""
    )]
    [InlineData(
        """{"kind":"CredentialProviderResponse"}""",
        "the request's kind is \"CredentialProviderResponse\", not \"CredentialProviderRequest\""
    )]
    [InlineData(
        """{"kind":"credentialproviderrequest"}""",
        "the request's kind is \"credentialproviderrequest\", not \"CredentialProviderRequest\""
    )]
    public void Another_kind_is_refused(string document, string problem) =>
        AssertFails(document, Reasons.RequestOfWrongKind, problem, Remedy);

    [Theory]
    [InlineData("credentialprovider.kubelet.k8s.io/v2")]
    [InlineData("v1")]
    [InlineData("")]
    public void An_unknown_version_is_refused(string apiVersion) =>
        AssertFails(
            Encoding.UTF8.GetString(Requests.For("quay.io/a", null, apiVersion)),
            Reasons.RequestOfWrongKind,
            $"the request's apiVersion \"{apiVersion}\" is unknown",
            "set apiVersion \"credentialprovider.kubelet.k8s.io/v1\" in the kubelet's credential provider config"
        );

    [Theory]
    [InlineData("nginx")]
    [InlineData("docker.io/library/nginx:1.27")]
    [InlineData("quay.io/a@sha256:7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5")]
    [InlineData("quay.io/../../etc")]
    [InlineData("quay.io/Upper")]
    [InlineData("https://quay.io/a")]
    [InlineData(" quay.io/a")]
    public void An_image_that_no_kubelet_would_send_is_refused(string image) =>
        AssertFails(
            Encoding.UTF8.GetString(Requests.For(image, null)),
            Reasons.ImageUnusable,
            $"the request's image \"{image}\" is not a host and a repository path",
            "name it as the kubelet does, such as \"docker.io/library/nginx\", without tag and digest"
        );

    [Fact]
    public void An_image_that_may_hold_a_password_is_not_repeated() =>
        AssertFails(
            Encoding.UTF8.GetString(Requests.For("user:password@quay.io/a", null)),
            Reasons.ImageUnusable,
            "the request's image \"***@quay.io/a\" is not a host and a repository path",
            "name it as the kubelet does, such as \"docker.io/library/nginx\", without tag and digest"
        );

    [Fact]
    public void No_image_is_refused() =>
        AssertFails(
            Encoding.UTF8.GetString(Requests.For("", null)),
            Reasons.ImageUnusable,
            "the request names no image",
            Remedy
        );

    [Fact]
    public void Two_MiB_are_too_large()
    {
        using var input = new MemoryStream(new byte[2 * 1024 * 1024]);
        var e = Assert.Throws<ProviderException>(() => RequestReader.Read(input));
        Assert.Equal(Reasons.RequestTooLarge, e.Reason);
        Assert.Equal("the request on stdin is larger than 1048576 bytes", e.Problem);
        Assert.True(input.Position < 1.5 * 1024 * 1024, "the rest must stay unread");
    }

    [Fact]
    public void One_MiB_is_read_whole()
    {
        var bytes = new byte[RequestReader.MaximumBytes];
        bytes[^1] = 7;
        using var input = new MemoryStream(bytes);
        Assert.True(RequestReader.Read(input).Span.SequenceEqual(bytes));
    }

    private static CredentialRequest Parse(string document) => RequestParser.Parse(Encoding.UTF8.GetBytes(document));

    private static void AssertFails(string document, Reason reason, string problem, string hint)
    {
        var e = Assert.Throws<ProviderException>(() => Parse(document));
        Assert.Equal((reason, problem, hint), (e.Reason, e.Problem, e.Hint));
    }
}
