// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;

namespace CrioCredentialProvider.Secrets;

/// <summary>The CAs that may sign the API server's certificate.</summary>
/// <param name="Source">For messages: the file, or "the system store".</param>
/// <param name="Anchors">The cluster's CA; null if the system store is used.</param>
/// <param name="SystemStore">The CAs that the node trusts, used if there is no cluster CA.</param>
internal sealed record ClusterTrust(
    string Source,
    X509Certificate2Collection? Anchors,
    X509Certificate2Collection? SystemStore = null
)
{
    /// <summary>
    /// How a chain is built. URLs in a certificate are not fetched, because the certificate is not trusted yet.
    /// </summary>
    public X509ChainPolicy ToChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        };
        policy.CustomTrustStore.AddRange(Anchors ?? SystemStore ?? []);
        return policy;
    }
}
