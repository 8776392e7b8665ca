// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubernetesApiStandIn;

/// <summary>A cluster CA and the certificates that it signs, created for each run.</summary>
public sealed class Authority
{
    private readonly X509Certificate2 certificate;

    public Authority(string name = "kubernetes", Authority? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
        if (issuer is null)
        {
            certificate = request.CreateSelfSigned(from, to);
            return;
        }

        using var signed = request.Create(issuer.certificate, from, to.AddDays(-1), RandomNumberGenerator.GetBytes(8));
        certificate = signed.CopyWithPrivateKey(key);
    }

    public string Pem => certificate.ExportCertificatePem();

    /// <summary>Whether this authority signed the client's certificate.</summary>
    public bool HasSigned(X509Certificate2 client)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };
        return chain.Build(client);
    }

    /// <param name="names">The DNS names and IP addresses of the certificate.</param>
    /// <param name="isExpired">Whether the certificate expired yesterday.</param>
    /// <param name="isEarly">Whether the certificate becomes valid tomorrow.</param>
    public X509Certificate2 Issue(IEnumerable<string> names, bool isExpired = false, bool isEarly = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var signed = request.Create(
            certificate,
            DateTimeOffset.UtcNow.AddDays(isEarly ? 1 : -20),
            DateTimeOffset.UtcNow.AddDays(isExpired ? -1 : 20),
            RandomNumberGenerator.GetBytes(8)
        );
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Issues a certificate with only the given extensions, to test kinds that must be rejected.</summary>
    /// <param name="issuer">The issuer's name in the certificate; null for this authority's.</param>
    /// <param name="issuerKey">The key that signs it, which may be different from the issuer's; null for this
    /// authority's.</param>
    /// <param name="subject">For example, <c>CN=kube-apiserver</c>.</param>
    /// <param name="extensions">All of its extensions.</param>
    public X509Certificate2 IssueBare(
        X500DistinguishedName? issuer,
        ECDsa? issuerKey,
        string subject,
        params IEnumerable<X509Extension> extensions
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        using var own = certificate.GetECDsaPrivateKey();
        using var signed = request.Create(
            issuer ?? certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(issuerKey ?? own!),
            DateTimeOffset.UtcNow.AddDays(-20),
            DateTimeOffset.UtcNow.AddDays(20),
            RandomNumberGenerator.GetBytes(8)
        );
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(
            withKey.Export(X509ContentType.Pkcs12),
            null,
            X509KeyStorageFlags.Exportable
        );
    }
}
