// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.PullRecords;

/// <summary>
/// Whether the pod may use the image though the API server cannot be asked. The kubelet asks also if the image is
/// present, to check access: without an answer, a container that was running may not restart, and no outage of the API
/// server may cause that. The kubelet compares the record of the image that is there once more by itself.
/// </summary>
internal static class PullVoucher
{
    /// <param name="failure">Why the run failed.</param>
    /// <param name="kubeletRoot">The kubelet's <c>--root-dir</c>.</param>
    /// <param name="image">The image of the request.</param>
    /// <param name="identity">Whose token it is.</param>
    public static bool Vouches(Reason failure, Func<string> kubeletRoot, RepositoryName image, PodIdentity identity)
    {
        if (failure != Reasons.ApiServerUnreachable && failure != Reasons.ApiTimeout)
        {
            return false;
        }

        try
        {
            return PulledRecordReader.Names(kubeletRoot(), image, identity);
        }
        catch (ProviderException)
        {
            // It is not known where the kubelet's records are, so nothing vouches: the failure is the API server's.
            return false;
        }
    }
}
