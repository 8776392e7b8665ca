// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>A <see cref="PodPullReport"/> as text. The format may change; programs use the JSON.</summary>
internal static class PodPullText
{
    public static string Of(PodPullReport report, TextStyle style)
    {
        var text = new StringBuilder();
        Label("pod", $"{style.Strong($"{report.Namespace}/{report.Name}")}{Where(report.Pod)}");
        if (report.Pod?.ApiServer is { } server)
        {
            Label("read from", $"API server {server}");
        }

        foreach (var part in report.Missing)
        {
            Label("not read", style.Doubtful($"{part.Part}: {part.Why}"));
        }

        if (report.Images.Count == 0)
        {
            text.Append("\nNo image of this pod is known: neither the API nor the journal names one.\n");
        }

        foreach (var image in report.Images)
        {
            Append(text, image, style);
        }

        return text.ToString();

        void Label(string label, string value) =>
            text.Append(style.Faint(label.PadRight(11))).Append(value).Append('\n');
    }

    private static string Where(PodFacts? pod) =>
        pod is null
            ? ""
            : $", {(pod.Node is null ? "not scheduled to a node" : $"on node \"{OneLine.Of(pod.Node)}\"")}, service "
                + $"account \"{OneLine.Of(pod.ServiceAccount)}\"";

    private static void Append(StringBuilder text, ImagePullReport image, TextStyle style)
    {
        var containers =
            image.Containers.Count == 0
                ? ""
                : $" ({(image.Containers.Count == 1 ? "container" : "containers")} "
                    + $"{string.Join(", ", image.Containers.Select(name => $"\"{name}\""))})";
        var state =
            image.State is { } waiting ? style.Bad(OneLine.Of(waiting))
            : image.IsFailing ? style.Bad("failed")
            : style.Good("no failed pull");
        text.Append($"\n{style.Strong(image.Image)}{containers}: {state}\n");
        if (image.Run is { } run)
        {
            Append(text, run, style);
        }

        // Each answer includes its location, so the list of locations is printed only for a pull that did not fail.
        if (image.Answers.Count == 0 && image.Tried.Count > 0)
        {
            text.Append($"  CRI-O tried {string.Join(", then ", image.Tried)}\n");
        }

        for (var i = 0; i < image.Answers.Count; i++)
        {
            var answer = image.Answers[i];
            text.Append($"  {i + 1}  {(answer.Reference.Length == 0 ? "CRI-O" : answer.Reference)}: ")
                .Append(style.Bad($"{Words(answer.Kind)}: {answer.Text}"))
                .Append('\n');
        }

        if (image.NextStep is { } next)
        {
            text.Append($"  {style.Strong("next:")} {next}\n");
        }
    }

    private static string Named(UsedKey key) =>
        $"key \"{OneLine.Of(key.Registry)}\" of secret \"{OneLine.Of(key.Secret)}\"";

    private static void Append(StringBuilder text, ProviderRun run, TextStyle style)
    {
        var keys = run.Keys.Count == 0 ? "" : " with " + string.Join(", ", run.Keys.Select(Named));
        text.Append($"  run at {run.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: ")
            .Append(
                run.Outcome switch
                {
                    "written" => style.Good($"wrote {OneLine.Of(run.AuthFile ?? "the auth file")}{keys}"),
                    "failed" => style.Bad($"failed: {WithId(run)}"),
                    null => style.Doubtful($"did not end; its last entry is: {OneLine.Of(run.LastMessage)}"),
                    _ => style.Doubtful($"wrote no file: {WithId(run)}"),
                }
            )
            .Append('\n');
        if (run.Sources is { } sources)
        {
            text.Append($"  registries.conf names {OneLine.Of(sources)}\n");
        }

        foreach (var warning in run.Warnings)
        {
            text.Append("  ").Append(style.Doubtful($"warning: {OneLine.Of(warning)}")).Append('\n');
        }
    }

    private static string WithId(ProviderRun run) =>
        OneLine.Printable(run.LastMessage)
        + (
            run.Code is null || run.LastMessage.EndsWith($"[{run.Code}]", StringComparison.Ordinal)
                ? ""
                : $" [{run.Code}]"
        );

    public static string Words(AnswerKind kind) =>
        kind switch
        {
            AnswerKind.Unauthorized => "not authorized (401)",
            AnswerKind.Denied => "denied (403)",
            AnswerKind.NotFound => "not found (404)",
            AnswerKind.RateLimited => "too many requests (429)",
            AnswerKind.Certificate => "certificate not trusted",
            AnswerKind.TimedOut => "no response in time",
            AnswerKind.Unreachable => "not reachable",
            AnswerKind.Blocked => "blocked",
            AnswerKind.ServerError => "server error (5xx)",
            _ => "failed",
        };
}
