// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>What a change came to, for people and for programs.</summary>
internal static class EngineReport
{
    private const int SchemaVersion = 1;

    /// <summary>Says it on stdout; what is wrong on stderr, one line each.</summary>
    public static int Tell(Node node, WantedState wanted, EngineResult result, int exitCode)
    {
        foreach (var refusal in result.Refusals)
        {
            node.Tell(new Outcome.Failed(Reasons.ChangeRefused, refusal.Problem, refusal.Hint).Line);
        }

        switch (result.End)
        {
            case EngineEnd.NothingToDo:
                return node.Print(
                    wanted.IsPresent
                        ? $"crio-credential-provider {BuildInfo.Version} is installed as wanted: nothing to do\n"
                        : "crio-credential-provider is not installed: nothing to do\n"
                );
            case EngineEnd.Planned:
                return node.Print(
                    string.Concat(result.Steps.Select(step => step.Text + "\n"))
                        + (result.Steps.Count == 0 ? "nothing to do\n" : "")
                        + (result.Problem.Length > 0 ? result.Problem + "\n" : ""),
                    exitCode
                );
            case EngineEnd.Refused:
                node.Tell("nothing was changed");
                return exitCode;
            case EngineEnd.Confirmed:
                return node.Print(
                    result.Steps.Any(step => step is RestartStep)
                        ? $"done: {wanted.KubeletUnit} was restarted, and is well\n"
                        : "done: the kubelet needs no restart\n"
                );
            case EngineEnd.AwaitingRestart:
                return node.Print(
                    $"the files are in place. {wanted.KubeletUnit} needs a restart: systemctl restart "
                        + $"{ShellWord.Of(wanted.KubeletUnit)}, "
                        + "or run this again with --restart-kubelet, which undoes the change if the kubelet is not "
                        + "well\n"
                );
            default:
                node.Tell(
                    new Outcome.Failed(
                        Reasons.ChangeUndone,
                        $"the change was undone: {OneLine.Of(result.Problem)}",
                        $"the old files are back; journalctl -u {ShellWord.Of(wanted.KubeletUnit)} -n 50 shows why"
                    ).Line
                );
                return exitCode;
        }
    }

    public static string Json(string action, EngineResult result)
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
            json.WriteNumber("schemaVersion", SchemaVersion);
            json.WriteString("version", BuildInfo.Version);
            json.WriteString("action", action);
            json.WriteString("result", JsonNamingPolicy.CamelCase.ConvertName(result.End.ToString()));
            json.WriteBoolean("changed", result.End is EngineEnd.Confirmed or EngineEnd.AwaitingRestart);
            json.WriteString("problem", result.Problem);
            json.WriteStartArray("refusals");
            foreach (var refusal in result.Refusals)
            {
                json.WriteStartObject();
                json.WriteString("problem", refusal.Problem);
                json.WriteString("hint", refusal.Hint);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("steps");
            foreach (var step in result.Steps)
            {
                StepJson.Write(json, step);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n";
    }
}
