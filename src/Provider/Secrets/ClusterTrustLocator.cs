// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Secrets;

/// <summary>Finds the CA, in this order: option, kubeconfig, the cluster's CA file, the system store.</summary>
internal static class ClusterTrustLocator
{
    private const string NoSuchFile = "there is no such file";

    /// <exception cref="ProviderException">The first CA that exists cannot be used.</exception>
    public static ClusterTrust Find(ApiServerOptions options, ApiServerFiles files, KubeconfigLocator kubeconfigs)
    {
        if (options.CertificateAuthority is { } given)
        {
            return new ClusterTrust(
                $"\"{given}\"",
                ReadCertificates(given, files) ?? throw Unusable(given, NoSuchFile)
            );
        }

        if (kubeconfigs.Find() is { } kubeconfig && Anchors(kubeconfig, files) is { } anchors)
        {
            return new ClusterTrust(kubeconfig.Text + AddBootstrap(anchors, files, kubeconfigs), anchors);
        }

        return ReadCertificates(files.ClusterCa, files) is { } cluster
            ? new ClusterTrust($"\"{files.ClusterCa}\"", cluster)
            : new ClusterTrust("the system store", null, options.InsecureSkipTlsVerify ? [] : ReadSystemStore(files));
    }

    /// <returns>What was added, or why not, for messages.</returns>
    private static string AddBootstrap(
        X509Certificate2Collection anchors,
        ApiServerFiles files,
        KubeconfigLocator kubeconfigs
    )
    {
        try
        {
            if (kubeconfigs.FindBootstrap() is not { } bootstrap || Anchors(bootstrap, files) is not { } more)
            {
                return "";
            }

            anchors.AddRange(more);
            return $" and \"{bootstrap.Path}\"";
        }
        catch (ProviderException e)
        {
            // The kubelet does not read it while its kubeconfig is valid, so it may name files that have been removed
            // since bootstrap.
            return $" (without the bootstrap kubeconfig, because {e.Problem})";
        }
    }

    private static X509Certificate2Collection? Anchors(FoundKubeconfig kubeconfig, ApiServerFiles files)
    {
        if (kubeconfig.Content.AuthorityData is { } data)
        {
            try
            {
                return Certificates(Convert.FromBase64String(data), kubeconfig.Path);
            }
            catch (FormatException)
            {
                throw Kubeconfig.Invalid(kubeconfig.Path, "its certificate-authority-data is not base64");
            }
        }

        if (kubeconfig.Content.AuthorityFile is { } file)
        {
            var full = Path.Combine(Path.GetDirectoryName(kubeconfig.Path) ?? "", file);
            return ReadCertificates(full, files) ?? throw Unusable(full, NoSuchFile);
        }

        return null;
    }

    private static X509Certificate2Collection ReadSystemStore(ApiServerFiles files)
    {
        try
        {
            return SystemStoreReader.Read(files);
        }
        catch (UnreadableFileException e)
        {
            throw new ProviderException(
                Reasons.CertificateAuthorityInvalid,
                $"the system store cannot be read: {e.Message}",
                "name the cluster's CA with --certificate-authority"
            );
        }
    }

    private static X509Certificate2Collection? ReadCertificates(string path, ApiServerFiles files) =>
        files.Read(path, Reasons.CertificateAuthorityInvalid) is { } pem ? Certificates(pem, path) : null;

    private static X509Certificate2Collection Certificates(byte[] pem, string path)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(pem));
        }
        catch (CryptographicException)
        {
            throw Unusable(path, "a certificate in it cannot be decoded");
        }

        return certificates.Count > 0 ? certificates : throw Unusable(path, "it holds no PEM certificate");
    }

    private static ProviderException Unusable(string path, string why) =>
        new(
            Reasons.CertificateAuthorityInvalid,
            $"CA file \"{path}\" cannot be used: {why}",
            "name the cluster's CA with --certificate-authority"
        );
}
