// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.Doctor.Report;

/// <summary>
/// The report as JSON. The schema is in <c>docs/reference/doctor.md</c>; members are added, but never changed.
/// </summary>
internal static class DoctorJson
{
    private const int SchemaVersion = 1;

    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,

        // The output is not embedded in HTML, so quotes and plus signs need no escaping.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(DoctorReport report)
    {
        var root = new JsonObject
        {
            ["schemaVersion"] = SchemaVersion,
            ["version"] = BuildInfo.Version,
            ["root"] = report.Root.Length == 0 ? "/" : report.Root,
            ["hostName"] = report.HostName,
            ["time"] = report.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["kubeletVersion"] = report.KubeletVersion,
            ["crioVersion"] = report.CrioVersion,
            ["notANode"] = report.NotANode,
            ["exitCode"] = report.ExitCode,
            ["counts"] = new JsonObject(
                Enum.GetValues<CheckOutcome>()
                    .Select(outcome =>
                        KeyValuePair.Create(DoctorReport.Name(outcome), (JsonNode?)report.Count(outcome))
                    )
            ),
            ["checks"] = new JsonArray([.. report.Checks.Select(Check)]),
        };
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Options))
        {
            root.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n";
    }

    private static JsonObject Check(CheckReport check) =>
        new()
        {
            ["id"] = check.Id,
            ["title"] = check.Title,
            ["outcome"] = DoctorReport.Name(check.Result.Outcome),
            ["undetermined"] = check.Result.IsUndetermined,
            ["summary"] = check.Result.Summary,
            ["seen"] = Lines(check.Result.Seen),
            ["fix"] = Lines(check.Result.Fix.SelectMany(fix => fix.Lines)),
        };

    private static JsonArray Lines(IEnumerable<string> lines) => new([.. lines.Select(line => (JsonNode?)line)]);
}
