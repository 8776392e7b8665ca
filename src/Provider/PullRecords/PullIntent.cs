// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.PullRecords;

/// <summary>
/// Whether the kubelet is pulling an image. It keeps an <c>ImagePullIntent</c> for each image from before the back-off
/// check until the pull has ended (kubernetes pkg/kubelet/images/image_manager.go pullImage,
/// pullmanager/image_pull_manager.go RecordPullIntent).
/// </summary>
internal enum PullIntent
{
    /// <summary>The intents cannot be read, or the kubelet is older or has the feature disabled.</summary>
    Unknown,

    /// <summary>The kubelet is not pulling this image.</summary>
    Absent,

    /// <summary>The kubelet is pulling this image, for a pod of any namespace.</summary>
    Present,
}
