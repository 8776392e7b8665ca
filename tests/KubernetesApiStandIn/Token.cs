// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;

namespace KubernetesApiStandIn;

/// <summary>Service account tokens in the captured form; the stand-in knows its own by heart instead of by
/// signature.</summary>
public static class Token
{
    private const string Pod =
        "\"node\":{\"name\":\"127.0.0.1\",\"uid\":\"c9bac192\"},\"pod\":{\"name\":\"test-pod\",\"uid\":\"64d1a61f\"},";

    public const string Audience = "https://kubernetes.default.svc";

    /// <param name="ns">The service account's namespace.</param>
    /// <param name="serviceAccount">Its name.</param>
    /// <param name="audience">What it is for.</param>
    /// <param name="issuer">The cluster's.</param>
    /// <param name="isBound">Whether it is bound to a pod, as the kubelet's are and those of <c>kubectl create
    /// token</c> are not.</param>
    public static string For(
        string ns,
        string serviceAccount = "default",
        string audience = Audience,
        string issuer = Audience,
        bool isBound = true
    ) =>
        string.Join(
            '.',
            new[]
            {
                """{"alg":"RS256","kid":"stand-in"}""",
                $$$"""{"aud":["{{{audience}}}"],"exp":4102444800,"iat":1795420767,"iss":"{{{issuer}}}","jti":"{{{Guid.NewGuid()}}}","kubernetes.io":{"namespace":"{{{ns}}}",{{{(isBound ? Pod : "")}}}"serviceaccount":{"name":"{{{serviceAccount}}}","uid":"ffa72eb8"}},"nbf":1795420767,"sub":"system:serviceaccount:{{{ns}}}:{{{serviceAccount}}}"}""",
                "signature-of-the-stand-in",
            }.Select(part => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part)))
        );
}
