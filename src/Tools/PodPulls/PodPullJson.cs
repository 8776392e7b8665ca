// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>A <see cref="PodPullReport"/> as JSON. The schema is in docs/reference/explain.md.</summary>
internal static class PodPullJson
{
    private const int SchemaVersion = 1;

    public static string Of(PodPullReport report) =>
        JsonText.Of(
            new JsonObject
            {
                ["schemaVersion"] = SchemaVersion,
                ["pod"] = new JsonObject
                {
                    ["namespace"] = report.Namespace,
                    ["name"] = report.Name,
                    ["node"] = report.Pod?.Node,
                    ["serviceAccount"] = report.Pod?.ServiceAccount,
                    ["source"] = report.Pod?.ApiServer is { } server ? $"API server {server}" : null,
                },
                ["missing"] = JsonText.List(report.Missing, part => new JsonObject
                {
                    ["part"] = part.Part,
                    ["text"] = part.Why,
                }),
                ["images"] = JsonText.List(report.Images, Image),
            }
        );

    private static JsonObject Image(ImagePullReport image) =>
        new()
        {
            ["image"] = image.Image,
            ["containers"] = JsonText.List(image.Containers),
            ["state"] = image.State,
            ["failing"] = image.IsFailing,
            ["run"] = image.Run is { } run ? Run(run) : null,
            ["tried"] = JsonText.List(image.Tried),
            ["answers"] = JsonText.List(image.Answers, answer => new JsonObject
            {
                ["reference"] = answer.Reference,
                ["kind"] = Id(answer.Kind),
                ["text"] = answer.Text,
            }),
            ["nextStep"] = image.NextStep,
        };

    private static JsonObject Run(ProviderRun run) =>
        new()
        {
            ["time"] = run.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["outcome"] = run.Outcome,
            ["code"] = run.Code,
            ["text"] = OneLine.Printable(run.LastMessage),
            ["authFile"] = run.AuthFile,
            ["keys"] = JsonText.List(run.Keys, key => new JsonObject
            {
                ["registry"] = key.Registry,
                ["secret"] = key.Secret,
            }),
            ["warnings"] = JsonText.List(run.Warnings.Select(warning => OneLine.Of(warning))),
        };

    public static string Id(AnswerKind kind) =>
        kind switch
        {
            AnswerKind.Unauthorized => "unauthorized",
            AnswerKind.Denied => "denied",
            AnswerKind.NotFound => "not-found",
            AnswerKind.RateLimited => "rate-limited",
            AnswerKind.Certificate => "certificate",
            AnswerKind.TimedOut => "timed-out",
            AnswerKind.Unreachable => "unreachable",
            AnswerKind.Blocked => "blocked",
            AnswerKind.ServerError => "server-error",
            _ => "other",
        };
}
