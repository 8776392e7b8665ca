// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Decides whether to accept the API server's certificate, and keeps the reason if not, because the TLS layer's
/// exceptions do not show an administrator what to configure.
/// </summary>
internal sealed class ServerCertificateCheck(ApiServer server)
{
    /// <summary>OpenSSL's error for a handshake message that it cannot decode: ERR_LIB_SSL with
    /// ERR_R_ASN1_LIB.</summary>
    private const int NotAsn1 = 0x0A08000D;

    private const SslPolicyErrors ChainErrors = SslPolicyErrors.RemoteCertificateChainErrors;

    private CertificateRefusal? refusal;

    private string Name => $"{server.Host} ({server.OriginText})";

    /// <summary>
    /// The options of the connection. The chain is built against the given CAs only, and nothing is downloaded.
    /// </summary>
    public SslClientAuthenticationOptions ToOptions() =>
        new()
        {
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Accept(certificate, chain, errors),
            CertificateChainPolicy = server.Trust.ToChainPolicy(),
        };

    /// <summary>The trust failure that caused an exception of the connection; null if it has another cause.</summary>
    public ProviderException? FailureOf(HttpRequestException e) =>
        (refusal, e.InnerException) switch
        {
            ({ } known, _) => NotTrusted(known),

            // Thrown while the chain is built, before Judge can run.
            (_, CryptographicException undecodable) => NotTrusted(Undecodable(undecodable)),
            (_, AuthenticationException tls)
                when tls.GetBaseException() is CryptographicException { HResult: NotAsn1 } bad => NotTrusted(
                Undecodable(bad)
            ),
            (_, AuthenticationException tls) => new ProviderException(
                Reasons.ApiServerNotTrusted,
                $"TLS with API server {Name} failed: {OneLine.Of(tls.GetBaseException().Message)}",
                "check that the Kubernetes API answers there, with TLS"
            ),
            _ => null,
        };

    private bool Accept(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (server.SkipVerification)
        {
            return true;
        }

        try
        {
            refusal =
                certificate is X509Certificate2 leaf && chain is not null
                    ? ChainForEachAnchor.Judge(server.Trust, chain, hasErrors: (errors & ChainErrors) != 0)
                        ?? WrongName(leaf)
                    : new CertificateRefusal("it shows no certificate", "check that the Kubernetes API answers there");
        }
        catch (CryptographicException e)
        {
            refusal = Undecodable(e);
        }

        return refusal is null;
    }

    private CertificateRefusal? WrongName(X509Certificate2 leaf)
    {
        var host = server.BaseAddress.Host.Trim('[', ']');
        string[] names =
            server.TlsServerName is { } wanted ? [wanted]
            : server.Trust.Anchors is null ? [host]
            : [host, ApiServer.InternalName];
        return Array.Exists(names, name => leaf.MatchesHostname(name, allowCommonName: false))
            ? null
            : new CertificateRefusal(
                $"its certificate is not for \"{string.Join("\" or \"", names)}\"",
                CertificateChain.NameTheCa
            );
    }

    private static CertificateRefusal Undecodable(CryptographicException e) =>
        new(
            $"its certificate, or another one of its chain, cannot be decoded ({OneLine.Of(e.Message)})",
            "issue the API server's certificate again"
        );

    private ProviderException NotTrusted(CertificateRefusal refused) =>
        new(
            Reasons.ApiServerNotTrusted,
            $"API server {Name} is not trusted: {refused.Why}; the CA is {server.Trust.Source}",
            refused.Hint
        );
}
