// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>
/// An <see cref="Explanation"/> as JSON. The schema is in docs/reference/explain.md; members are added, but never
/// changed.
/// </summary>
internal static class ExplanationJson
{
    private const int SchemaVersion = 1;

    public static string Of(Explanation explanation) =>
        JsonText.Of(
            new JsonObject
            {
                ["schemaVersion"] = SchemaVersion,
                ["image"] = Image(explanation.Image),
                ["pod"] = new JsonObject
                {
                    ["namespace"] = explanation.Input.Namespace,
                    ["serviceAccount"] = explanation.Input.Identity?.ServiceAccount,
                    ["name"] = explanation.Input.Identity?.Pod,
                },
                ["input"] = new JsonObject
                {
                    ["kind"] = explanation.Input.Kind,
                    ["files"] = JsonText.List(explanation.Input.Files.Select(OneLine.Of)),
                    ["apiServer"] = explanation.Listing?.Server.Host,
                    ["selection"] = explanation.Listing?.Selection switch
                    {
                        null => null,
                        SecretSelection.Annotation => "annotation",
                        SecretSelection.ImagePullSecrets => "image-pull-secrets",
                        _ => "all",
                    },
                    ["names"] = explanation.Listing?.Names is { } names ? JsonText.List(names) : null,
                },
                ["registriesConf"] = new JsonObject
                {
                    ["path"] = explanation.Conf.MainPath,
                    ["found"] = explanation.Conf.Found,
                    ["files"] = JsonText.List(explanation.Conf.FilesRead.Select(OneLine.Of)),
                    ["shortNameProblem"] = explanation.Image.ShortName is null
                        ? null
                        : explanation.Conf.ShortNameProblem,
                },
                ["routes"] = JsonText.List(explanation.Routes, Route),
                ["secretKeys"] = JsonText.List(explanation.Keys, Key),
                ["nodeKeys"] = JsonText.List(explanation.NodeKeys, Key),
                ["result"] = Result(explanation),
                ["pullRecord"] = explanation.PullRecord is { } record ? PullRecord(record) : null,
                ["notices"] = JsonText.List(explanation.Notices, notice => new JsonObject
                {
                    ["id"] = notice.Reason.Id,
                    ["text"] = notice.Message,
                }),
            }
        );

    private static JsonObject Image(PodImage image) =>
        new()
        {
            ["given"] = image.Given,
            ["name"] = image.Name.Text,
            ["tag"] = image.Tag,
            ["digest"] = image.Digest,
            ["shortName"] = image.ShortName,
        };

    private static JsonObject Route(ExplainedRoute route) =>
        new()
        {
            ["image"] = route.Route.Image.Text,
            ["certain"] = route.IsCertain,
            ["decidedBy"] = route.Route.Entry?.Origin,
            ["prefix"] = route.Route.Entry?.Prefix,
            ["places"] = JsonText.List(route.Places, Place),
        };

    private static JsonObject Place(ExplainedPlace place) =>
        new()
        {
            ["number"] = place.Number,
            ["reference"] = place.Source.Reference.Text,
            ["kind"] = place.Source.Kind == PullSourceKind.Mirror ? "mirror" : "registry",
            ["location"] = place.Source.Location,
            ["for"] = place.Source.Use switch
            {
                MirrorUse.DigestsOnly => "digests",
                MirrorUse.TagsOnly => "tags",
                _ => "all",
            },
            ["use"] = place.Use switch
            {
                PlaceUse.Blocked => "blocked",
                PlaceUse.Skipped => "passed-over",
                PlaceUse.Unknown => "unknown",
                _ => "tried",
            },
            ["blockedBy"] = place.BlockedBy,
            ["fittingKeys"] = JsonText.List(place.Source.Reference.SelfAndParents),
            ["credential"] = place.Found is { } found ? Credential(found) : null,
        };

    private static JsonObject Credential(FoundCredential found) =>
        WithOrigin(
            new JsonObject
            {
                ["rule"] = found.Hit.Rule switch
                {
                    LookupRule.Helper => "helper",
                    LookupRule.Exact => "exact",
                    LookupRule.Parent => "parent",
                    _ => "host",
                },
                ["key"] = Explanation.PrintableKey(found.Hit.Key),
            },
            found.Origin,
            ("anonymous", !found.Hit.IsUseful),
            ("rivals", JsonText.List(found.Rivals.Select(OneLine.Of)))
        );

    private static JsonObject Key(ExplainedKey key) =>
        WithOrigin(
            [],
            key.Origin,
            ("helper", key.IsHelper),
            ("registry", key.Registry.Length == 0 ? null : OneLine.Of(key.Registry)),
            (
                "result",
                key.Result switch
                {
                    KeyResult.Used => "used",
                    KeyResult.Written => "written",
                    KeyResult.Overridden => "overridden",
                    KeyResult.NearMiss => "near-miss",
                    KeyResult.OtherRegistry => "other-registry",
                    _ => "unusable",
                }
            ),
            ("detail", key.Detail),
            ("text", key.Reason)
        );

    private static JsonObject Result(Explanation explanation) =>
        new()
        {
            ["writes"] = explanation.IsRoutingOnly ? null : explanation.WhyNothing is null,
            ["path"] = explanation.AuthFile,
            ["reason"] = explanation.WhyNothing?.Id,
            ["text"] = explanation.WhyNothing?.Title,
            ["entries"] = JsonText.List(explanation.Entries, entry =>
                WithOrigin(
                    new JsonObject { ["key"] = Explanation.PrintableKey(entry.Key), ["helper"] = entry.IsHelper },
                    entry.Origin
                )
            ),
        };

    private static JsonObject PullRecord(ExplainedRecord record) =>
        new()
        {
            ["directory"] = record.Directory,
            ["kept"] = record.IsKept,
            ["access"] = record.Access == RecordedAccess.ServiceAccount ? "service-account" : "every-pod",
        };

    /// <summary>Adds the origin of a credential, followed by the other members.</summary>
    private static JsonObject WithOrigin(
        JsonObject target,
        CredentialOrigin origin,
        params (string Name, JsonNode? Value)[] members
    )
    {
        target["from"] = origin.SecretName is null ? "node" : "secret";
        target["secret"] = origin.SecretName;
        target["writtenAs"] = origin.Key.Length == 0 ? null : OneLine.Of(origin.Key);
        foreach (var (name, value) in members)
        {
            target[name] = value;
        }

        return target;
    }
}
