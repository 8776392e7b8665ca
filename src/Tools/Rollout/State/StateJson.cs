// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>The state file's JSON. It holds paths, hashes and times, and nothing secret.</summary>
internal static class StateJson
{
    public static byte[] Write(RolloutState state)
    {
        var file = new JsonObject
        {
            ["schemaVersion"] = RolloutState.SchemaVersion,
            ["phase"] = JsonText.Name(state.Phase),
        };
        if (state.Change is { } change)
        {
            file["change"] = Of(change);
        }

        if (state.As is { } installedAs)
        {
            file["installedAs"] = Of(installedAs);
        }

        file["installed"] = JsonText.List(state.Installed, path => new JsonObject
        {
            ["path"] = path.Path,
            ["role"] = path.Role.ToString(),
            ["original"] = StepJson.Of(path.Original),
            ["placed"] = StepJson.Of(path.Placed),
        });
        if (state.Confirmed is { } confirmed)
        {
            file["confirmed"] = new JsonObject
            {
                ["attempt"] = confirmed.Attempt,
                ["invocation"] = confirmed.Invocation,
            };
        }

        if (state.Last is { } last)
        {
            file["last"] = new JsonObject
            {
                ["at"] = Time(last.At),
                ["action"] = last.Action,
                ["result"] = last.Result,
                ["digest"] = last.Digest,
                ["attempt"] = last.Attempt,
                ["problem"] = last.Problem,
            };
        }

        return Encoding.UTF8.GetBytes(JsonText.Of(file));
    }

    /// <summary>A time as the state file and <c>status</c> have it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <exception cref="RolloutException">It is not a state file, or one of a newer program.</exception>
    public static RolloutState Read(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var version = root.GetProperty("schemaVersion").GetInt32();
            return version == RolloutState.SchemaVersion
                ? new RolloutState(
                    Enum.Parse<Phase>(root.GetProperty("phase").GetString()!, ignoreCase: true),
                    root.TryGetProperty("change", out var change) ? ReadChange(change) : null,
                    [.. root.GetProperty("installed").EnumerateArray().Select(ReadInstalled)],
                    root.TryGetProperty("last", out var last) ? ReadLast(last) : null
                )
                {
                    As = ReadAs(root, "installedAs"),
                    Confirmed = root.TryGetProperty("confirmed", out var confirmed) ? ReadConfirmed(confirmed) : null,
                }
                : throw new RolloutException(
                    $"schemaVersion {version} is not {RolloutState.SchemaVersion}: another version of this program "
                        + "wrote it"
                );
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
            )
        {
            throw new RolloutException($"it is damaged: {Diagnostics.OneLine.Of(e.Message)}");
        }
    }

    private static JsonObject Of(Change change)
    {
        var json = new JsonObject
        {
            ["id"] = change.Id,
            ["action"] = change.Action,
            ["digest"] = change.Digest,
            ["attempt"] = change.Attempt,
            ["kubeletUnit"] = change.KubeletUnit,
            ["invocation"] = change.Invocation,
            ["hasApplied"] = change.HasApplied,
            ["hasRestarted"] = change.HasRestarted,
            ["problem"] = change.Problem,
        };
        if (change.Target is { } target)
        {
            json["target"] = Of(target);
        }

        json["steps"] = JsonText.List(change.Steps, StepJson.Of);
        return json;
    }

    private static JsonObject Of(InstalledAs installed) =>
        new()
        {
            ["binDir"] = installed.BinDir,
            ["configPath"] = installed.ConfigPath,
            ["kubeletUnit"] = installed.KubeletUnit,
            ["setsFlags"] = installed.SetsFlags,
        };

    private static Change ReadChange(JsonElement json) =>
        new(
            json.GetProperty("id").GetString()!,
            json.GetProperty("action").GetString()!,
            json.GetProperty("digest").GetString()!,
            json.GetProperty("kubeletUnit").GetString()!,
            json.GetProperty("invocation").GetString()!,
            [.. json.GetProperty("steps").EnumerateArray().Select(StepJson.Read)]
        )
        {
            Attempt = json.GetProperty("attempt").GetString()!,
            Target = ReadAs(json, "target"),
            HasApplied = json.GetProperty("hasApplied").GetBoolean(),
            HasRestarted = json.GetProperty("hasRestarted").GetBoolean(),
            Problem = json.GetProperty("problem").GetString()!,
        };

    private static InstalledAs? ReadAs(JsonElement json, string name) =>
        json.TryGetProperty(name, out var installed)
            ? new InstalledAs(
                installed.GetProperty("binDir").GetString()!,
                installed.GetProperty("configPath").GetString()!,
                installed.GetProperty("kubeletUnit").GetString()!,
                installed.GetProperty("setsFlags").GetBoolean()
            )
            : null;

    private static InstalledPath ReadInstalled(JsonElement json) =>
        new(
            json.GetProperty("path").GetString()!,
            Enum.Parse<PathRole>(json.GetProperty("role").GetString()!),
            StepJson.ReadFile(json.GetProperty("original")),
            StepJson.ReadFile(json.GetProperty("placed"))
        );

    private static Confirmation ReadConfirmed(JsonElement json) =>
        new(json.GetProperty("attempt").GetString()!, json.GetProperty("invocation").GetString()!);

    private static LastChange ReadLast(JsonElement json) =>
        new(
            json.GetProperty("at").GetDateTimeOffset(),
            json.GetProperty("action").GetString()!,
            json.GetProperty("result").GetString()!,
            json.GetProperty("digest").GetString()!,
            json.GetProperty("problem").GetString()!
        )
        {
            Attempt = json.GetProperty("attempt").GetString()!,
        };
}
