using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Where the node keeps the CAs that it trusts. The static build's OpenSSL knows its own distribution's place only
/// (docs/adr/0020); the others' are those that Go's crypto/x509 looks into (root_linux.go).
/// </summary>
internal static class SystemStoreLocator
{
    private const string OwnDirectory = "/usr/lib/ssl/certs"; // Debian and Ubuntu, where the static build is made

    private static readonly string[] Bundles =
    [
        "/etc/ssl/certs/ca-certificates.crt", // Debian, Gentoo, Arch
        "/etc/pki/tls/certs/ca-bundle.crt", // Fedora, RHEL, and what is made of them
        "/etc/ssl/ca-bundle.pem", // openSUSE
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // RHEL 7 and newer
        "/etc/ssl/cert.pem", // Alpine
    ];

    /// <summary>Tells OpenSSL by <c>SSL_CERT_FILE</c>, unless somebody has set that already. Before the first use of TLS.</summary>
    public static void Announce()
    {
        if (Libc.IsStatic && Libc.IsMissing(OwnDirectory) && Array.Find(Bundles, bundle => !Libc.IsMissing(bundle)) is { } found)
        {
            _ = Libc.Setenv("SSL_CERT_FILE", found, overwrite: 0);
        }
    }
}
