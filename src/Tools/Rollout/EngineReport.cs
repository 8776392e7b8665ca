// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>What a change came to, for people and for programs.</summary>
internal static class EngineReport
{
    private const int SchemaVersion = 1;

    /// <summary>Says it on stdout; what is wrong on stderr, one line each.</summary>
    public static int Print(Node node, WantedState wanted, EngineResult result, int exitCode)
    {
        foreach (var refusal in result.Refusals)
        {
            node.Report(new Outcome.Failed(Reasons.ChangeRefused, refusal.Problem, refusal.Hint).Line);
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
                node.Report("nothing was changed");
                return exitCode;
            case EngineEnd.Confirmed:
                return node.Print(
                    result.Steps.Any(step => step is RestartStep)
                        ? $"done: {wanted.KubeletUnit} was restarted and is healthy\n"
                        : "done: the kubelet needs no restart\n"
                );
            case EngineEnd.AwaitingRestart:
                return node.Print(
                    $"the files are in place. {wanted.KubeletUnit} needs a restart: systemctl restart "
                        + $"{ShellWord.Of(wanted.KubeletUnit)}, "
                        + "or run this again with --restart-kubelet, which undoes the change if the kubelet is "
                        + "unhealthy\n"
                );
            default:
                node.Report(
                    new Outcome.Failed(
                        Reasons.ChangeUndone,
                        $"the change was undone: {OneLine.Of(result.Problem)}",
                        $"the old files are back; journalctl -u {ShellWord.Of(wanted.KubeletUnit)} -n 50 shows why"
                    ).Line
                );
                return exitCode;
        }
    }

    public static string Json(string action, EngineResult result) =>
        JsonText.Of(
            new JsonObject
            {
                ["schemaVersion"] = SchemaVersion,
                ["version"] = BuildInfo.Version,
                ["action"] = action,
                ["result"] = JsonText.Name(result.End),
                ["changed"] = result.End is EngineEnd.Confirmed or EngineEnd.AwaitingRestart,
                ["problem"] = result.Problem,
                ["refusals"] = JsonText.List(result.Refusals, refusal => new JsonObject
                {
                    ["problem"] = refusal.Problem,
                    ["hint"] = refusal.Hint,
                }),
                ["steps"] = JsonText.List(result.Steps, StepJson.Of),
            }
        );
}
