// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Steps and states of paths as JSON, for the state file and for <c>--plan --output json</c>.</summary>
internal static class StepJson
{
    public static void Write(Utf8JsonWriter json, Step step)
    {
        json.WriteStartObject();
        switch (step)
        {
            case PlaceStep place:
                json.WriteString("step", "place");
                json.WriteString("path", place.Path);
                json.WriteString("role", place.Role.ToString());
                Write(json, "before", place.Before);
                Write(json, "after", place.After);
                break;
            case ArmStep arm:
                json.WriteString("step", "arm");
                json.WriteString("program", arm.Program);
                json.WriteString("unit", arm.KubeletUnit);
                json.WriteNumber("seconds", arm.After.TotalSeconds);
                break;
            case ReloadStep:
                json.WriteString("step", "reload");
                break;
            case StartStep start:
                json.WriteString("step", "start");
                json.WriteString("unit", start.Unit);
                break;
            case StopStep stop:
                json.WriteString("step", "stop");
                json.WriteString("unit", stop.Unit);
                break;
            case RestartStep restart:
                json.WriteString("step", "restart");
                json.WriteString("unit", restart.Unit);
                break;
            case JudgeStep judge:
                json.WriteString("step", "judge");
                json.WriteString("unit", judge.Unit);
                json.WriteNumber("seconds", judge.For.TotalSeconds);
                json.WriteString("config", judge.Flags.Config);
                json.WriteString("binDir", judge.Flags.BinDir);
                json.WriteBoolean("areGone", judge.Flags.AreGone);
                break;
            case AwaitRestartStep wait:
                json.WriteString("step", "awaitRestart");
                json.WriteString("unit", wait.Unit);
                break;
            case ConfirmStep:
                json.WriteString("step", "confirm");
                break;
            default:
                throw new InvalidOperationException("unknown step");
        }

        json.WriteEndObject();
    }

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

    public static void Write(Utf8JsonWriter json, string name, FileState file)
    {
        json.WriteStartObject(name);
        json.WriteString("kind", file.Kind.ToString());
        if (!file.IsAbsent)
        {
            json.WriteString("content", file.Content);
            json.WriteString("mode", FileState.Octal(file.Mode));
            json.WriteNumber("owner", file.Owner);
            json.WriteNumber("group", file.Group);
            json.WriteString("label", file.Label);
        }

        json.WriteEndObject();
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
