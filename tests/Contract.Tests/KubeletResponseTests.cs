// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>What the kubelet's strict decoding makes of our answer, and of answers that are nearly the same.</summary>
public sealed class KubeletResponseTests
{
    private const string V1 = Requests.V1;

    public static TheoryData<string, string, string> Dropped =>
        new()
        {
            { "unknown field", Ours().Replace("}", ",\"message\":\"\"}"), "unknown field \"message\"" },
            {
                "duplicate field",
                Ours().Replace("}", ",\"cacheDuration\":\"0s\"}"),
                "duplicate field \"cacheDuration\""
            },
            {
                "field in another case",
                Ours().Replace("cacheKeyType", "cachekeytype"),
                "unknown field \"cachekeytype\""
            },
            {
                "field in another case beside the right one",
                Ours().Replace("}", ",\"CacheKeyType\":\"Image\"}"),
                "unknown field \"CacheKeyType\""
            },
            { "byte order mark", "\uFEFF" + Ours(), "not one JSON document" },
            { "second document", Ours() + Ours(), "not one JSON document" },
            { "text in front", "done\n" + Ours(), "not one JSON document" },
            { "text behind", Ours() + "done", "not one JSON document" },
            { "comment", Ours() + "// done", "not one JSON document" },
            { "nothing", "", "not one JSON document" },
            { "half a document", Ours()[..^3], "not one JSON document" },
            { "number as duration", Ours().Replace("\"0s\"", "0"), "field \"cacheDuration\" is not a string" },
            { "duration without unit", Ours().Replace("0s", "10"), "cacheDuration is \"10\"" },
            { "empty duration", Ours().Replace("0s", ""), "cacheDuration is \"\"" },
            { "words as duration", Ours().Replace("0s", "soon"), "cacheDuration is \"soon\"" },
            { "no kind", Ours().Replace("\"kind\":\"CredentialProviderResponse\",", ""), "kind is \"\"" },
            { "another kind", Ours().Replace("Response", "Request"), "kind is \"CredentialProviderRequest\"" },
            { "no version", Ours().Replace($"\"apiVersion\":\"{V1}\",", ""), "apiVersion is \"\"" },
            { "another version", Ours(V1 + "beta1"), "apiVersion is \"credentialprovider.kubelet.k8s.io/v1beta1\"" },
            { "no cache key type", Ours().Replace("\"cacheKeyType\":\"Image\",", ""), "cacheKeyType is \"\"" },
            { "empty cache key type", Ours().Replace("Image", ""), "cacheKeyType is \"\"" },
            {
                "cache key type of the config",
                Ours().Replace("Image", "ServiceAccount"),
                "cacheKeyType is \"ServiceAccount\""
            },
            { "cache key type in another case", Ours().Replace("Image", "image"), "cacheKeyType is \"image\"" },
            {
                "unknown field of an auth entry",
                WithAuth("{\"i\":{\"username\":\"u\",\"password\":\"p\",\"auth\":\"x\"}}"),
                "unknown field \"auth[i].auth\""
            },
            { "duplicate image", WithAuth("{\"i\":{},\"i\":{}}"), "duplicate field \"i\"" },
            { "auth as a list", WithAuth("[]"), "not an object" },
            {
                "password as a number",
                WithAuth("{\"i\":{\"username\":\"u\",\"password\":1}}"),
                "field \"password\" is not a string"
            },
            { "a list around it", $"[{Ours()}]", "not an object" },
        };

    public static TheoryData<string, string> Taken =>
        new()
        {
            { "ours", Ours() },
            { "ours with an entry", WithAuth("{\"i\":{\"username\":\"\",\"password\":\"\"}}") },
            { "white space behind", Ours() + " \n" },
            { "duration of nothing", Ours().Replace("0s", "0") },
            { "duration of parts", Ours().Replace("0s", "1h2m3.5s") },
            { "no duration", Ours().Replace(",\"cacheDuration\":\"0s\"", "") },
            { "null as duration", Ours().Replace("\"0s\"", "null") },
            { "null as auth", WithAuth("null") },
            { "empty auth", WithAuth("{}") },
            { "credentials", WithAuth("{\"i\":{\"username\":\"u\",\"password\":\"p\"}}") },
            {
                "another order",
                $"{{\"cacheKeyType\":\"Registry\",\"apiVersion\":\"{V1}\",\"kind\":\"CredentialProviderResponse\"}}"
            },
        };

    [Theory]
    [MemberData(nameof(Dropped))]
    public void The_decoder_refuses_what_the_kubelet_drops(string what, string stdout, string why) =>
        Assert.Equal((what, why), (what, Assert.Throws<FormatException>(() => Decode(stdout)).Message));

    [Theory]
    [MemberData(nameof(Taken))]
    public void The_decoder_takes_what_the_kubelet_takes(string what, string stdout) =>
        Assert.True(Record.Exception(() => Decode(stdout)) is null, what);

    [Theory]
    [InlineData("v1", true)]
    [InlineData("v1", false)]
    [InlineData("v1beta1", false)]
    [InlineData("v1alpha1", false)]
    public void The_binarys_answer_is_taken_and_never_cached(string version, bool hasToken)
    {
        using var cluster = new Cluster();
        var apiVersion = "credentialprovider.kubelet.k8s.io/" + version;
        var run = cluster.Run(Requests.For("docker.io/library/nginx", hasToken ? cluster.Token : null, apiVersion));
        Assert.Equal(
            new KubeletResponse("Image", "0s", hasToken ? "docker.io/library/nginx" : ""),
            KubeletResponseDecoder.Decode(Encoding.UTF8.GetBytes(run.Stdout), apiVersion)
        );
        Assert.Equal(hasToken, File.Exists(cluster.AuthFile));
    }

    private static void Decode(string stdout) => KubeletResponseDecoder.Decode(Encoding.UTF8.GetBytes(stdout), V1);

    private static string WithAuth(string auth) => Ours().Replace("}", $",\"auth\":{auth}}}");

    private static string Ours(string apiVersion = V1) =>
        $"{{\"kind\":\"CredentialProviderResponse\",\"apiVersion\":\"{apiVersion}\",\"cacheKeyType\":\"Image\",\"cacheDuration\":\"0s\"}}\n";
}
