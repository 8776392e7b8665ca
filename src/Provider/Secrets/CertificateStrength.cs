// SPDX-License-Identifier: Apache-2.0
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Finds signatures and keys that can be forged or broken today. OpenSSL accepts them in a chain unless its security
/// level is raised, and .NET leaves that level at the lowest. The limits are those of OpenSSL's level 2
/// (SSL_CTX_set_security_level(3)), with 256 instead of 224 bits for elliptic curves.
/// </summary>
internal static class CertificateStrength
{
    private const int MinimumRsaBits = 2048;
    private const int MinimumCurveBits = 256;
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string RsaPss = "1.2.840.113549.1.1.10"; // OID of both keys and signatures
    private const string EllipticCurve = "1.2.840.10045.2.1";
    private const string Dsa = "1.2.840.10040.4.1";
    private const string Md5 = "1.2.840.113549.2.5";
    private const string Sha1 = "1.3.14.3.2.26";

    /// <summary>What is weak about the key that is certified; null if nothing.</summary>
    /// <exception cref="CryptographicException">The key cannot be decoded.</exception>
    public static string? WeakKey(X509Certificate2 certificate)
    {
        var key = certificate.PublicKey;
        try
        {
            return key.Oid.Value switch
            {
                Rsa or RsaPss when RsaBits(key.EncodedKeyValue.RawData) is var bits and < MinimumRsaBits =>
                    $"has an RSA key of only {bits} bits",
                EllipticCurve => WeakCurve(key),
                Dsa => "has a DSA key",
                _ => null,
            };
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException("ASN1 corrupted data.", e);
        }
    }

    /// <summary>What is weak about the signature on the certificate; null if nothing.</summary>
    /// <exception cref="CryptographicException">The signature's parameters cannot be decoded.</exception>
    public static string? WeakSignature(X509Certificate2 certificate) =>
        certificate.SignatureAlgorithm.Value switch
        {
            "1.2.840.113549.1.1.2" => "is signed with MD2",
            "1.2.840.113549.1.1.3" => "is signed with MD4",
            "1.2.840.113549.1.1.4" or "1.3.14.3.2.3" => "is signed with MD5",
            "1.2.840.113549.1.1.5"
            or "1.3.14.3.2.29"
            or "1.2.840.10045.4.1"
            or "1.2.840.10040.4.3"
            or "1.3.14.3.2.27" => "is signed with SHA-1",
            RsaPss => PssHash(certificate) switch
            {
                Md5 => "is signed with MD5",
                Sha1 => "is signed with SHA-1",
                _ => null,
            },
            _ => null,
        };

    private static int RsaBits(ReadOnlyMemory<byte> key)
    {
        // RFC 8017, A.1.1: SEQUENCE { modulus INTEGER, publicExponent INTEGER }
        var modulus = new AsnReader(key, AsnEncodingRules.DER).ReadSequence().ReadIntegerBytes().Span;
        modulus = modulus.TrimStart((byte)0);
        return modulus.IsEmpty ? 0 : (modulus.Length * 8) - BitOperations.LeadingZeroCount((uint)modulus[0] << 24);
    }

    private static string? WeakCurve(PublicKey key)
    {
        if (key.EncodedParameters?.RawData is not [0x06, ..])
        {
            // A certificate with explicit curve parameters may use any curve; RFC 5480 section 2.1.1 forbids them.
            return "has an elliptic curve key without a named curve";
        }

        // SEC 1, 2.3.3: 04, X and Y; or 02 or 03, and X. X is as long as the field of the curve.
        var point = key.EncodedKeyValue.RawData;
        var bits = point switch
        {
            [0x04, ..] => (point.Length - 1) / 2 * 8,
            [0x02 or 0x03, ..] => (point.Length - 1) * 8,
            _ => throw new CryptographicException("The elliptic curve key is not a point."),
        };
        return bits < MinimumCurveBits ? $"has an elliptic curve key of only {bits} bits" : null;
    }

    /// <summary>The hash in the parameters of RSASSA-PSS (RFC 4055 section 3.1); SHA-1 if none is named.</summary>
    private static string PssHash(X509Certificate2 certificate)
    {
        try
        {
            var outer = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.BER).ReadSequence();
            outer.ReadEncodedValue(); // the signed content
            var algorithm = outer.ReadSequence();
            algorithm.ReadObjectIdentifier();
            var parameters = algorithm.ReadSequence();
            var hash = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
            return parameters.HasData && parameters.PeekTag() == hash
                ? parameters.ReadSequence(hash).ReadSequence().ReadObjectIdentifier()
                : Sha1;
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException("ASN1 corrupted data.", e);
        }
    }
}
