// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Rollout;
using Prometheus;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>
/// The agent's metrics (docs/reference/agent.md). They use a separate registry, because the library's default one adds
/// process and runtime metrics. No label contains the name of a namespace, a secret or a path.
/// </summary>
internal sealed class AgentMetrics
{
    private const string Prefix = "crio_credential_provider_";

    /// <summary>The last two are empty if the build uses the node's libraries.</summary>
    private static readonly string[] BuildLabels = ["version", "linkage", "dotnet", "openssl", "glibc"];

    private readonly CollectorRegistry registry = Metrics.NewCustomRegistry();
    private readonly Gauge ready;
    private readonly Gauge result;
    private readonly Gauge phase;
    private readonly Gauge lastChange;
    private readonly Gauge drift;
    private readonly Counter repairs;
    private readonly Gauge checkedAt;
    private readonly Gauge check;
    private readonly Gauge leftovers;

    public AgentMetrics(string version)
    {
        var factory = Metrics.WithCustomRegistry(registry);
        Gauge Gauge(string name, string help, params string[] labels) =>
            factory.CreateGauge(Prefix + name, help, new GaugeConfiguration { LabelNames = labels });
        Gauge("build_info", "What the agent is built from; always 1.", BuildLabels)
            .WithLabels(version, BuildInfo.Linkage, BuildInfo.DotNetVersion, BuildInfo.OpenSsl, BuildInfo.Glibc)
            .Set(1);
        ready = Gauge("rollout_ready", "1 if /readyz returns 200: this pod's change is confirmed.");
        result = Gauge(
            "rollout_result",
            "How the agent's last round ended: 1 for the current result, 0 for the others.",
            "result"
        );
        phase = Gauge(
            "rollout_phase",
            "Progress of a change of the node: 1 for the current phase, 0 for the others.",
            "phase"
        );
        lastChange = Gauge(
            "rollout_last_change_timestamp_seconds",
            "When the last change of the node ended; 0 if there was none."
        );
        drift = Gauge("drift_paths", "Paths of the node that differ from the wanted state and need a rollout.");
        repairs = factory.CreateCounter(
            Prefix + "drift_repairs_total",
            "Paths of the node that the agent has restored.",
            // The default exemplars come from the runtime's tracing, which needs /dev/urandom.
            new CounterConfiguration { ExemplarBehavior = ExemplarBehavior.NoExemplars() }
        );
        checkedAt = Gauge(
            "drift_last_check_timestamp_seconds",
            "When the node was last compared with the wanted state."
        );
        check = Gauge(
            "doctor_check",
            "Results of doctor's checks: 1 for the current outcome of each check, 0 for the others.",
            "id",
            "outcome"
        );
        leftovers = Gauge("leftover_auth_files", "Auth files that CRI-O did not pick up within a minute.");
        Set(AgentStatus.Starting);
        SetOne(phase, Phase.Idle);
    }

    /// <summary>The metrics in the Prometheus text format.</summary>
    public async Task<byte[]> TextAsync()
    {
        using var bytes = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>Updates the metrics after a round.</summary>
    public void SetRound(AgentStatus status, DateTimeOffset now)
    {
        Set(status);
        drift.Set(status.Drift.Count);
        repairs.Inc(status.Repaired.Count);
        checkedAt.Set(now.ToUnixTimeSeconds());
    }

    /// <summary>NaN if the state file is unusable; the round reports why.</summary>
    public void SetPhase(StateFileWriter store)
    {
        try
        {
            var state = store.Load();
            SetOne(phase, state.Phase);
            lastChange.Set(state.Last?.At.ToUnixTimeSeconds() ?? 0);
        }
        catch (ProviderException)
        {
            foreach (var value in Enum.GetValues<Phase>())
            {
                phase.WithLabels(Name(value)).Set(double.NaN);
            }

            lastChange.Set(double.NaN);
        }
    }

    public void Set(NodeFindings findings)
    {
        foreach (var done in findings.Checks)
        {
            foreach (var outcome in Enum.GetValues<CheckOutcome>())
            {
                check.WithLabels(done.Id, DoctorReport.Name(outcome)).Set(done.Result.Outcome == outcome ? 1 : 0);
            }
        }

        // NaN is how Prometheus represents an unknown value.
        leftovers.Set(findings.Leftovers ?? double.NaN);
    }

    private void Set(AgentStatus status)
    {
        ready.Set(status.IsReady ? 1 : 0);
        SetOne(result, status.Result);
    }

    /// <summary>Sets one series per value of the enumeration, so that no stale value remains.</summary>
    private static void SetOne<T>(Gauge gauge, T current)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            gauge.WithLabels(Name(value)).Set(EqualityComparer<T>.Default.Equals(value, current) ? 1 : 0);
        }
    }

    /// <summary>The label value: <c>AwaitingRestart</c> is <c>awaiting_restart</c>.</summary>
    private static string Name<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
