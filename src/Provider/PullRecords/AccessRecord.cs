// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.PullRecords;

/// <summary>
/// Which pods may use an image of this node without pulling it again, as the kubelet records it after a pull
/// (kubernetes pkg/kubelet/images/image_manager.go trackedToImagePullCreds, feature gate
/// KubeletEnsureSecretPulledImages).
/// </summary>
internal enum RecordedAccess
{
    /// <summary><c>nodePodsAccessible</c>: every pod of the node, because the kubelet knows of no credentials in the
    /// pull.</summary>
    EveryPodOfNode,

    /// <summary><c>kubernetesServiceAccounts</c>: pods of the service account that pulled.</summary>
    ServiceAccount,
}

/// <summary>What the kubelet records because of this program's response.</summary>
internal static class AccessRecord
{
    /// <param name="isOn">Whether <c>--access-record</c> is on.</param>
    /// <param name="writesFile">
    /// Whether the run writes an auth file, so that the pull uses the namespace's credentials.
    /// </param>
    public static RecordedAccess Of(bool isOn, bool writesFile) =>
        isOn && writesFile ? RecordedAccess.ServiceAccount : RecordedAccess.EveryPodOfNode;
}
