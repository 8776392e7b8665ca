// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Response;

/// <summary>
/// Answers the kubelet: no password, and do not cache that. <c>cacheDuration: "0s"</c> is what makes the kubelet
/// ask again for a pod's next image of the same registry (kubernetes pkg/credentialprovider/plugin/plugin.go).
/// </summary>
internal static class ResponseWriter
{
    /// <summary>The answer's bytes: one JSON document and a newline, without BOM.</summary>
    /// <param name="apiVersion">The request's version, one of the three known.</param>
    /// <param name="recordedImage">
    /// The request's image if the kubelet is to record the pod's service account: it records it for an entry without
    /// user and password too (pkg/kubelet/images/image_manager.go trackedToImagePullCreds), and CRI-O ignores such an
    /// entry (cri-o server/image_pull.go). Null answers without an entry: every pod of the node may use the image then.
    /// </param>
    public static byte[] Format(string apiVersion, RepositoryName? recordedImage) =>
        System.Text.Encoding.UTF8.GetBytes(
            "{\"kind\":\"CredentialProviderResponse\",\"apiVersion\":\""
                + apiVersion
                + "\",\"cacheKeyType\":\"Image\",\"cacheDuration\":\"0s\""
                + (
                    recordedImage is null
                        ? ""
                        : ",\"auth\":{\"" + recordedImage.Text + "\":{\"username\":\"\",\"password\":\"\"}}"
                )
                + "}\n"
        );

    /// <param name="stdout">The kubelet's pipe; this is the only write to it.</param>
    /// <param name="apiVersion">The request's version, one of the three known.</param>
    /// <param name="recordedImage">See <see cref="Format"/>. A canonical name has no character that JSON
    /// escapes.</param>
    /// <exception cref="ProviderException">stdout is closed or full.</exception>
    public static void Write(Stream stdout, string apiVersion, RepositoryName? recordedImage)
    {
        try
        {
            stdout.Write(Format(apiVersion, recordedImage));
            stdout.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(
                Reasons.ResponseNotWritten,
                $"the response could not be written to stdout: {OneLine.Of((e.InnerException ?? e).Message)}"
            );
        }
    }
}
