using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Decides whether the API server's certificate is good, and remembers why not, since what the TLS layer throws does
/// not tell an administrator what to set.
/// </summary>
internal sealed class ServerCertificateCheck(ApiServer server)
{
    /// <summary>Why the certificate was refused; null as long as none was.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The options for the connection. The chain is built against the given CAs alone, without asking anybody.</summary>
    public SslClientAuthenticationOptions ToOptions()
    {
        // Nothing that a certificate names as an address is fetched: it is not trusted yet, and would be fetched by root.
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        };
        policy.CustomTrustStore.AddRange(server.Trust.Anchors ?? server.Trust.SystemStore ?? []);
        return new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Accept(certificate, chain, errors),
            CertificateChainPolicy = policy,
        };
    }

    private bool Accept(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (server.SkipVerification)
        {
            return true;
        }

        if (certificate is not X509Certificate2 leaf)
        {
            Refusal = "it shows no certificate";
            return false;
        }

        if ((errors & SslPolicyErrors.RemoteCertificateChainErrors) != 0 && !EndsInAnchor(chain))
        {
            Refusal = ChainProblem(leaf, chain);
            return false;
        }

        if (!HasGoodName(leaf))
        {
            Refusal = server.TlsServerName is { } wanted
                ? $"its certificate is not for \"{wanted}\""
                : $"its certificate is not for \"{server.BaseAddress.Host}\""
                  + (server.Trust.Anchors is null ? "" : $" or \"{ApiServer.InternalName}\"");
            return false;
        }

        return true;
    }

    /// <summary>An intermediate that the administrator named as CA is an anchor as well, as in Go.</summary>
    private bool EndsInAnchor(X509Chain? chain)
    {
        if (server.Trust.Anchors is not { } anchors || chain is null || chain.ChainElements.Count == 0)
        {
            return false;
        }

        foreach (var status in chain.ChainStatus)
        {
            if (status.Status is not (X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.NoError))
            {
                return false;
            }
        }

        var last = chain.ChainElements[^1].Certificate.RawDataMemory.Span;
        foreach (var anchor in anchors)
        {
            if (anchor.RawDataMemory.Span.SequenceEqual(last))
            {
                return true;
            }
        }

        return false;
    }

    private string ChainProblem(X509Certificate2 leaf, X509Chain? chain)
    {
        foreach (var status in chain?.ChainStatus ?? [])
        {
            if (status.Status == X509ChainStatusFlags.NotTimeValid)
            {
                return $"its certificate or CA is only valid at another time (certificate: {leaf.NotBefore.ToUniversalTime():u} to {leaf.NotAfter.ToUniversalTime():u})";
            }
        }

        return $"its certificate is not signed by the CA of {server.Trust.Source}";
    }

    private bool HasGoodName(X509Certificate2 leaf)
    {
        if (server.TlsServerName is { } wanted)
        {
            return leaf.MatchesHostname(wanted, allowCommonName: false);
        }

        var host = server.BaseAddress.Host.Trim('[', ']');
        return leaf.MatchesHostname(host, allowCommonName: false)
            || (server.Trust.Anchors is not null && leaf.MatchesHostname(ApiServer.InternalName, allowCommonName: false));
    }
}
