// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Response;

/// <summary>
/// Writes the response to the kubelet: without a password, and not to be cached. Because of <c>cacheDuration: "0s"</c>
/// the kubelet runs the provider again for a pod's next image of the same registry (kubernetes
/// pkg/credentialprovider/plugin/plugin.go).
/// </summary>
internal static class ResponseWriter
{
    /// <summary>The bytes of the response: one JSON document and a newline, without a BOM.</summary>
    /// <param name="apiVersion">The request's version, one of the three known.</param>
    /// <param name="recordedImage">
    /// The request's image if the kubelet should record the pod's service account. The kubelet records it even for an
    /// entry without user and password (pkg/kubelet/images/image_manager.go trackedToImagePullCreds), and CRI-O ignores
    /// such an entry (cri-o server/image_pull.go). Null writes no entry, which allows every pod of the node to use the
    /// image.
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
    /// <param name="recordedImage">
    /// See <see cref="Format"/>. A canonical name has no character that needs escaping in JSON.
    /// </param>
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
