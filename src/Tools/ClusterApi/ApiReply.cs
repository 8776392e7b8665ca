// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>One response of the API server.</summary>
/// <param name="Status">Any HTTP status; the check decides what it means.</param>
/// <param name="Body">Cut off at the limit of the request, usually <see cref="ApiProbeClient.MaximumBytes"/>.</param>
/// <param name="Date">The server's clock, in whole seconds; null if the response has no Date header.</param>
/// <param name="Asked">The node's clock when the request was sent.</param>
/// <param name="Answered">The node's clock when the response headers had arrived.</param>
internal sealed record ApiReply(
    HttpStatusCode Status,
    string Body,
    DateTimeOffset? Date,
    DateTimeOffset Asked,
    DateTimeOffset Answered
)
{
    /// <summary>Finds a string, or <c>true</c> or <c>false</c>, in the body.</summary>
    /// <param name="path">The members from the outermost object to the value.</param>
    /// <returns>Null if there is no such member, or if the body is not JSON.</returns>
    public string? Find(params ReadOnlySpan<string> path)
    {
        using var document = Parse();
        if (document?.RootElement is not { } root)
        {
            return null;
        }

        var value = ApiJson.Member(root, path);
        return value.ValueKind switch
        {
            JsonValueKind.String => ApiJson.Text(value),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
    }

    /// <returns>Null if the body is not JSON.</returns>
    public JsonDocument? Parse()
    {
        try
        {
            return JsonDocument.Parse(Body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
