using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Response;

/// <summary>
/// Answers the kubelet: no credentials, and do not cache that. <c>cacheDuration: "0s"</c> is what makes the kubelet
/// ask again for a pod's next image of the same registry (kubernetes pkg/credentialprovider/plugin/plugin.go).
/// </summary>
internal static class ResponseWriter
{
    /// <summary>The answer's bytes: one JSON document and a newline, without BOM.</summary>
    public static byte[] Format(string apiVersion) =>
        System.Text.Encoding.UTF8.GetBytes(
            "{\"kind\":\"CredentialProviderResponse\",\"apiVersion\":\"" + apiVersion
            + "\",\"cacheKeyType\":\"Image\",\"cacheDuration\":\"0s\"}\n");

    /// <param name="stdout">The kubelet's pipe; this is the only write to it.</param>
    /// <param name="apiVersion">The request's version, one of the three known.</param>
    /// <exception cref="ProviderException">stdout is closed or full.</exception>
    public static void Write(Stream stdout, string apiVersion)
    {
        try
        {
            stdout.Write(Format(apiVersion));
            stdout.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(
                Reasons.ResponseNotWritten, $"the response could not be written to stdout: {OneLine.Of((e.InnerException ?? e).Message)}");
        }
    }
}
