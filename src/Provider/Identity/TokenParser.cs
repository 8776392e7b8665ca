// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Identity;

/// <summary>
/// Reads whose pull it is from a service account token, a JWT issued by kube-apiserver. The signature is not checked
/// here: the API server verifies the token when it is used, and nothing relies on the claims before that.
/// </summary>
internal static class TokenParser
{
    private const string Remedy = "check tokenAttributes in the kubelet's credential provider config";

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    );

    /// <exception cref="ProviderException">
    /// The token is not a JWT, has no namespace claim, or names a namespace that is not a DNS-1123 label.
    /// </exception>
    public static PodIdentity Parse(Secret token)
    {
        var text = token.Reveal().AsSpan();

        // The token becomes part of an HTTP header, so reject all other characters.
        if (text.ContainsAnyExcept(TokenCharacters) || text.Count('.') != 2)
        {
            throw new ProviderException(
                Reasons.TokenMalformed,
                "the service account token is not a JWT of three parts",
                Remedy
            );
        }

        var rest = text[(text.IndexOf('.') + 1)..];
        var payload = rest[..rest.IndexOf('.')];
        try
        {
            return Check(TokenClaims.Read(Base64Url.DecodeFromChars(payload)));
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            // No inner exception, because its text could quote the claims.
            throw new ProviderException(
                Reasons.TokenMalformed,
                "the service account token's claims are not base64url of a JSON object",
                Remedy
            );
        }
    }

    private static PodIdentity Check(TokenClaims claims)
    {
        if (string.IsNullOrEmpty(claims.Namespace))
        {
            throw new ProviderException(
                Reasons.TokenMalformed,
                "the service account token has no claim \"kubernetes.io\".\"namespace\"",
                Remedy
            );
        }

        if (!NamespaceName.IsValid(claims.Namespace))
        {
            throw new ProviderException(
                Reasons.NamespaceUnusable,
                $"the service account token's namespace \"{claims.Namespace}\" is not a DNS-1123 label of at most 63 "
                    + "characters",
                "no API server issues such a token: find out who called"
            );
        }

        return new PodIdentity(claims.Namespace, claims.ServiceAccount, claims.Pod, claims.Audiences, claims.Issuer)
        {
            ServiceAccountUid = claims.ServiceAccountUid,
            PodUid = claims.PodUid,
        };
    }
}
