// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>One answer of the API server.</summary>
/// <param name="Status">Any status; the check decides what it means.</param>
/// <param name="Body">At most what was asked for, usually <see cref="ApiProbeClient.MaximumBytes"/>.</param>
/// <param name="Date">The server's clock, to a second; null if the answer has none.</param>
/// <param name="Asked">The node's clock when the request was sent.</param>
/// <param name="Answered">The node's clock when the head of the answer had arrived.</param>
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
        if (document?.RootElement is not { } value)
        {
            return null;
        }

        foreach (var name in path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return null;
            }
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => Text(value),
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

    /// <returns>Null if the string has half a surrogate pair.</returns>
    private static string? Text(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
