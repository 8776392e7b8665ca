// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.TestSupport;

/// <summary>The certificates that an API server sends, and the expected result.</summary>
/// <param name="Shown">The names of certificates of <see cref="OpenSslServer"/>, beginning with the server's
/// own.</param>
/// <param name="Anchors">The names of the trusted certificates.</param>
/// <param name="Refusal">The expected error; null if the server is trusted.</param>
internal sealed record ServerCertificateCase(string[] Shown, string[] Anchors, string? Refusal)
{
    public static readonly IReadOnlyDictionary<string, ServerCertificateCase> All = new Dictionary<
        string,
        ServerCertificateCase
    >
    {
        ["P-256"] = Trusted(["ec"], "ca"),
        ["P-384"] = Trusted(["ec-384"], "ca"),
        ["RSA with 2048 bits"] = Trusted(["rsa"], "rsa-ca"),
        ["RSASSA-PSS with SHA-256"] = Trusted(["pss"], "rsa-ca"),
        ["one of two anchors"] = Trusted(["ec"], "rsa-ca", "ca"),
        ["the second of two anchors with one name"] = Trusted(["under-twin"], "twin-old", "twin-new"),
        ["the first of two anchors with one name"] = Trusted(["under-twin"], "twin-new", "twin-old"),
        ["anyExtendedKeyUsage"] = Trusted(["any"], "ca"),
        ["anyExtendedKeyUsage beside clientAuth"] = Trusted(["any-and-clients"], "ca"),
        ["anyExtendedKeyUsage of an intermediate"] = Trusted(["under-any", "any-ca"], "ca"),
        ["no extended key usage"] = Trusted(["without-usage"], "ca"),
        ["an anchor that has signed itself with SHA-1"] = Trusted(["under-sha1-root"], "sha1-ca"),
        ["an intermediate signed with SHA-1 as anchor"] = Trusted(["under-sha1"], "sha1-intermediate"),
        ["an intermediate"] = Trusted(["under-intermediate", "intermediate"], "ca"),
        ["an intermediate as anchor"] = Trusted(["under-intermediate"], "intermediate"),
        ["an intermediate as anchor, shown"] = Trusted(["under-intermediate", "intermediate"], "intermediate"),
        ["an intermediate as anchor, shown with its root"] = Trusted(
            ["under-intermediate", "intermediate", "ca"],
            "intermediate"
        ),
        ["an intermediate signed with SHA-1 as anchor, shown with its root"] = Trusted(
            ["under-sha1", "sha1-intermediate", "rsa-ca"],
            "sha1-intermediate"
        ),

        ["MD5"] = Refused(["md5"], "its certificate is signed with MD5", "rsa-ca"),
        ["SHA-1"] = Refused(["sha1"], "its certificate is signed with SHA-1", "rsa-ca"),
        ["ECDSA with SHA-1"] = Refused(["ecdsa-sha1"], "its certificate is signed with SHA-1", "ca"),
        ["SHA-1 on RSA with 1024 bits"] = Refused(["sha1-rsa-1024"], "its certificate is signed with SHA-1", "rsa-ca"),
        ["RSA with 1024 bits of another CA"] = Refused(
            ["rsa-1024"],
            "its certificate is not signed by the CA of ",
            "ca"
        ),
        ["RSASSA-PSS with SHA-1"] = Refused(["pss-sha1"], "its certificate is signed with SHA-1", "rsa-ca"),
        ["RSA with 1024 bits"] = Refused(["rsa-1024"], "its certificate has an RSA key of only 1024 bits", "rsa-ca"),
        ["an anchor with RSA of 1024 bits"] = Refused(
            ["under-rsa-1024"],
            "the certificate \"CN=rsa-1024-ca\" of its chain has an RSA key of only 1024 bits",
            "rsa-1024-ca"
        ),
        ["an anchor with RSA of 2040 bits"] = Refused(
            ["under-rsa-2040"],
            "the certificate \"CN=rsa-2040-ca\" of its chain has an RSA key of only 2040 bits",
            "rsa-2040-ca"
        ),
        ["an anchor with P-224"] = Refused(
            ["under-ec-224"],
            "the certificate \"CN=ec-224-ca\" of its chain has an elliptic curve key of only 224 bits",
            "ec-224-ca"
        ),
        ["an anchor with DSA"] = Refused(
            ["under-dsa"],
            "the certificate \"CN=dsa-ca\" of its chain has a DSA key",
            "dsa-ca"
        ),
        ["an intermediate signed with SHA-1"] = Refused(
            ["under-sha1", "sha1-intermediate"],
            "the certificate \"CN=sha1-intermediate\" of its chain is signed with SHA-1",
            "rsa-ca"
        ),
        ["an intermediate with RSA of 1024 bits"] = Refused(
            ["under-rsa-1024-intermediate", "rsa-1024-intermediate"],
            "the certificate \"CN=rsa-1024-intermediate\" of its chain has an RSA key of only 1024 bits",
            "ca"
        ),
        ["anyExtendedKeyUsage under a weak anchor"] = Refused(
            ["any-under-ec-224"],
            "the certificate \"CN=ec-224-ca\" of its chain has an elliptic curve key of only 224 bits",
            "ec-224-ca"
        ),

        ["clientAuth"] = Refused(
            ["clients"],
            "the extended key usage of its certificate does not permit TLS servers",
            "ca"
        ),
        ["clientAuth of an intermediate"] = Refused(
            ["under-clients", "clients-ca"],
            "the extended key usage of the certificate \"CN=clients-ca\" of its chain does not permit TLS servers",
            "ca"
        ),
        ["clientAuth of an anchor"] = Refused(
            ["under-clients"],
            "the extended key usage of the certificate \"CN=clients-ca\" of its chain does not permit TLS servers",
            "clients-ca"
        ),
        ["an intermediate that may not sign"] = Refused(
            ["under-not-signing", "not-signing-ca"],
            "the certificate \"CN=not-signing-ca\" of its chain may not sign certificates, but has signed another one",
            "ca"
        ),
        ["anyExtendedKeyUsage under an intermediate that may not sign"] = Refused(
            ["any-under-not-signing", "not-signing-ca"],
            "the certificate \"CN=not-signing-ca\" of its chain may not sign certificates, but has signed another one",
            "ca"
        ),
        ["a name that the anchor does not permit"] = Refused(
            ["under-permitting"],
            "the name constraints of a CA in its chain do not permit its certificate",
            "permitting-ca"
        ),
        ["anyExtendedKeyUsage and a name that the anchor does not permit"] = Refused(
            ["any-under-permitting"],
            "the name constraints of a CA in its chain do not permit its certificate",
            "permitting-ca"
        ),
        ["a name that the anchor excludes"] = Refused(
            ["under-excluding"],
            "the name constraints of a CA in its chain do not permit its certificate",
            "excluding-ca"
        ),
        ["a chain longer than its anchor permits"] = Refused(
            ["too-deep", "too-deep-ca"],
            "its chain is longer than the path length of a CA in it permits",
            "path-ca"
        ),
        ["a chain longer than its anchor permits, under an intermediate without a key usage"] = Refused(
            ["too-deep-for-any", "too-deep-any-ca"],
            "its chain is longer than the path length of a CA in it permits",
            "path-ca"
        ),
        ["a server's certificate as issuer"] = Refused(
            ["under-leaf", "ec"],
            "the certificate \"CN=ec\" of its chain may not sign certificates, but has signed another one",
            "ca"
        ),
        ["an unknown critical extension"] = Refused(
            ["critical"],
            "a certificate in its chain has a critical extension that is not supported",
            "ca"
        ),
        ["an intermediate that is not shown"] = Refused(
            ["under-intermediate"],
            "its certificate is not signed by the CA of ",
            "ca"
        ),
        ["clientAuth under the second of two anchors with one name"] = Refused(
            ["clients-under-twin"],
            "the extended key usage of its certificate does not permit TLS servers",
            "twin-old",
            "twin-new"
        ),
        ["clientAuth under the first of two anchors with one name"] = Refused(
            ["clients-under-twin"],
            "the extended key usage of its certificate does not permit TLS servers",
            "twin-new",
            "twin-old"
        ),
        ["none of two anchors with one name"] = Refused(
            ["under-twin"],
            "its certificate is not signed by the CA of ",
            "twin-old",
            "twin-old"
        ),
        ["another CA"] = Refused(["ec"], "its certificate is not signed by the CA of ", "rsa-ca"),
        ["the root above an intermediate as anchor"] = Refused(
            ["ec"],
            "its certificate is not signed by the CA of ",
            "intermediate"
        ),

        ["names that cannot be decoded"] = Refused(
            ["names-undecodable"],
            "its certificate, or another one of its chain, cannot be decoded (",
            "ca"
        ),
        ["a usage that cannot be decoded"] = Refused(
            ["usage-undecodable"],
            "its certificate, or another one of its chain, cannot be decoded (",
            "ca"
        ),
        ["an intermediate that cannot be decoded"] = Refused(
            ["under-undecodable", "undecodable-ca"],
            "its certificate, or another one of its chain, cannot be decoded (",
            "ca"
        ),
        ["a curve that the certificate describes itself"] = Refused(
            ["explicit-curve"],
            "its certificate, or another one of its chain, cannot be decoded (",
            "ca"
        ),
    };

    private static ServerCertificateCase Trusted(string[] shown, params string[] anchors) => new(shown, anchors, null);

    private static ServerCertificateCase Refused(string[] shown, string why, params string[] anchors) =>
        new(shown, anchors, why);
}
