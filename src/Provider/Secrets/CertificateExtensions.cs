// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CrioCredentialProvider.Secrets;

/// <summary>What the extensions of a certificate permit. Only read after the TLS layer has rejected its
/// chain.</summary>
internal static class CertificateExtensions
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string AnyUsage = "2.5.29.37.0";

    /// <summary>Whether it is a CA certificate whose key usage, if present, permits signing certificates.</summary>
    public static bool MaySign(X509Certificate2 certificate) =>
        certificate
            .Extensions.OfType<X509BasicConstraintsExtension>()
            .Any(constraints => constraints.CertificateAuthority)
        && certificate
            .Extensions.OfType<X509KeyUsageExtension>()
            .All(usage => usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign));

    /// <summary>
    /// Whether its extended key usage permits TLS servers; without that extension, any use is permitted.
    /// </summary>
    public static bool MayServe(X509Certificate2 certificate) =>
        certificate
            .Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .All(usage =>
                usage
                    .EnhancedKeyUsages.Cast<Oid>()
                    .Any(permitted => permitted.Value is ServerAuthentication or AnyUsage)
            );

    /// <summary>Decodes what OpenSSL decodes before it looks for the issuer of a certificate.</summary>
    /// <exception cref="CryptographicException">A part of a certificate cannot be decoded.</exception>
    public static void Decode(IEnumerable<X509Certificate2> certificates)
    {
        foreach (var extension in certificates.SelectMany(certificate => certificate.Extensions))
        {
            switch (extension)
            {
                case X509SubjectAlternativeNameExtension names:
                    _ = names.EnumerateDnsNames().Count();
                    break;
                case X509EnhancedKeyUsageExtension usage:
                    _ = usage.EnhancedKeyUsages;
                    break;
                case X509BasicConstraintsExtension constraints:
                    _ = constraints.CertificateAuthority;
                    break;
                case X509KeyUsageExtension usage:
                    _ = usage.KeyUsages;
                    break;
                default:
                    break;
            }
        }
    }
}
