// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace CrioCredentialProvider.TestSupport;

/// <summary>Creates requests and tokens in the format of the captured ones, with values that a test chooses.</summary>
internal static class Requests
{
    public const string V1 = "credentialprovider.kubelet.k8s.io/v1";

    public static byte[] Captured(string name) =>
        File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "captures", "kubelet", name));

    public static byte[] For(string image, string? token, string apiVersion = V1) =>
        Encoding.UTF8.GetBytes(
            $$"""{"kind":"CredentialProviderRequest","apiVersion":"{{apiVersion}}","image":"{{image}}"{{(
            token is null ? "" : $",\"serviceAccountToken\":\"{token}\"")}}}"""
                + "\n"
        );

    /// <summary>As the kubelet sends it if its config lists the annotation and the service account has it.</summary>
    public static byte[] Annotated(string image, string token, string pullSecrets) =>
        Encoding.UTF8.GetBytes(
            "{\"kind\":\"CredentialProviderRequest\",\"apiVersion\":\""
                + V1
                + "\",\"image\":\""
                + image
                + "\",\"serviceAccountToken\":\""
                + token
                + "\",\"serviceAccountAnnotations\":{\"crio-credential-provider/pull-secrets\":\""
                + JsonEncodedText.Encode(pullSecrets)
                + "\"}}\n"
        );

    /// <summary>A token with the given claims and without a valid signature.</summary>
    public static string Token(string claims)
    {
        var token = $"{Encode("""{"alg":"RS256","kid":"n"}""")}.{Encode(claims)}.c2ln";
        SuiteSecrets.Planted(token);
        return token;
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
