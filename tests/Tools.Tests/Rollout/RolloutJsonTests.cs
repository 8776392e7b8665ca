// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>
/// The JSON of the rollout, byte for byte: another version of the program reads the state file, and the programs of
/// others read <c>--output json</c>.
/// </summary>
public sealed class RolloutJsonTests
{
    private static readonly FileState Placed = new(FileStateKind.File, "00ff", 0x1A4, 0, 4294967295, "system_u:<é>");

    private static readonly IReadOnlyList<Step> EveryStep =
    [
        new ArmStep("/p", "kubelet.service", TimeSpan.FromSeconds(300)),
        new PlaceStep("/a \"b\"\n", PathRole.ProviderConfig, FileState.Absent, Placed),
        new ReloadStep(),
        new StopStep("x.timer"),
        new StartStep("x.timer"),
        new RestartStep("kubelet.service"),
        new JudgeStep("kubelet.service", TimeSpan.FromSeconds(1.5), new KubeletFlags(null, "/bin", AreGone: false)),
        new ConfirmStep(),
        new AwaitRestartStep("kubelet.service"),
    ];

    private const string StepsText = """
          "steps": [
            {
              "step": "arm",
              "program": "/p",
              "unit": "kubelet.service",
              "seconds": 300
            },
            {
              "step": "place",
              "path": "/a \"b\"\n",
              "role": "ProviderConfig",
              "before": {
                "kind": "Absent"
              },
              "after": {
                "kind": "File",
                "content": "00ff",
                "mode": "0644",
                "owner": 0,
                "group": 4294967295,
                "label": "system_u:<é>"
              }
            },
            {
              "step": "reload"
            },
            {
              "step": "stop",
              "unit": "x.timer"
            },
            {
              "step": "start",
              "unit": "x.timer"
            },
            {
              "step": "restart",
              "unit": "kubelet.service"
            },
            {
              "step": "judge",
              "unit": "kubelet.service",
              "seconds": 1.5,
              "config": null,
              "binDir": "/bin",
              "areGone": false
            },
            {
              "step": "confirm"
            },
            {
              "step": "awaitRestart",
              "unit": "kubelet.service"
            }
          ]
        """;

    private static readonly RolloutState State = new(
        Phase.AwaitingRestart,
        new Change("1", "install", "d", "kubelet.service", "i", EveryStep)
        {
            Attempt = "t",
            HasApplied = true,
            Problem = "p",
            Target = new InstalledAs("/bin", "/c", "kubelet.service", SetsFlags: true),
        },
        [new InstalledPath("/a", PathRole.Program, FileState.Absent, Placed)],
        new LastChange(
            new DateTimeOffset(2026, 1, 2, 5, 4, 5, TimeSpan.FromHours(2)),
            "uninstall",
            LastChange.Undone,
            "e",
            "<why>"
        )
        {
            Attempt = "u",
        }
    )
    {
        As = new InstalledAs("/bin", "/c", "kubelet.service", SetsFlags: false),
        Confirmed = new Confirmation("a", "j"),
    };

    private static readonly string StateText = $$"""
        {
          "schemaVersion": 1,
          "phase": "awaitingRestart",
          "change": {
            "id": "1",
            "action": "install",
            "digest": "d",
            "attempt": "t",
            "kubeletUnit": "kubelet.service",
            "invocation": "i",
            "hasApplied": true,
            "hasRestarted": false,
            "problem": "p",
            "target": {
              "binDir": "/bin",
              "configPath": "/c",
              "kubeletUnit": "kubelet.service",
              "setsFlags": true
            },
        {{StepsText.Replace("\n", "\n  ", StringComparison.Ordinal).Insert(0, "  ")}}
          },
          "installedAs": {
            "binDir": "/bin",
            "configPath": "/c",
            "kubeletUnit": "kubelet.service",
            "setsFlags": false
          },
          "installed": [
            {
              "path": "/a",
              "role": "Program",
              "original": {
                "kind": "Absent"
              },
              "placed": {
                "kind": "File",
                "content": "00ff",
                "mode": "0644",
                "owner": 0,
                "group": 4294967295,
                "label": "system_u:<é>"
              }
            }
          ],
          "confirmed": {
            "attempt": "a",
            "invocation": "j"
          },
          "last": {
            "at": "2026-01-02T03:04:05.0000000Z",
            "action": "uninstall",
            "result": "undone",
            "digest": "e",
            "attempt": "u",
            "problem": "<why>"
          }
        }

        """;

    [Fact]
    public void A_state_file_with_everything_in_it() =>
        Assert.Equal(StateText, Encoding.UTF8.GetString(StateJson.Write(State)));

    [Fact]
    public void A_state_file_with_nothing_in_it() =>
        Assert.Equal(
            """
            {
              "schemaVersion": 1,
              "phase": "idle",
              "installed": []
            }

            """,
            Encoding.UTF8.GetString(StateJson.Write(RolloutState.Empty))
        );

    [Fact]
    public void A_state_file_is_read_as_it_was_written() =>
        Assert.Equal(StateText, Encoding.UTF8.GetString(StateJson.Write(StateJson.Read(StateJson.Write(State)))));

    [Fact]
    public void The_result_of_a_change() =>
        Assert.Equal(
            $$"""
            {
              "schemaVersion": 1,
              "version": "{{BuildInfo.Version}}",
              "action": "install",
              "result": "nothingToDo",
              "changed": false,
              "problem": "p",
              "refusals": [
                {
                  "problem": "a",
                  "hint": "b"
                }
              ],
            {{StepsText}}
            }

            """,
            EngineReport.Json(
                "install",
                new EngineResult(EngineEnd.NothingToDo, EveryStep, [new Refusal("a", "b")], "p")
            )
        );

    [Fact]
    public void The_status_of_a_node() =>
        Assert.Equal(
            $$"""
            {
              "schemaVersion": 1,
              "version": "{{BuildInfo.Version}}",
              "exitCode": 1,
              "phase": "awaitingRestart",
              "summary": "{{StatusText.Of(State)}}",
              "installed": [
                "/a"
              ],
              "drift": [
                {
                  "path": "/a",
                  "difference": "it is missing"
                }
              ],
              "last": {
                "at": "2026-01-02T03:04:05.0000000Z",
                "action": "uninstall",
                "result": "undone",
                "problem": "<why>"
              }
            }

            """,
            StatusCommand.Json(State, [("/a", "it is missing")], ExitCode.Finding)
        );
}
