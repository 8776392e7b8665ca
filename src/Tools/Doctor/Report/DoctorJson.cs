// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Doctor.Report;

/// <summary>
/// The report as JSON. The schema is in <c>docs/reference/doctor.md</c>; members are added, but never changed.
/// </summary>
internal static class DoctorJson
{
    private const int SchemaVersion = 1;

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
            ["checks"] = JsonText.List(report.Checks, Check),
        };
        return JsonText.Of(root);
    }

    private static JsonObject Check(CheckReport check) =>
        new()
        {
            ["id"] = check.Id,
            ["title"] = check.Title,
            ["outcome"] = DoctorReport.Name(check.Result.Outcome),
            ["undetermined"] = check.Result.IsUndetermined,
            ["summary"] = check.Result.Summary,
            ["seen"] = JsonText.List(check.Result.Seen),
            ["fix"] = JsonText.List(check.Result.Fix.SelectMany(fix => fix.Lines)),
        };
}
