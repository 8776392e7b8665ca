// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;

namespace KubernetesApiStandIn;

/// <summary>
/// Service account tokens in the format of the captured ones. The stand-in recognizes its own tokens by their text and
/// does not check the signature.
/// </summary>
public static class Token
{
    private const string Pod =
        "\"node\":{\"name\":\"127.0.0.1\",\"uid\":\"c9bac192\"},\"pod\":{\"name\":\"test-pod\",\"uid\":\"64d1a61f\"},";

    public const string Audience = "https://kubernetes.default.svc";

    /// <param name="ns">The service account's namespace.</param>
    /// <param name="serviceAccount">The service account's name.</param>
    /// <param name="audience">The token's audience.</param>
    /// <param name="issuer">The cluster's issuer.</param>
    /// <param name="isBound">Whether it is bound to a pod, like the kubelet's tokens and unlike those of <c>kubectl
    /// create token</c>.</param>
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
