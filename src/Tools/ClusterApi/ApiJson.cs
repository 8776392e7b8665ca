// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>
/// Looks up values in JSON of the API. JSON's grammar permits an unpaired surrogate in names and strings (RFC 8259,
/// section 8.2), but .NET throws for it; here, such a value is treated as missing.
/// </summary>
internal static class ApiJson
{
    /// <param name="element">An object; nothing is found in any other value.</param>
    /// <param name="path">The members from that object to the value.</param>
    /// <returns>A value of kind <see cref="JsonValueKind.Undefined"/> if there is no such member.</returns>
    public static JsonElement Member(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !TryFind(element, name, out element))
            {
                return default;
            }
        }

        return element;
    }

    /// <returns>Null if it is not a string, or contains an unpaired surrogate.</returns>
    public static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TryFind(JsonElement element, string name, out JsonElement value)
    {
        try
        {
            return element.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            // A name with an unpaired surrogate does not match. Of duplicate members, the last one is used, as above.
            value = element.EnumerateObject().LastOrDefault(member => HasName(member, name)).Value;
            return value.ValueKind != JsonValueKind.Undefined;
        }
    }

    private static bool HasName(JsonProperty member, string name)
    {
        try
        {
            return member.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
