// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Steps and states of paths as JSON, for the state file and for <c>--plan --output json</c>.</summary>
internal static class StepJson
{
    public static JsonObject Of(Step step) =>
        step switch
        {
            PlaceStep place => new JsonObject
            {
                ["step"] = "place",
                ["path"] = place.Path,
                ["role"] = place.Role.ToString(),
                ["before"] = Of(place.Before),
                ["after"] = Of(place.After),
            },
            ArmStep arm => new JsonObject
            {
                ["step"] = "arm",
                ["program"] = arm.Program,
                ["unit"] = arm.KubeletUnit,
                ["seconds"] = arm.After.TotalSeconds,
            },
            ReloadStep => new JsonObject { ["step"] = "reload" },
            StartStep start => new JsonObject { ["step"] = "start", ["unit"] = start.Unit },
            StopStep stop => new JsonObject { ["step"] = "stop", ["unit"] = stop.Unit },
            RestartStep restart => new JsonObject { ["step"] = "restart", ["unit"] = restart.Unit },
            JudgeStep judge => new JsonObject
            {
                ["step"] = "judge",
                ["unit"] = judge.Unit,
                ["seconds"] = judge.For.TotalSeconds,
                ["config"] = judge.Flags.Config,
                ["binDir"] = judge.Flags.BinDir,
                ["areGone"] = judge.Flags.AreGone,
            },
            AwaitRestartStep wait => new JsonObject { ["step"] = "awaitRestart", ["unit"] = wait.Unit },
            ConfirmStep => new JsonObject { ["step"] = "confirm" },
            _ => throw new InvalidOperationException("unknown step"),
        };

    public static Step Read(JsonElement json) =>
        json.GetProperty("step").GetString() switch
        {
            "place" => new PlaceStep(
                json.GetProperty("path").GetString()!,
                Enum.Parse<PathRole>(json.GetProperty("role").GetString()!),
                ReadFile(json.GetProperty("before")),
                ReadFile(json.GetProperty("after"))
            ),
            "arm" => new ArmStep(json.GetProperty("program").GetString()!, Unit(json), Seconds(json)),
            "reload" => new ReloadStep(),
            "start" => new StartStep(Unit(json)),
            "stop" => new StopStep(Unit(json)),
            "restart" => new RestartStep(Unit(json)),
            "judge" => new JudgeStep(
                Unit(json),
                Seconds(json),
                new KubeletFlags(
                    json.GetProperty("config").GetString(),
                    json.GetProperty("binDir").GetString(),
                    json.GetProperty("areGone").GetBoolean()
                )
            ),
            "awaitRestart" => new AwaitRestartStep(Unit(json)),
            "confirm" => new ConfirmStep(),
            var other => throw new FormatException($"unknown step \"{other}\""),
        };

    public static JsonObject Of(FileState file)
    {
        var json = new JsonObject { ["kind"] = file.Kind.ToString() };
        if (!file.IsAbsent)
        {
            json["content"] = file.Content;
            json["mode"] = FileState.Octal(file.Mode);
            json["owner"] = file.Owner;
            json["group"] = file.Group;
            json["label"] = file.Label;
        }

        return json;
    }

    public static FileState ReadFile(JsonElement json)
    {
        var kind = Enum.Parse<FileStateKind>(json.GetProperty("kind").GetString()!);
        return kind == FileStateKind.Absent
            ? FileState.Absent
            : new FileState(
                kind,
                json.GetProperty("content").GetString()!,
                Convert.ToInt32(json.GetProperty("mode").GetString(), 8),
                json.GetProperty("owner").GetUInt32(),
                json.GetProperty("group").GetUInt32(),
                json.GetProperty("label").GetString()!
            );
    }

    private static string Unit(JsonElement json) => json.GetProperty("unit").GetString()!;

    private static TimeSpan Seconds(JsonElement json) => TimeSpan.FromSeconds(json.GetProperty("seconds").GetDouble());
}
