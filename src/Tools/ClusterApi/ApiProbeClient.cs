// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>
/// Sends single JSON requests to the API server, without retries, with the client that the kubelet's run uses. Each
/// request may use the whole time budget.
/// </summary>
/// <param name="server">The server, and how to verify it.</param>
/// <param name="clock">The node's clock.</param>
/// <param name="certificate">The client certificate; null if a token authenticates the request.</param>
internal sealed class ApiProbeClient(ApiServer server, Func<DateTimeOffset> clock, X509Certificate2? certificate = null)
    : IDisposable
{
    /// <summary>Enough for the responses that the checks evaluate.</summary>
    public const int MaximumBytes = 64 * 1024;

    private readonly ApiClient api = new(server, certificate);

    /// <param name="path">Below the server's address, without a leading slash.</param>
    /// <param name="token">The bearer token; null for an anonymous request.</param>
    /// <param name="json">The body of a POST request; null for GET.</param>
    /// <param name="maximumBytes">The rest of a longer body is not read.</param>
    /// <exception cref="ProviderException">The server does not answer, or its certificate is not trusted.</exception>
    public Task<ApiReply> AskAsync(
        string path,
        Secret? token = null,
        byte[]? json = null,
        int maximumBytes = MaximumBytes
    ) => Task.Run(() => Ask(new ApiRequest(path, token, "application/json", json), maximumBytes));

    public void Dispose() => api.Dispose();

    private ApiReply Ask(ApiRequest request, int maximumBytes)
    {
        try
        {
            api.Deadline.Restart();
            var asked = clock();
            return api.Ask(request, (response, body) =>
            {
                var answered = clock();
                var bytes = new byte[maximumBytes];
                var length = body.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
                return new ApiReply(
                    response.StatusCode,
                    Encoding.UTF8.GetString(bytes, 0, length),
                    response.Headers.Date,
                    asked,
                    answered
                );
            });
        }
        catch (ApiTransientException e) when (e.IsOutOfTime)
        {
            throw new ProviderException(
                Reasons.ApiTimeout,
                $"API server {server.Host} ({server.OriginText}) did not respond within "
                    + $"{server.Timeout.TotalSeconds:0.###} s",
                "check the address, or set --api-server"
            );
        }
        catch (ApiTransientException e)
        {
            throw new ProviderException(
                Reasons.ApiServerUnreachable,
                $"API server {server.Host} ({server.OriginText}) cannot be reached: {e.Message}",
                "check that it is running there and that no firewall blocks it, or set --api-server"
            );
        }
    }
}
