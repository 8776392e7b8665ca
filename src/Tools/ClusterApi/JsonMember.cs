using System.Text;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>Finds one value in an answer of the API server; a document model would be built for nothing.</summary>
internal static class JsonMember
{
    /// <param name="json">What may be JSON.</param>
    /// <param name="path">The members from the outermost object to the value.</param>
    /// <returns>A string, <c>true</c> or <c>false</c>; null when there is no such member, or the text is no JSON object.</returns>
    public static string? Find(string json, params ReadOnlySpan<string> path)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            var level = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isOnPath = reader.ValueTextEquals(path[level]);
                reader.Read();
                if (!isOnPath)
                {
                    reader.Skip();
                }
                else if (level == path.Length - 1)
                {
                    return Text(ref reader);
                }
                else if (reader.TokenType == JsonTokenType.StartObject)
                {
                    level++;
                }
                else
                {
                    return null;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A page for people, an answer that was cut off, or text that is not Unicode: no such member.
        }

        return null;
    }

    private static string? Text(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => null,
    };
}
