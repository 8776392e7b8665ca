// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// The CAs that the node trusts. Distributions keep them in different places; these are the ones that Go's crypto/x509
/// searches (root_linux.go), so that this program trusts the same CAs as the kubelet.
/// </summary>
internal static class SystemStoreReader
{
    private const int MaximumBytes = 4 * 1024 * 1024;

    private static readonly string[] Bundles =
    [
        "/etc/ssl/certs/ca-certificates.crt", // Debian, Gentoo, Arch
        "/etc/pki/tls/certs/ca-bundle.crt", // Fedora, RHEL and derivatives
        "/etc/ssl/ca-bundle.pem", // openSUSE
        "/etc/pki/tls/cacert.pem", // OpenELEC
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // RHEL 7 and newer
        "/etc/ssl/cert.pem", // Alpine
    ];

    private static readonly string[] Directories = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

    /// <param name="files">Provides the variables and reads the files.</param>
    /// <returns>Without the certificates that cannot be read; skipping one only makes that CA unknown.</returns>
    /// <exception cref="UnreadableFileException">The bundle or a directory exists, but cannot be read.</exception>
    public static X509Certificate2Collection Read(ApiServerFiles files)
    {
        X509Certificate2Collection store = [];
        string[] bundles = files.SystemStoreFile is { Length: > 0 } file ? [file] : Bundles;
        foreach (var bundle in bundles)
        {
            if (files.Reader.Read(bundle, MaximumBytes) is { } pem)
            {
                Add(store, pem);
                break;
            }
        }

        // OpenSSL's variable may list several directories, like PATH. A bundle contains the same CAs as the
        // directories.
        string[] directories =
            files.SystemStoreDirectory is { Length: > 0 } list ? list.Split(':')
            : store.Count == 0 ? Directories
            : [];
        foreach (var directory in directories)
        {
            AddDirectory(store, files.Reader, directory);
        }

        return store;
    }

    private static void AddDirectory(X509Certificate2Collection store, SmallFileReader reader, string directory)
    {
        foreach (var name in reader.Names(directory, followLink: true) ?? [])
        {
            try
            {
                Add(store, reader.Read($"{directory}/{name}", MaximumBytes) ?? []);
            }
            catch (UnreadableFileException)
            {
                // For example a directory among the certificates.
            }
        }
    }

    private static void Add(X509Certificate2Collection store, byte[] pem)
    {
        for (
            var rest = Encoding.UTF8.GetString(pem).AsSpan();
            PemEncoding.TryFind(rest, out var found);
            rest = rest[found.Location.End..]
        )
        {
            if (rest[found.Label] is not "CERTIFICATE")
            {
                continue;
            }

            try
            {
                store.Add(
                    X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[found.Base64Data].ToString()))
                );
            }
            catch (CryptographicException)
            {
                // Skipped, as documented above.
            }
        }
    }
}
