// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>A page that the agent serves.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The media type of the body.</param>
/// <param name="Body">The whole body.</param>
internal sealed record AgentPage(HttpStatusCode Status, string ContentType, byte[] Body)
{
    public static AgentPage Text(HttpStatusCode status, string line) =>
        new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>The HTTP/1.1 response (RFC 9112); the connection is closed after it.</summary>
    /// <param name="hasBody">False for the response to HEAD: the same headers without a body.</param>
    public byte[] Answer(bool hasBody)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {(int)Status} {Phrase}\r\nContent-Type: {ContentType}\r\nContent-Length: {Body.Length}\r\n"
        );
        if (Status == HttpStatusCode.MethodNotAllowed)
        {
            head += "Allow: GET, HEAD\r\n";
        }

        byte[] bytes = Encoding.ASCII.GetBytes(head + "Connection: close\r\n\r\n");
        return hasBody ? [.. bytes, .. Body] : bytes;
    }

    /// <summary>The reason phrase, which only people read.</summary>
    private string Phrase =>
        Status switch
        {
            HttpStatusCode.OK => "OK",
            HttpStatusCode.BadRequest => "Bad Request",
            HttpStatusCode.NotFound => "Not Found",
            HttpStatusCode.MethodNotAllowed => "Method Not Allowed",
            HttpStatusCode.RequestHeaderFieldsTooLarge => "Request Header Fields Too Large",
            HttpStatusCode.ServiceUnavailable => "Service Unavailable",
            _ => "Internal Server Error",
        };
}
