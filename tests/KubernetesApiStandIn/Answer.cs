// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace KubernetesApiStandIn;

/// <summary>A complete HTTP response in wire format. Null closes the connection without a response.</summary>
public sealed record Answer(byte[]? Bytes)
{
    public static Answer Of(int status, string body, string type = "application/json", params string[] headers) =>
        Of(status, Encoding.UTF8.GetBytes(body), type, headers);

    public static Answer Of(int status, byte[] body, string type, params string[] headers) =>
        new([
            .. Encoding.UTF8.GetBytes(
                $"HTTP/1.1 {status} {(HttpStatusCode)status}\r\nAudit-Id: {Guid.NewGuid()}\r\nCache-Control: no-cache, "
                    + "private\r\n"
                    + $"Content-Type: {type}\r\n{string.Concat(headers.Select(h => h + "\r\n"))}"
                    + $"Date: {DateTime.UtcNow:R}\r\nContent-Length: {body.Length}\r\n\r\n"
            ),
            .. body,
        ]);

    /// <summary>An object in Kubernetes' protobuf.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="json">The object, with kind and apiVersion.</param>
    /// <param name="headers">Additional header lines.</param>
    public static Answer Protobuf(int status, string json, params string[] headers) =>
        Of(status, KubernetesProtobuf.Encode(JsonNode.Parse(json)!.AsObject()), KubernetesProtobuf.MediaType, headers);
}
