// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary><c>status</c>: what is installed, how the last change ended, what was changed since.</summary>
internal static class StatusCommand
{
    private const int SchemaVersion = 1;

    public static readonly Command Row = new(
        "status",
        "show what install has placed, and whether it is confirmed",
        """
        Shows whether install has completed, which files it has placed, and which of them were changed
        since. Nothing is changed.
        """
    )
    {
        Options = [CommonOptions.Output],
        ExitCodes = ["0 installed, confirmed and unchanged since", "1 not", "3 the state cannot be read"],
        Examples = ["crio-credential-provider status --output json"],
        Run = (input, node) => Task.FromResult(Run(input, node)),
    };

    /// <summary>The placed files that are not what was placed, with the difference.</summary>
    public static IReadOnlyList<(string Path, string Difference)> Drift(
        RolloutState state,
        NodeFileStateReader files
    ) =>
        state.Phase != Phase.Idle
            ? []
            :
            [
                .. state
                    .Installed.Select(path => (path.Path, Now: files.Observe(path.Path), path.Placed))
                    .Where(path => path.Now != path.Placed)
                    .Select(path => (path.Path, path.Now.DifferenceFrom(path.Placed))),
            ];

    private static int Run(CommandInput input, Node node)
    {
        var files = new NodeFileWriter("");
        var state = new StateFileWriter(files, StateFileWriter.UsualDirectory).Load();
        var drift = Drift(state, files);
        var isConfirmed =
            state is { Phase: Phase.Idle, Installed.Count: > 0 } && state.Last is not { Result: LastChange.Undone };
        var exitCode = isConfirmed && drift.Count == 0 ? ExitCode.Fine : ExitCode.Finding;
        return node.Print(
            input.Text(CommonOptions.Output.Flag) == "json" ? Json(state, drift, exitCode) : Text(state, drift),
            exitCode
        );
    }

    private static string Text(RolloutState state, IReadOnlyList<(string Path, string Difference)> drift)
    {
        var text = new StringBuilder().Append(StatusText.Of(state)).Append('\n');
        foreach (var path in state.Installed.Where(path => path.Placed.Kind != FileStateKind.Directory))
        {
            _ = text.Append($"  {path.Path}\n");
        }

        foreach (var (path, difference) in drift)
        {
            _ = text.Append($"changed since: \"{path}\": {difference}\n");
        }

        return text.ToString();
    }

    public static string Json(RolloutState state, IReadOnlyList<(string Path, string Difference)> drift, int exitCode)
    {
        var status = new JsonObject
        {
            ["schemaVersion"] = SchemaVersion,
            ["version"] = BuildInfo.Version,
            ["exitCode"] = exitCode,
            ["phase"] = JsonText.Name(state.Phase),
            ["summary"] = StatusText.Of(state),
            ["installed"] = JsonText.List(state.Installed.Select(path => path.Path)),
            ["drift"] = JsonText.List(drift, path => new JsonObject
            {
                ["path"] = path.Path,
                ["difference"] = path.Difference,
            }),
        };
        if (state.Last is { } last)
        {
            status["last"] = new JsonObject
            {
                ["at"] = StateJson.Time(last.At),
                ["action"] = last.Action,
                ["result"] = last.Result,
                ["problem"] = last.Problem,
            };
        }

        return JsonText.Of(status);
    }
}
