// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>
/// Renders a command's JSON output: indented, with a final newline, and without escapes that only HTML needs.
/// </summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(JsonObject document)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Format))
        {
            document.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    public static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> render) => new([.. items.Select(render)]);

    public static JsonArray List(IEnumerable<string> items) => List(items, item => (JsonNode?)item);

    /// <summary>An enum's value as a program reads it, for example <c>awaitingRestart</c>.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
