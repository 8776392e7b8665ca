// SPDX-License-Identifier: Apache-2.0
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tests.Secrets;

/// <summary>Algorithms and keys that OpenSSL does not write; <see cref="ServerCertificateCheckTests"/> has those that
/// it writes.</summary>
public sealed class CertificateStrengthTests
{
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";
    private const string P256 = "06082A8648CE3D030107";
    private const string Sha256Rsa = "06092A864886F70D01010B0500";

    [Theory]
    [InlineData("06092A864886F70D0101020500", "is signed with MD2")]
    [InlineData("06092A864886F70D0101030500", "is signed with MD4")]
    [InlineData("06092A864886F70D0101040500", "is signed with MD5")]
    [InlineData("06052B0E0302030500", "is signed with MD5")] // md5WithRSA of OIW
    [InlineData("06092A864886F70D0101050500", "is signed with SHA-1")]
    [InlineData("06052B0E03021D0500", "is signed with SHA-1")] // sha1WithRSA of OIW
    [InlineData("06052B0E03021B0500", "is signed with SHA-1")] // dsaWithSHA1 of OIW
    [InlineData("06072A8648CE380403", "is signed with SHA-1")] // DSA
    [InlineData("06072A8648CE3D0401", "is signed with SHA-1")] // ECDSA
    [InlineData("06092A864886F70D01010A3000", "is signed with SHA-1")] // RSASSA-PSS with its defaults
    [InlineData("06092A864886F70D01010A3005A203020120", "is signed with SHA-1")] // and with a salt alone
    [InlineData("06092A864886F70D01010A300DA00B300906052B0E03021A0500", "is signed with SHA-1")]
    [InlineData("06092A864886F70D01010A3010A00E300C06082A864886F70D02050500", "is signed with MD5")]
    [InlineData("06092A864886F70D01010A3011A00F300D06096086480165030402010500", null)]
    [InlineData(Sha256Rsa, null)]
    [InlineData("06082A8648CE3D040302", null)] // ECDSA with SHA-256
    [InlineData("06032B6570", null)] // Ed25519
    public void A_signature_is_weak_by_its_hash(string algorithm, string? weakness)
    {
        using var certificate = Certificate(RsaKey(2048), algorithm);
        Assert.Equal(weakness, CertificateStrength.WeakSignature(certificate));
    }

    [Theory]
    [InlineData("06092A864886F70D01010A")]
    [InlineData("06092A864886F70D01010A0500")]
    [InlineData("06092A864886F70D01010A3004A0023000")]
    public void Parameters_of_a_signature_that_cannot_be_decoded_are_an_error(string algorithm)
    {
        using var certificate = Certificate(RsaKey(2048), algorithm);
        Assert.Equal(
            "ASN1 corrupted data.",
            Assert.Throws<CryptographicException>(() => CertificateStrength.WeakSignature(certificate)).Message
        );
    }

    [Theory]
    [InlineData(1024, "has an RSA key of only 1024 bits")]
    [InlineData(2047, "has an RSA key of only 2047 bits")]
    [InlineData(2048, null)]
    [InlineData(4096, null)]
    [InlineData(0, "has an RSA key of only 0 bits")]
    public void An_RSA_key_has_as_many_bits_as_its_modulus(int bits, string? weakness)
    {
        using var certificate = Certificate(RsaKey(bits));
        Assert.Equal(weakness, CertificateStrength.WeakKey(certificate));
        using var pss = Certificate(Key("1.2.840.113549.1.1.10", "0500", RsaKey(bits).EncodedKeyValue.RawData));
        Assert.Equal(weakness, CertificateStrength.WeakKey(pss));
    }

    [Theory]
    [InlineData(P256, "04", 64, null)]
    [InlineData(P256, "02", 32, null)] // compressed
    [InlineData(P256, "03", 32, null)]
    [InlineData("06052B81040021", "04", 56, "has an elliptic curve key of only 224 bits")] // P-224
    [InlineData("06052B81040021", "02", 28, "has an elliptic curve key of only 224 bits")]
    [InlineData("06052B81040023", "04", 132, null)] // P-521
    [InlineData("3000", "04", 64, "has an elliptic curve key without a named curve")]
    [InlineData("0500", "04", 64, "has an elliptic curve key without a named curve")]
    public void An_elliptic_curve_key_has_as_many_bits_as_its_points(
        string parameters,
        string prefix,
        int bytes,
        string? weakness
    )
    {
        using var certificate = Certificate(
            Key(EllipticCurve, parameters, [.. Convert.FromHexString(prefix), .. new byte[bytes]])
        );
        Assert.Equal(weakness, CertificateStrength.WeakKey(certificate));
    }

    [Theory]
    [InlineData("1.2.840.10040.4.1", "has a DSA key")]
    [InlineData("1.3.101.112", null)] // Ed25519
    [InlineData("1.3.101.113", null)] // Ed448
    public void Another_key_is_judged_by_its_kind(string algorithm, string? weakness)
    {
        using var certificate = Certificate(Key(algorithm, "0500", new byte[32]));
        Assert.Equal(weakness, CertificateStrength.WeakKey(certificate));
    }

    [Theory]
    [InlineData(Rsa, "0500", "", "ASN1 corrupted data.")]
    [InlineData(Rsa, "0500", "3000", "ASN1 corrupted data.")]
    [InlineData(Rsa, "0500", "30030101FF", "ASN1 corrupted data.")]
    [InlineData(EllipticCurve, P256, "", "The elliptic curve key is not a point.")]
    [InlineData(EllipticCurve, P256, "050000", "The elliptic curve key is not a point.")]
    public void A_key_that_cannot_be_decoded_is_an_error(string algorithm, string parameters, string key, string why)
    {
        using var certificate = Certificate(Key(algorithm, parameters, Convert.FromHexString(key)));
        Assert.Equal(
            why,
            Assert.Throws<CryptographicException>(() => CertificateStrength.WeakKey(certificate)).Message
        );
    }

    private static PublicKey RsaKey(int bits)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(bits == 0 ? BigInteger.Zero : BigInteger.One << (bits - 1));
            writer.WriteInteger(65537);
        }

        return Key(Rsa, "0500", writer.Encode());
    }

    private static PublicKey Key(string algorithm, string parameters, byte[] value) =>
        new(new Oid(algorithm), new AsnEncodedData(Convert.FromHexString(parameters)), new AsnEncodedData(value));

    /// <summary>A certificate with that key, and a signature that is nobody's.</summary>
    /// <param name="key">The key that it certifies.</param>
    /// <param name="algorithm">The content of its AlgorithmIdentifier, in hexadecimal.</param>
    private static X509Certificate2 Certificate(PublicKey key, string algorithm = Sha256Rsa)
    {
        var name = new X500DistinguishedName("CN=a");
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        return request.Create(name, new Nobody(Convert.FromHexString(algorithm)), now, now.AddDays(1), [1]);
    }

    private sealed class Nobody(byte[] algorithm) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            [0x30, (byte)algorithm.Length, .. algorithm];

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => new byte[8];

        protected override PublicKey BuildPublicKey() => throw new NotSupportedException();
    }
}
