// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Judges the chain that the TLS layer built for the server's certificate, up to the first anchor, and describes the
/// problem in one clause.
/// </summary>
internal sealed class CertificateChain
{
    /// <summary>The hint when the certificate belongs to another CA, or to another name.</summary>
    public const string NameTheCa =
        "set --certificate-authority to the cluster's CA, or --tls-server-name to a name in the certificate";

    private const string OtherIssuer = "issue the API server's certificate from a CA that may sign it";

    /// <summary>Flags that may be set above an anchor, where the chain needs nothing.</summary>
    private const X509ChainStatusFlags AboveAnchor =
        X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;

    private const X509ChainStatusFlags NameConstraints =
        X509ChainStatusFlags.InvalidNameConstraints
        | X509ChainStatusFlags.HasNotSupportedNameConstraint
        | X509ChainStatusFlags.HasNotDefinedNameConstraint
        | X509ChainStatusFlags.HasNotPermittedNameConstraint
        | X509ChainStatusFlags.HasExcludedNameConstraint;

    private readonly ClusterTrust trust;
    private readonly X509Chain chain;
    private readonly List<X509ChainElement> links = [];
    private readonly bool isAnchored;

    private CertificateChain(ClusterTrust trust, X509Chain chain)
    {
        (this.trust, this.chain) = (trust, chain);
        foreach (var element in chain.ChainElements)
        {
            links.Add(element);
            if (IsAnchor(element.Certificate))
            {
                // An intermediate that the administrator configured as CA is an anchor, as in Go's crypto/x509.
                isAnchored = true;
                break;
            }
        }
    }

    /// <param name="trust">The anchors in which the chain must end.</param>
    /// <param name="chain">As the TLS layer built it, with the server's certificate first.</param>
    /// <param name="hasErrors">
    /// Whether the TLS layer rejects the chain. If not, only weak algorithms are looked for.
    /// </param>
    /// <returns>Why the chain is rejected; null if it is accepted.</returns>
    /// <exception cref="CryptographicException">A certificate in the chain cannot be decoded.</exception>
    public static CertificateRefusal? Judge(ClusterTrust trust, X509Chain chain, bool hasErrors)
    {
        var judged = new CertificateChain(trust, chain);
        return (hasErrors ? judged.Problem() : null) ?? judged.Weakness();
    }

    private bool IsAnchor(X509Certificate2 certificate)
    {
        foreach (var anchor in trust.Anchors ?? [])
        {
            if (anchor.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))
            {
                return true;
            }
        }

        return false;
    }

    private CertificateRefusal? Problem()
    {
        var status = X509ChainStatusFlags.NoError;
        foreach (var link in links)
        {
            foreach (var one in link.ChainElementStatus)
            {
                status |= one.Status;
                if (one.Status == X509ChainStatusFlags.NotTimeValid)
                {
                    var (from, to) = (Utc(link.Certificate.NotBefore), Utc(link.Certificate.NotAfter));
                    return new CertificateRefusal(
                        $"{Name(link)} is only valid from {from} to {to}",
                        "renew the certificate, or correct the node's clock"
                    );
                }
            }
        }

        if (isAnchored)
        {
            status &= ~AboveAnchor;
        }

        if (links.Count == 0 || (status & (AboveAnchor | X509ChainStatusFlags.NotSignatureValid)) != 0)
        {
            // OpenSSL does not look for the issuer of a certificate that it cannot decode.
            CertificateExtensions.Decode([.. links.Select(link => link.Certificate), .. chain.ChainPolicy.ExtraStore]);
            return new CertificateRefusal($"its certificate is not signed by the CA of {trust.Source}", NameTheCa);
        }

        if ((status & X509ChainStatusFlags.InvalidBasicConstraints) != 0)
        {
            var signer = links.Skip(1).FirstOrDefault(link => !CertificateExtensions.MaySign(link.Certificate));
            return new CertificateRefusal(
                signer is null
                    ? "its chain is longer than the path length of a CA in it permits"
                    : $"{Name(signer)} may not sign certificates, but has signed another one",
                OtherIssuer
            );
        }

        if ((status & NameConstraints) != 0)
        {
            return new CertificateRefusal(
                "the name constraints of a CA in its chain do not permit its certificate",
                OtherIssuer
            );
        }

        if ((status & X509ChainStatusFlags.NotValidForUsage) != 0 && chain.ChainPolicy.ApplicationPolicy.Count > 0)
        {
            return UsageProblem();
        }

        return status switch
        {
            X509ChainStatusFlags.NoError => null,
            X509ChainStatusFlags.HasNotSupportedCriticalExtension => new CertificateRefusal(
                "a certificate in its chain has a critical extension that is not supported",
                "issue the certificate again without that extension"
            ),
            _ => new CertificateRefusal($"its chain is not valid ({status})", NameTheCa),
        };
    }

    /// <summary>
    /// The framework looks for serverAuth in each certificate's extended key usage. Go also accepts anyExtendedKeyUsage
    /// (RFC 5280 section 4.2.1.12), so the framework then judges the rest of the chain once more.
    /// </summary>
    private CertificateRefusal? UsageProblem()
    {
        foreach (var link in links)
        {
            if (!CertificateExtensions.MayServe(link.Certificate))
            {
                return new CertificateRefusal(
                    $"the extended key usage of {Name(link)} does not permit TLS servers",
                    "issue the API server's certificate with the extended key usage serverAuth"
                );
            }
        }

        using var withoutUsage = new X509Chain { ChainPolicy = trust.ToChainPolicy() };
        withoutUsage.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        withoutUsage.Build(links[0].Certificate);
        return new CertificateChain(trust, withoutUsage).Problem();
    }

    /// <summary>
    /// An anchor is trusted because the administrator configured it, so its own signature is irrelevant.
    /// </summary>
    private CertificateRefusal? Weakness()
    {
        for (var i = 0; i < links.Count; i++)
        {
            var certificate = links[i].Certificate;
            var weakness = i < links.Count - 1 ? CertificateStrength.WeakSignature(certificate) : null;
            if ((weakness ?? CertificateStrength.WeakKey(certificate)) is { } weak)
            {
                return new CertificateRefusal(
                    $"{Name(links[i])} {weak}",
                    "issue it again with a SHA-256 signature, and an RSA key of 2048 or an elliptic curve key of 256 "
                        + "bits"
                );
            }
        }

        return null;
    }

    private string Name(X509ChainElement link) =>
        link == links[0]
            ? "its certificate"
            : $"the certificate \"{OneLine.Of(link.Certificate.Subject)}\" of its chain";

    private static string Utc(DateTime time) => time.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
}
