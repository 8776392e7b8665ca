// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Judges a chain against each anchor separately if it fails against all of them together. During a CA rotation, two
/// CAs may have the same name. Without key identifiers OpenSSL tries only the first of them; Go tries both.
/// </summary>
internal static class ChainForEachAnchor
{
    private const X509ChainStatusFlags NotSigned =
        X509ChainStatusFlags.NotSignatureValid | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;

    /// <inheritdoc cref="CertificateChain.Judge"/>
    public static CertificateRefusal? Judge(ClusterTrust trust, X509Chain chain, bool hasErrors)
    {
        var refusal = CertificateChain.Judge(trust, chain, hasErrors);
        if (
            refusal is null
            || trust.Anchors is not { Count: > 1 } anchors
            || !chain.ChainStatus.Any(status => status.Status == X509ChainStatusFlags.NotSignatureValid)
        )
        {
            return refusal;
        }

        foreach (var anchor in anchors)
        {
            var alone = new ClusterTrust(trust.Source, [anchor]);
            using var again = new X509Chain { ChainPolicy = alone.ToChainPolicy() };
            again.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
            foreach (var usage in chain.ChainPolicy.ApplicationPolicy)
            {
                again.ChainPolicy.ApplicationPolicy.Add(usage);
            }

            var isValid = again.Build(chain.ChainElements[0].Certificate);
            if (CertificateChain.Judge(alone, again, hasErrors: !isValid) is not { } judged)
            {
                return null;
            }

            if (!again.ChainStatus.Any(status => (status.Status & NotSigned) != 0))
            {
                refusal = judged; // this anchor signed the chain, so its verdict is the relevant one
            }
        }

        return refusal;
    }
}
