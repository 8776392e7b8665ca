// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// The rules that <see cref="SimulatedKubelet"/> implements, with their sources in kubelet 1.36. Paths are in the
/// kubernetes repository; the last ones are in cri-o's. Order and times are those of
/// tests/captures/kubelet/pull-intents.log.
/// </summary>
internal static class KubeletRules
{
    /// <summary>One row for each simulated rule.</summary>
    public static readonly (string Rule, string Source)[] Table =
    [
        (
            "an image that is present is used without asking if the record says nodePodsAccessible",
            "pkg/kubelet/images/pullmanager/image_pull_manager.go MustAttemptImagePull"
        ),
        (
            "an image that is present and recorded with credentials is used if the pod's are among them",
            "pkg/kubelet/images/pullmanager/image_pull_manager.go MustAttemptImagePull"
        ),
        (
            "credentials are looked up before intent, back-off and limiter",
            "pkg/kubelet/images/image_manager.go EnsureImageExists"
        ),
        (
            "the intent is written as .tmp and renamed, 30 ms after the provider's answer",
            "pkg/kubelet/images/pullmanager/fs_pullrecords.go writeFile"
        ),
        (
            "the intent is removed when the last pull of this image name has ended",
            "pkg/kubelet/images/pullmanager/image_pull_manager.go decrementImagePullIntent"
        ),
        ("a pod in back-off is refused after its intent was written", "pkg/kubelet/images/image_manager.go pullImage"),
        ("back-off is 10 s and doubles", "pkg/kubelet/kubelet.go imageBackOff"),
        (
            "a pod is tried again after its back-off and a random part of half of that",
            "pkg/kubelet/pod_workers.go workerBackOffPeriodJitterFactor"
        ),
        (
            "a serial kubelet pulls one image after the other, in the order of asking",
            "pkg/kubelet/images/puller.go serialImagePuller"
        ),
        (
            "a token bucket refuses pulls beyond registryPullQPS and registryBurst",
            "pkg/kubelet/images/helpers.go throttledImageService"
        ),
        (
            "each credential is a PullImage of its own until one succeeds; none is one without credentials",
            "pkg/kubelet/kuberuntime/kuberuntime_image.go PullImage"
        ),
        (
            "the pod's imagePullSecrets come before the providers' credentials",
            "pkg/credentialprovider/secrets/secrets.go MakeDockerKeyring"
        ),
        (
            "a pull without credentials is recorded as nodePodsAccessible, one with a provider's as the service "
                + "account",
            "pkg/kubelet/images/image_manager.go trackedToImagePullCreds"
        ),
        (
            "a provider that fails gives no credentials, and the pull goes on",
            "pkg/credentialprovider/plugin/plugin.go provide"
        ),
        (
            "the first PullImage takes the auth file, and no later one finds it",
            "cri-o server/image_pull.go prepareTempAuthFile"
        ),
        ("credentials without a user name are ignored", "cri-o server/image_pull.go"),
    ];
}
