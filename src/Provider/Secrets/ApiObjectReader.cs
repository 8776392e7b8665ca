// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Net;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>Gets objects from the API server in Kubernetes' protobuf encoding, within one byte budget for all of
/// them.</summary>
/// <param name="api">The connection to the server.</param>
/// <param name="token">The token that authenticates the requests.</param>
/// <param name="maximumBytes">The total size of all responses since the last <see cref="StartOver"/>, in bytes.</param>
internal sealed class ApiObjectReader(ApiClient api, Secret token, long maximumBytes)
{
    private long bytesRead;

    /// <summary>Gives back the whole budget, because everything will be read again.</summary>
    public void StartOver() => bytesRead = 0;

    /// <param name="path">Relative to the server's address, with the query.</param>
    /// <param name="kind">The expected kind.</param>
    /// <param name="read">Reads the object, which is the reader's current message.</param>
    /// <exception cref="ApiTransientException">The request failed, but may succeed later.</exception>
    /// <exception cref="ApiRefusedException">The server returned an error.</exception>
    /// <exception cref="ProtobufException">The response is malformed or is not protobuf.</exception>
    /// <exception cref="ByteBudgetException">The response exceeds the budget.</exception>
    /// <exception cref="ProviderException">The server is not trusted, or its name does not resolve.</exception>
    public void Read(string path, string kind, Action<ProtobufReader> read) =>
        bytesRead += api.Ask(new ApiRequest(path, token, KubernetesEnvelope.MediaType), (response, body) =>
        {
            if (response.Content.Headers.ContentEncoding.Contains("gzip"))
            {
                body = new GZipStream(body, CompressionMode.Decompress);
            }

            var type = response.Content.Headers.ContentType?.ToString() ?? "";
            var isProtobuf = response.Content.Headers.ContentType?.MediaType == KubernetesEnvelope.MediaType;
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw Refusal(
                    response,
                    isProtobuf ? StatusDecoder.ReadMessage(body) : $"its content type is \"{OneLine.Of(type)}\""
                );
            }

            return isProtobuf
                ? KubernetesEnvelope.Read(body, maximumBytes - bytesRead, kind, read)
                : throw new ProtobufException($"its content type is \"{OneLine.Of(type)}\"");
        });

    private static Exception Refusal(HttpResponseMessage response, string explanation) =>
        response switch
        {
            {
                StatusCode: HttpStatusCode.TooManyRequests
                    or HttpStatusCode.InternalServerError
                    or HttpStatusCode.BadGateway
                    or HttpStatusCode.ServiceUnavailable
                    or HttpStatusCode.GatewayTimeout
            } => new ApiTransientException(
                $"it answers {(int)response.StatusCode}",
                response.Headers.RetryAfter?.Delta
            ),
            { Headers.Location: { } location } => new ApiRefusedException(
                response.StatusCode,
                location.IsAbsoluteUri ? $"to {location.Authority}" : "to itself"
            ),
            _ => new ApiRefusedException(response.StatusCode, explanation),
        };
}
