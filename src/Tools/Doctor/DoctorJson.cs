using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>The report for programs; the schema is in <c>docs/reference/doctor.md</c>, and only grows.</summary>
internal static class DoctorJson
{
    private const int SchemaVersion = 1;

    public static string Of(IReadOnlyList<CheckReport> reports, string root, int exitCode)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions
        {
            Indented = true,

            // For files and terminals, not for web pages: quotes and plus signs stay readable.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", SchemaVersion);
            json.WriteString("version", BuildInfo.Version);
            json.WriteString("root", root.Length == 0 ? "/" : root);
            json.WriteNumber("exitCode", exitCode);
            json.WriteStartObject("counts");
            foreach (var outcome in Enum.GetValues<CheckOutcome>())
            {
                json.WriteNumber(DoctorText.Name(outcome), DoctorText.Count(reports, outcome));
            }

            json.WriteEndObject();
            json.WriteStartArray("checks");
            foreach (var (check, result) in reports)
            {
                json.WriteStartObject();
                json.WriteString("id", check.Id);
                json.WriteString("title", check.Title);
                json.WriteString("outcome", DoctorText.Name(result.Outcome));
                json.WriteBoolean("undetermined", result.IsUndetermined);
                json.WriteString("summary", result.Summary);
                Write(json, "seen", result.Seen);
                Write(json, "fix", result.Fix);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n";
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> lines)
    {
        json.WriteStartArray(name);
        foreach (var line in lines)
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
    }
}
