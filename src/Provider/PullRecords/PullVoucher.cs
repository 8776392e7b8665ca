// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.PullRecords;

/// <summary>
/// Whether the pod may use the image although the API server cannot be reached. The kubelet runs the provider to check
/// access even if the image is present: without a response, a running container could not restart, and an outage of the
/// API server must not cause that. The kubelet itself then checks the record of the present image again.
/// </summary>
internal static class PullVoucher
{
    /// <param name="failure">Why the run failed.</param>
    /// <param name="kubeletRoot">The kubelet's <c>--root-dir</c>.</param>
    /// <param name="image">The image of the request.</param>
    /// <param name="identity">The token's owner.</param>
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
            // The location of the kubelet's records is unknown, so report the API server's failure.
            return false;
        }
    }
}
