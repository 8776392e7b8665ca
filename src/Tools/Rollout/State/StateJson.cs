// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>The state file's JSON. It holds paths, hashes and times, and nothing secret.</summary>
internal static class StateJson
{
    public static byte[] Write(RolloutState state)
    {
        using var bytes = new MemoryStream();
        using (
            var json = new Utf8JsonWriter(
                bytes,
                new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", RolloutState.SchemaVersion);
            json.WriteString("phase", Name(state.Phase));
            if (state.Change is { } change)
            {
                json.WriteStartObject("change");
                json.WriteString("id", change.Id);
                json.WriteString("action", change.Action);
                json.WriteString("digest", change.Digest);
                json.WriteString("attempt", change.Attempt);
                json.WriteString("kubeletUnit", change.KubeletUnit);
                json.WriteString("invocation", change.Invocation);
                json.WriteBoolean("hasApplied", change.HasApplied);
                json.WriteBoolean("hasRestarted", change.HasRestarted);
                json.WriteString("problem", change.Problem);
                WriteAs(json, "target", change.Target);
                json.WriteStartArray("steps");
                foreach (var step in change.Steps)
                {
                    StepJson.Write(json, step);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            WriteAs(json, "installedAs", state.As);
            json.WriteStartArray("installed");
            foreach (var path in state.Installed)
            {
                json.WriteStartObject();
                json.WriteString("path", path.Path);
                json.WriteString("role", path.Role.ToString());
                StepJson.Write(json, "original", path.Original);
                StepJson.Write(json, "placed", path.Placed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (state.Confirmed is { } confirmed)
            {
                json.WriteStartObject("confirmed");
                json.WriteString("attempt", confirmed.Attempt);
                json.WriteString("invocation", confirmed.Invocation);
                json.WriteEndObject();
            }

            if (state.Last is { } last)
            {
                json.WriteStartObject("last");
                json.WriteString("at", last.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
                json.WriteString("action", last.Action);
                json.WriteString("result", last.Result);
                json.WriteString("digest", last.Digest);
                json.WriteString("attempt", last.Attempt);
                json.WriteString("problem", last.Problem);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

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

    private static string Name(Phase phase) => JsonNamingPolicy.CamelCase.ConvertName(phase.ToString());

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

    private static void WriteAs(Utf8JsonWriter json, string name, InstalledAs? installed)
    {
        if (installed is not null)
        {
            json.WriteStartObject(name);
            json.WriteString("binDir", installed.BinDir);
            json.WriteString("configPath", installed.ConfigPath);
            json.WriteString("kubeletUnit", installed.KubeletUnit);
            json.WriteBoolean("setsFlags", installed.SetsFlags);
            json.WriteEndObject();
        }
    }

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
