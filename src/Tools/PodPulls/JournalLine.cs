// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using CrioCredentialProvider.Journal;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>One entry of the journal, in the format of <c>journalctl -o json</c>.</summary>
/// <param name="Time">The time when journald received it.</param>
/// <param name="Fields">The fields with a single text value, including binary values that are valid UTF-8.</param>
internal sealed record JournalLine(DateTimeOffset Time, IReadOnlyDictionary<string, string> Fields)
{
    public string Message => Fields.GetValueOrDefault("MESSAGE", "");

    /// <summary>One of this program's fields, named without its prefix; null if the entry does not have it.</summary>
    public string? Own(string name) => Fields.GetValueOrDefault(RunJournal.Prefix + name);

    /// <returns>Null if the line is not an entry.</returns>
    public static JournalLine? Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            Dictionary<string, string> fields = new(StringComparer.Ordinal);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (Text(member.Value) is { } value)
                {
                    fields[member.Name] = value;
                }
            }

            return
                fields.TryGetValue("__REALTIME_TIMESTAMP", out var time)
                && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
                ? new JournalLine(DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds), fields)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second: an unpaired surrogate, which journalctl does not write.
            return null;
        }
    }

    /// <summary>
    /// journalctl prints a value that is not printable as an array of its bytes, and several values of one field as an
    /// array.
    /// </summary>
    private static string? Text(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return value.GetString();
            case JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number):
                byte[] bytes =
                [
                    .. value.EnumerateArray().Select(item => item.TryGetByte(out var one) ? one : (byte)'?'),
                ];
                return Encoding.UTF8.GetString(bytes);
            default:
                return null;
        }
    }
}
